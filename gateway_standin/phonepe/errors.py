"""How PhonePe turns a call down."""

from gateway_standin.wire.messages import Refused, json_answer

BAD_REQUEST = "BAD_REQUEST"


def refused(code: str, message: str, status: int = 400) -> Refused:
    return Refused(json_answer({"code": code, "message": message, "data": {}}, status))


def refused_token(code: str, message: str, status: int) -> Refused:
    """The token call has names of its own."""
    return Refused(json_answer({"errorCode": code, "message": message, "context": {}}, status))
