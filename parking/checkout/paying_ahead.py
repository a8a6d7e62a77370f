"""Paying at a desk or lift before walking to the car: what a stay costs so far, which then covers it for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.checkout.collecting import Collection, refuse_missing_proof, refuse_unknown_method, tender_of
from parking.checkout.leaving import Left
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.core.site_settings import PAID_AHEAD_MINUTES
from parking.payments import bills, orders
from parking.payments.models import Payment, PaymentMethod
from parking.payments.queries import Frozen, claim_of_payment, state_of
from parking.stays import access
from parking.stays.access import StayRef
from parking.stays.events import SessionPaidAhead
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import session_by_uuid


def pay(
    *, actor: Actor, session: StayRef, collection: Collection, now: datetime, key: RequestKey | None = None
) -> Left:
    """Take what a stay costs so far by CASH, UPI or CARD; it covers until a time, as paying on one's own phone does.

    Raises NotFound `session_not_found`; Refused `session_over`, `entry_not_scanned`, `nothing_due`, `amount_mismatch`,
    `payment_method_invalid`, and as the money of an exit; RepeatedRequest.
    """
    if collection.method == PaymentMethod.ONLINE:
        raise Refused("payment_method_invalid", "CASH, UPI or CARD; the driver pays online on the own phone")
    refuse_unknown_method(collection)
    with transaction.atomic(durable=True):
        stay = _locked(actor, session)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        _freeze(stay, now)
        due = stay.bill.due
        if due == ZERO:
            raise Refused("nothing_due", "Nothing is due on this booking", session_id=stay.pk)
        if collection.shown_due not in {None, due}:
            raise Refused("amount_mismatch", f"₹{due} is due now", due=str(due), session_id=stay.pk)
        refuse_missing_proof(collection, stay.site_id)
        orders.give_up(bill=stay.bill, now=now)
        until = now + timedelta(minutes=PAID_AHEAD_MINUTES.at(stay.site_id))
        tender = tender_of(collection, actor)
        taken = bills.take_ahead(bill=stay.bill, tender=tender, amount=due, frozen_until=until, now=now)
        paid = SessionPaidAhead(session_id=stay.pk, method=tender.method, amount=due, until=until.isoformat())
        audit.record(actor, paid, now)
    claim = claim_of_payment(taken.payment, stay.site_id) if taken.payment else None
    return Left(stay, change=taken.change, claim=claim)


def paid_before(*, subject: str) -> Left:
    """Return the answer to the call that took the money, read from what was written then."""
    stay = session_by_uuid(UUID(subject))
    rows = Payment.objects.filter(bill_id=stay.bill_id, order=None, second_of=None)
    payment = rows.order_by("-pk").first()
    if payment is None:
        return Left(stay)
    change = (payment.tendered or payment.amount) - payment.amount
    return Left(stay, change=change, claim=claim_of_payment(payment, stay.site_id))


def _locked(actor: Actor, session: StayRef) -> ParkingSession:
    stay = access.lock(session, actor, at_work=True)
    if stay.status == SessionStatus.BOOKED:
        raise Refused("entry_not_scanned", "Entry QR not scanned. Cannot exit!", session_id=stay.pk)
    if stay.status != SessionStatus.ACTIVE:
        raise Refused("session_over", "This parking session is over", session_id=stay.pk)
    return stay


def _freeze(stay: ParkingSession, now: datetime) -> None:
    if not isinstance(state_of(stay.bill, now=now), Frozen):
        ending.freeze(session=stay, now=now)
