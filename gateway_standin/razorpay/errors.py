"""Razorpay's error answers."""

from gateway_standin.wire.messages import Refused, json_answer


def refused(description: str, *, field: str | None = None, status: int = 400) -> Refused:
    """Return a refusal; `field` names the input that was wrong."""
    error = {
        "code": "BAD_REQUEST_ERROR",
        "description": description,
        "source": "business",
        "step": "payment_initiation",
        "reason": "input_validation_failed",
        "metadata": {},
    }
    if field:
        error["field"] = field
    return Refused(json_answer({"error": error}, status))


def unknown_id() -> Refused:
    return refused("The id provided does not exist")
