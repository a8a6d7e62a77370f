"""Online payment of a stay: an order is made, paid on the gateway's page, and verified with the gateway.

The answers have no envelope. Whatever a browser or a webhook says, the gateway itself is asked before money counts.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.shapes.orders import (
    CreatedOrderOut,
    PhonePeCreatedOut,
    PhonePeRefundOut,
    PhonePeVerifiedOut,
    TakenOut,
    VerifiedOut,
)
from parking.checkout import paying, refunding, webhooks
from parking.checkout.paying import Asked
from parking.checkout.tasks import work_on_event
from parking.core import clock
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.edge import requests
from parking.edge.answers import plain
from parking.edge.callers import actor_of, admin_only, caller, signed_in_to_act
from parking.edge.describe import WRITE_PROBLEMS, examples, keyed, problems
from parking.edge.parsing import In, RefIn, Rupees, Text12, Text64, Text200
from parking.edge.requests import Attempt
from parking.payments.gateways.registry import razorpay
from parking.payments.models import PaymentOrder
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.stays.queries import current_session_of

router = Router(tags=["Payments"], auth=signed_in_to_act)


def _session(request: HttpRequest, ref: Ref | None) -> ParkingSession:
    """The session that the client names, or the caller's open one. Raises NotFound `session_not_found`."""
    if ref is not None:
        return access.find(ref, actor_of(request))
    session = current_session_of(caller(request).pk)
    if session is None:
        raise NotFound("session_not_found", "Booking not found")
    return session


def _order_of(request: HttpRequest, attempt: Attempt, ref: Ref | None, asked: Asked) -> PaymentOrder:
    """Write the order and send it to its gateway; a repeat goes on from the order that is there.

    A repeat is about the session of the first call, whatever the caller's open one is by now.
    """
    now = clock.now()
    if attempt.subject is not None:
        begun = access.find(Ref(uuid=UUID(attempt.subject)), actor_of(request))
        return paying.resume_payment(session=begun, gateway=asked.gateway, now=now)
    session = _session(request, ref)
    return paying.ask_for_payment(actor=actor_of(request), session=session, asked=asked, now=now, key=attempt.key)


# --- PhonePe -----------------------------------------------------------------------------------------


class PhonePeCreateIn(In):
    session_id: RefIn
    amount: Rupees
    user_id: int | None = None


@router.post(
    "/phonepe/create/",
    response={200: PhonePeCreatedOut, **WRITE_PROBLEMS},
    openapi_extra=keyed(examples(request={"session_id": 123, "amount": 100.0}, response=PhonePeCreatedOut.example)),
    summary="Make a PhonePe payment",
)
@requests.idempotent
def phonepe_create(request: HttpRequest, attempt: Attempt, payload: PhonePeCreateIn) -> HttpResponse:
    """Make an order for what is due on a booking, and say where it is paid."""
    asked = Asked("PHONEPE", payload.amount, payload.user_id)
    return plain(PhonePeCreatedOut.of(_order_of(request, attempt, payload.session_id, asked)))


class PhonePeVerifyIn(In):
    merchant_txn_id: Text64
    session_id: RefIn


@router.post(
    "/phonepe/verify/",
    response={200: PhonePeVerifiedOut, **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"merchant_txn_id": "PK-7Q2M9XK4T0ZC5VJW8N3D", "session_id": 123},
        response=PhonePeVerifiedOut.example,
    ),
    summary="Verify a PhonePe payment",
)
def phonepe_verify(request: HttpRequest, payload: PhonePeVerifyIn) -> HttpResponse:
    """Ask PhonePe how an order stands, and settle it."""
    actor = actor_of(request)
    session = access.find(payload.session_id, actor)
    order = paying.order_of_client(payload.merchant_txn_id, gateway="PHONEPE", actor=actor)
    if order.bill_id != session.bill_id:
        raise NotFound("order_not_found", "There is no such payment order")
    return plain(PhonePeVerifiedOut.of(paying.verify_order(order=order, now=clock.now())))


class PhonePeRefundIn(In):
    merchant_txn_id: Text64
    amount: Rupees
    reason: Text200


