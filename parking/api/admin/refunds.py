"""Refunds, as managers look after them: asked for, approved by another one, tried again."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.refunds import DONE_EXAMPLE, RETRIED_EXAMPLE, RefundRowOut
from parking.checkout import refunding
from parking.checkout.queries import refunds
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, Rupees, Text200, path_id
from parking.edge.requests import Attempt
from parking.payments.models import RefundStatus

router = Router(tags=["Admin"], auth=admin_only)


class RefundsQuery(Paging):
    status: RefundStatus | None = None


@router.get(
    "/refunds/",
    response={200: Ok[Page[RefundRowOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(RefundRowOut.example)),
    summary="Refunds to look after",
)
def list_refunds(request: HttpRequest, filters: Annotated[RefundsQuery, Query()]) -> HttpResponse:
    """Without `status`: what gateways refuse, and what waits to be handed back. Newest first."""
    found = page_of(refunds(sites=actor_of(request).sites, status=filters.status), filters)
    return ok(found.showing([RefundRowOut.of(refund) for refund in found.rows]))


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
            response=enveloped(RefundRowOut.example, "Refund written down"),
            status=201,
        )
    ),
    summary="Give money back",
)
@requests.idempotent
def ask_refund(request: HttpRequest, attempt: Attempt, payload: RefundByDecisionIn) -> HttpResponse:
    """Refund a payment, or part of it. ONLINE goes out by itself; CASH and UPI wait for another one's approval."""
    now = clock.now()
    if attempt.subject is not None:
        refund = refunding.resume_refund(subject=attempt.subject, now=now)
    else:
        refund = refunding.refund_any_payment(
            actor=actor_of(request),
            payment_id=payload.payment_id,
            amount=payload.amount,
            reason=payload.reason,
            now=now,
            key=attempt.key,
        )
    return ok(RefundRowOut.of(refund), "Refund written down", status=201)


@router.post(
    "/refunds/{refund_ref}/approve/",
    response={200: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(examples(response=enveloped(DONE_EXAMPLE, "Handed back"))),
    summary="Approve a cash refund",
)
@requests.idempotent_in_one_transaction
def approve(request: HttpRequest, refund_ref: str) -> HttpResponse:
    """Say that the money was handed back. Nobody approves a refund that they asked for (`own_refund`)."""
    refund = refunding.approve_refund(actor=actor_of(request), refund_id=path_id(refund_ref), now=clock.now())
    return ok(RefundRowOut.of(refund), "Handed back")


@router.post(
    "/refunds/{refund_ref}/retry/",
    response={200: Ok[RefundRowOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(examples(response=enveloped(RETRIED_EXAMPLE, "Tried again"))),
    summary="Try a refund again",
)
@requests.idempotent
def retry(request: HttpRequest, attempt: Attempt, refund_ref: str) -> HttpResponse:
    """Send a refund in REVIEW once more, under a new number, if the gateway has not got it already."""
    now = clock.now()
    if attempt.subject is not None:
        refund = refunding.resume_refund(subject=attempt.subject, now=now)
    else:
        refund = refunding.retry_refund(
            actor=actor_of(request), refund_id=path_id(refund_ref), now=now, key=attempt.key
        )
    return ok(RefundRowOut.of(refund), "Tried again")
