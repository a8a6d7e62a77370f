"""Mandates over the renewals of a driver's passes: look, begin, end, and what a checkout brings back."""

from datetime import datetime
from typing import Annotated, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.checkout import pass_mandates
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import In, Printable, Text64
from parking.edge.shapes import Shape
from parking.passes.mandate_models import MandateStatus
from parking.passes.mandates import mandate_of
from parking.passes.models import Subscription
from parking.passes.queries import find_pass
from parking.payments.gateways import registry

router = Router(tags=["Driver"], auth=driver_only)


class MandateOut(Shape):
    """The mandate of a pass. Without one, `may_begin` says whether it may be given, and `amount` what it would take.

    `page` is where its holder agrees; `key_id` and `subscription_id` are for a client's own checkout.
    """

    may_begin: bool
    amount: float
    first_charge_at: datetime
    number: str | None
    status: MandateStatus | None
    page: str | None
    key_id: str | None
    subscription_id: str | None
    charge_failed_at: datetime | None

    example = {
        "may_begin": False,
        "amount": 5000.0,
        "first_charge_at": "2026-12-26T18:30:00Z",
        "number": "MD-7Q2M9XK4T0ZC",
        "status": "OFFERED",
        "page": "https://rzp.io/i/PARK0001",
        "key_id": "rzp_live_PARK0000000001",
        "subscription_id": "sub_PARK0000000001",
        "charge_failed_at": None,
    }

    @classmethod
    def of_pass(cls, held: Subscription, now: datetime) -> Self:
        """Return the mandate of a pass as it now is."""
        mandate = mandate_of(held)
        if mandate is None:
            return cls(
                may_begin=pass_mandates.may_begin(held, now),
                amount=float(pass_mandates.next_price(held)),
                first_charge_at=held.ends_at,
                **dict.fromkeys(("number", "status", "page", "key_id", "subscription_id", "charge_failed_at")),
            )
        waits = mandate.status == MandateStatus.OFFERED
        return cls(
            may_begin=False,
            amount=float(mandate.amount),
            first_charge_at=mandate.starts_at,
            number=mandate.number,
            status=MandateStatus(mandate.status),
            page=(mandate.page or None) if waits else None,
            key_id=registry.mandates().key_id if waits else None,
            subscription_id=mandate.gateway_id or None,
            charge_failed_at=mandate.charge_failed_at,
        )


MANDATE = enveloped(MandateOut.example)


def _own(request: HttpRequest, number: str) -> Subscription:
    return find_pass(number, driver_id=caller(request).pk)


def _shown(held: Subscription) -> HttpResponse:
    return ok(MandateOut.of_pass(held, clock.now()))


@router.get(
    "/passes/{number}/mandate/",
    response={200: Ok[MandateOut], **READ_PROBLEMS},
    openapi_extra=examples(response=MANDATE),
    summary="The mandate of a pass",
)
def look(request: HttpRequest, number: str) -> HttpResponse:
    """The mandate by which renewals of one of the caller's passes are charged, or what one would take."""
    return _shown(_own(request, number))


@router.post(
    "/passes/{number}/mandate/",
    response={200: Ok[MandateOut], **WRITE_PROBLEMS},
    openapi_extra=examples(response=MANDATE),
    summary="Have renewals charged",
)
def begin(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a mandate over the renewals of a pass; nothing is charged before its holder agrees at `page`."""
    held = _own(request, number)
    return _shown(pass_mandates.begin_mandate(actor=actor_of(request), subscription=held, now=clock.now()))


@router.delete(
    "/passes/{number}/mandate/",
    response={200: Ok[MandateOut], **WRITE_PROBLEMS},
    openapi_extra=examples(response=enveloped(MandateOut.example | {"status": "ENDING", "page": None})),
    summary="Have renewals charged no longer",
)
def end(request: HttpRequest, number: str) -> HttpResponse:
    """End the mandate of a pass. It counts no more from now on; ENDING lasts until the gateway has cancelled it."""
    held = _own(request, number)
    return _shown(pass_mandates.end_mandate(actor=actor_of(request), subscription=held, now=clock.now()))


class ReturnIn(In):
    razorpay_payment_id: Text64
    razorpay_signature: Annotated[str, Field(min_length=1, max_length=128), Printable]


@router.post(
    "/passes/{number}/mandate/confirm/",
    response={200: Ok[MandateOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"razorpay_payment_id": "pay_PARK0000000001", "razorpay_signature": "1b14e5391c6dfc06…"},
        response=enveloped(MandateOut.example | {"status": "HELD", "page": None, "key_id": None}),
    ),
    summary="Confirm a mandate",
)
def confirm(request: HttpRequest, number: str, payload: ReturnIn) -> HttpResponse:
    """Check what Razorpay's checkout handed to the client, and read the mandate from Razorpay."""
    held = _own(request, number)
    confirmed = pass_mandates.confirm_return(
        subscription=held,
        payment_id=payload.razorpay_payment_id,
        signature=payload.razorpay_signature,
        now=clock.now(),
    )
    return _shown(confirmed)