@router.post(
    "/phonepe/refund/",
    auth=admin_only,
    response={200: PhonePeRefundOut, **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"merchant_txn_id": "PK-7Q2M9XK4T0ZC5VJW8N3D", "amount": 50.0, "reason": "Barrier was broken"},
            response=PhonePeRefundOut.example,
        )
    ),
    summary="Refund an online payment",
)
@requests.idempotent
def phonepe_refund(request: HttpRequest, attempt: Attempt, payload: PhonePeRefundIn) -> HttpResponse:
    """Give money of an online payment back, of whichever gateway; never more than is left of it."""
    now = clock.now()
    if attempt.subject is not None:
        refund = refunding.resume_refund(subject=attempt.subject, now=now)
    else:
        refund = refunding.refund_payment(
            actor=actor_of(request),
            order_number=payload.merchant_txn_id,
            amount=payload.amount,
            reason=payload.reason,
            now=now,
            key=attempt.key,
        )
    return plain(PhonePeRefundOut.of(refund))


# --- Razorpay ----------------------------------------------------------------------------------------


class CreateOrderIn(In):
    amount: Rupees
    currency: Text12 = "INR"
    session_id: RefIn | None = None


@router.post(
    "/create-order/",
    response={200: CreatedOrderOut, **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"amount": 100.0, "currency": "INR", "session_id": 123},
            response=CreatedOrderOut.example,
        )
    ),
    summary="Make a Razorpay order",
)
@requests.idempotent
def create_order(request: HttpRequest, attempt: Attempt, payload: CreateOrderIn) -> HttpResponse:
    """Make an order for what is due. `amount` comes in rupees; in the answer it is paise, as Razorpay counts."""
    if payload.currency != "INR":
        raise Refused("currency_invalid", "Only INR is taken")
    asked = Asked("RAZORPAY", payload.amount)
    return plain(CreatedOrderOut.of(_order_of(request, attempt, payload.session_id, asked)))


class VerifyIn(In):
    razorpay_order_id: Text64
    razorpay_payment_id: Text64
    razorpay_signature: Text200


@router.post(
    "/verify/",
    response={200: VerifiedOut, **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={
            "razorpay_order_id": "order_PARK0000000001",
            "razorpay_payment_id": "pay_PARK0000000001",
            "razorpay_signature": "14a4d928cc083d330f6b0d6c93eb2435e7a7899999fb6ebf58e6b21ca3b64730",
        },
        response=VerifiedOut.example,
    ),
    summary="Verify a Razorpay payment",
)
def verify(request: HttpRequest, payload: VerifyIn) -> HttpResponse:
    """Check the checkout's signature over our order, then ask Razorpay itself, and settle."""
    order = paying.order_of_client(payload.razorpay_order_id, gateway="RAZORPAY", actor=actor_of(request))
    genuine = razorpay().checkout_is_genuine(
        gateway_order_id=order.gateway_order_id,
        payment_id=payload.razorpay_payment_id,
        signature=payload.razorpay_signature,
    )
    if not genuine:
        raise Refused("signature_invalid", "The payment's signature is not valid")
    return plain(VerifiedOut.of(paying.verify_order(order=order, now=clock.now())))


# --- The gateways' own calls -------------------------------------------------------------------------


def _webhook_extra(header: str) -> dict[str, Any]:
    extra = examples(request={"event": "order.example", "payload": {}}, response=TakenOut.example)
    extra["parameters"] = [{"name": header, "in": "header", "required": True, "schema": {"type": "string"}}]
    return extra


_HOOK_PROBLEMS = problems(without=(403, 404, 415))


@router.post(
    "/callback/phonepe/",
    auth=None,
    response={200: TakenOut, **_HOOK_PROBLEMS},
    openapi_extra=_webhook_extra("Authorization"),
    summary="PhonePe's webhook",
)
def phonepe_callback(request: HttpRequest) -> HttpResponse:
    """Kept and answered at once, 200 also when repeated; 401 without the proof that PhonePe sent it."""
    return _take_webhook(request, "PHONEPE")


@router.post(
    "/webhook/",
    auth=None,
    response={200: TakenOut, **_HOOK_PROBLEMS},
    openapi_extra=_webhook_extra("X-Razorpay-Signature"),
    summary="Razorpay's webhook",
)
def razorpay_webhook(request: HttpRequest) -> HttpResponse:
    """Kept and answered at once, 200 also when repeated; 401 without the proof that Razorpay sent it."""
    return _take_webhook(request, "RAZORPAY")


def _take_webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    webhooks.take_webhook(
        gateway=gateway,
        headers=request.headers,
        body=request.body,
        now=clock.now(),
        queue=work_on_event.enqueue,
    )
    return plain(TakenOut.make(success=True))
