"""PhonePe's error answers."""

from gateway_standin.wire.messages import Refused, json_answer

BAD_REQUEST = "BAD_REQUEST"


def refused(code: str, message: str, status: int = 400) -> Refused:
    return Refused(json_answer({"code": code, "message": message, "data": {}}, status))


def refused_token(code: str, message: str, status: int) -> Refused:
    """Return a refusal of the token call, whose fields have names of their own."""
    return Refused(json_answer({"errorCode": code, "message": message, "context": {}}, status))
