"""Refunds by an attendant, within the limits of a permission."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.shapes.refunds import RefundRowOut
from parking.checkout import refunding
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import GateId, In, Rupees, Text200
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at

router = Router(tags=["Staff"], auth=staff_only)


class StaffRefundIn(In):
    payment_id: int = Field(ge=1, le=MAX_ID)
    amount: Rupees
    reason: Text200
    gate_id: GateId | None = None


@router.post(
    "/refunds/",
    response={201: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"payment_id": 311, "amount": 100.0, "reason": "Charged for the wrong car"},
            response=enveloped(RefundRowOut.example | {"asked_by": "staff1"}, "Refund written down"),
            status=201,
        )
    ),
    summary="Give money back, within one's limit",
)
@requests.idempotent
def ask_refund(request: HttpRequest, attempt: Attempt, payload: StaffRefundIn) -> HttpResponse:
    """Refund a payment, or part of it; an attendant needs the permission `refund`, and has its limits.

    ONLINE goes out by itself; CASH and UPI wait for an administrator's approval.
    """
    now = clock.now()
    if attempt.subject is not None:
        refund = refunding.resume_refund(subject=attempt.subject, now=now)
    else:
        refund = refunding.refund_any_payment(
            actor=actor_at(actor_of(request), payload.gate_id),
            payment_id=payload.payment_id,
            amount=payload.amount,
            reason=payload.reason,
            now=now,
            key=attempt.key,
        )
    return ok(RefundRowOut.of(refund), "Refund written down", status=201)
