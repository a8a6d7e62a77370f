"""Refunds, as managers look after them: asked for, approved by another one, tried again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.admin.payments import Method
from parking.api.paging import Paging, page_of
from parking.checkout import refunding
from parking.checkout.queries import refunds
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests as idempotency
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed
from parking.edge.parsing import In, Rupees, Text200, path_id
from parking.payments.models import PaymentMethod, Refund

router = Router(tags=["Admin"], auth=admin_only)

RefundStatusName = Literal["INITIATED", "PENDING", "COMPLETED", "FAILED", "REVIEW"]


class RefundRowOut(BaseModel):
    id: int
    refund_id: str
    payment_id: int
    session_id: int | None
    method: Method
    gateway: str | None
    amount: float
    status: RefundStatusName
    by_hand: bool = Field(description="Handed back at the counter once another administrator approves it")
    reason: str
    attempt: int
    failure: str | None
    next_try_at: datetime | None
    asked_by: str | None
    created_at: datetime
    completed_at: datetime | None


EXAMPLE_REFUND = {
    "id": 17,
    "refund_id": "RF-7Q2M9XK4T0ZC5VJW8N3D",
    "payment_id": 311,
    "session_id": 123,
    "method": "CASH",
    "gateway": None,
    "amount": 100.0,
    "status": "INITIATED",
    "by_hand": True,
    "reason": "Charged for the wrong car",
    "attempt": 1,
    "failure": None,
    "next_try_at": None,
    "asked_by": "admin",
    "created_at": "2026-11-22T07:30:00Z",
    "completed_at": None,
}
EXAMPLE_DONE = EXAMPLE_REFUND | {"status": "COMPLETED", "completed_at": "2026-11-22T07:40:00Z"}
EXAMPLE_RETRIED = EXAMPLE_REFUND | {
    "method": "ONLINE",
    "gateway": "PHONEPE",
    "status": "PENDING",
    "by_hand": False,
    "attempt": 6,
}


def present_refund(refund: Refund) -> dict[str, Any]:
    payment = refund.payment
    session = getattr(payment.bill, "session", None)
    return {
        "id": refund.pk,
        "refund_id": refund.refund_id,
        "payment_id": payment.pk,
        "session_id": session.pk if session else None,
        "method": payment.method,
        "gateway": payment.gateway or None,
        "amount": refund.amount,
        "status": refund.status,
        "by_hand": payment.method != PaymentMethod.ONLINE,
        "reason": refund.reason,
        "attempt": refund.attempt,
        "failure": refund.failure or None,
        "next_try_at": refund.next_try_at,
        "asked_by": refund.asked_by.username if refund.asked_by else None,
        "created_at": refund.created_at,
        "completed_at": refund.completed_at,
    }


def present_refunds(rows: Sequence[Refund]) -> list[dict[str, Any]]:
    return [present_refund(refund) for refund in rows]


class RefundsQuery(Paging):
    status: RefundStatusName | None = None


@router.get(
    "/refunds/",
    response={200: Ok[Page[RefundRowOut]], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped({"results": [EXAMPLE_REFUND], "count": 1, "page": 1, "page_size": 20, "pages": 1})
    ),
    summary="Refunds to look after",
)
def list_refunds(request: HttpRequest, filters: Annotated[RefundsQuery, Query()]) -> HttpResponse:
    """Without `status`: what gateways refuse, and what waits to be handed back. Newest first."""
    return ok(page_of(refunds(status=filters.status), filters, present_refunds))


class RefundByDecisionIn(In):
    payment_id: int = Field(ge=1, le=MAX_ID)
    amount: Rupees
    reason: Text200


@router.post(
    "/refunds/",
    response={201: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"payment_id": 311, "amount": 100.0, "reason": "Charged for the wrong car"},
            response=enveloped(EXAMPLE_REFUND, "Refund written down"),
            status=201,
        )
    ),
    summary="Give money back",
)
def ask_refund(request: HttpRequest, payload: RefundByDecisionIn) -> HttpResponse:
    """Refund a payment, or part of it. ONLINE goes out by itself; CASH and UPI wait for another one's approval."""
    now = clock.now()
    return idempotency.once(
        request,
        payload,
        call=lambda key: refunding.refund_any_payment(
            actor=actor_of(request),
            payment_id=payload.payment_id,
            amount=payload.amount,
            reason=payload.reason,
            now=now,
            key=key,
        ),
        resume=lambda subject: refunding.resume_refund(subject=subject, now=now),
        render=lambda refund: ok(present_refund(refund), "Refund written down", status=201),
    )


@router.post(
    "/refunds/{refund_ref}/approve/",
    response={200: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(examples(response=enveloped(EXAMPLE_DONE, "Handed back"))),
    summary="Approve a cash refund",
)
def approve(request: HttpRequest, refund_ref: str) -> HttpResponse:
    """Say that the money was handed back. Nobody approves a refund that they asked for (`own_refund`)."""
    return idempotency.once_in_one_transaction(
        request,
        None,
        call=lambda: refunding.approve_refund(actor=actor_of(request), refund_id=path_id(refund_ref), now=clock.now()),
        render=lambda refund: ok(present_refund(refund), "Handed back"),
    )


@router.post(
    "/refunds/{refund_ref}/retry/",
    response={200: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(examples(response=enveloped(EXAMPLE_RETRIED, "Tried again"))),
    summary="Try a refund again",
)
def retry(request: HttpRequest, refund_ref: str) -> HttpResponse:
    """Send a refund in REVIEW once more, under a new number, if the gateway has not got it already."""
    now = clock.now()
    return idempotency.once(
        request,
        None,
        call=lambda key: refunding.retry_refund(
            actor=actor_of(request), refund_id=path_id(refund_ref), now=now, key=key
        ),
        resume=lambda subject: refunding.resume_refund(subject=subject, now=now),
        render=lambda refund: ok(present_refund(refund), "Tried again"),
    )
