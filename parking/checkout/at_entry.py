"""Money at the entry: under a tariff that collects there, the first step or slab is paid before the car is let in."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from parking.audit import services as audit
from parking.checkout.collecting import Collection, refuse_missing_proof, refuse_unknown_method, tender_of
from parking.checkout.paying import refresh_order
from parking.checkout.queries import newest_order
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.payments import bills, orders
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus, Payment, PaymentMethod, PaymentOrder
from parking.payments.queries import open_order
from parking.stays import access
from parking.stays import services as stays
from parking.stays.events import SessionEntryWaits, SessionPaidAtEntry
from parking.stays.models import ParkingSession, SessionStatus
from parking.tariffs.rules import CollectAt, lines_of, total_of


@dataclass(frozen=True)
class AtEntry:
    """What came of the money at the entry: an order that waits for it, or what was taken and the change (rupees)."""

    order: PaymentOrder | None = None
    is_new: bool = False
    charged: Decimal = ZERO
    change: Decimal = ZERO


NOTHING = AtEntry()


def collects_at_entry(session: ParkingSession) -> bool:
    """Return whether the terms of a session want money at the entry; cheap, because every entry asks it."""
    return bool(session.terms.get("collect_at") == CollectAt.ENTRY)


def due_at_entry(session: ParkingSession, now: datetime) -> Decimal:
    """Return what a session has to pay before it is let in (rupees): its first step or slab, at least the minimum.

    That is what a stay costs that ends at once, without the night: free minutes, a pass, an exemption and what else
    lowers the bill count, and a booking fee that is paid.
    """
    if not collects_at_entry(session):
        return ZERO
    terms = replace(stays.terms_of(session), night_charge=None)
    first = lines_of(stays.stay_until(session, now, now), terms)
    return max(total_of(first) - session.bill.paid, ZERO)


def collect(
    *, session: ParkingSession, collection: Collection | None, actor: Actor, now: datetime, may_wait: bool = True
) -> AtEntry:
    """Take what is due at the entry of a locked session that may enter, or write the order of it.

    An order is written only where the car `may_wait` for its money. Raises Refused `payment_at_entry` with the fact
    `due` where nothing is said of how it is paid; as an exit if the money is not there.
    """
    due = due_at_entry(session, now)
    if due == ZERO or stays.is_covered_at_entry(session, now):
        return NOTHING
    if collection is None:
        raise Refused("payment_at_entry", f"₹{due} is due at the entry", due=str(due), session_id=session.pk)
    refuse_unknown_method(collection)
    if collection.shown_due not in {None, due}:
        raise Refused("amount_mismatch", f"₹{due} is due now", due=str(due), session_id=session.pk)
    if collection.method == PaymentMethod.ONLINE:
        if not may_wait:
            raise Refused(
                "payment_method_invalid", "CASH, UPI or CARD, or give a ticket and scan it", session_id=session.pk
            )
        return _order(session, due, chosen_gateway(collection.gateway).code, actor, now)
    refuse_missing_proof(collection, session.site_id)
    orders.give_up(bill=session.bill, now=now)
    tender = tender_of(collection, actor)
    taken = bills.take_ahead(bill=session.bill, tender=tender, amount=due, now=now)
    paid = SessionPaidAtEntry(session_id=session.pk, method=collection.method, amount=due)
    audit.record(actor, paid, now)
    return AtEntry(charged=taken.amount, change=taken.change)


def _order(session: ParkingSession, due: Decimal, gateway: str, actor: Actor, now: datetime) -> AtEntry:
    waiting = open_order(session.bill)
    if waiting is not None and (waiting.gateway, waiting.amount) == (gateway, due):
        return AtEntry(waiting)
    orders.give_up(bill=session.bill, now=now)
    order = orders.place(
        bill=session.bill,
        purpose=OrderPurpose.ENTRY,
        gateway=gateway,
        amount=due,
        attendant_id=actor.user_id,
        now=now,
    )
    waits = SessionEntryWaits(session_id=session.pk, order_id=order.order_id, amount=due)
    audit.record(actor, waits, now)
    return AtEntry(order, is_new=True)


def paid_before(session: ParkingSession) -> AtEntry:
    """Return what was taken as a car was let in, for a scan that comes again."""
    if not collects_at_entry(session):
        return NOTHING
    taken = Payment.objects.filter(bill_id=session.bill_id, captured_at__lte=session.entry_time)
    payment = taken.exclude(order__purpose=OrderPurpose.FEE).select_related("order").order_by("-pk").first()
    if payment is None:
        return NOTHING
    change = (payment.tendered or payment.amount) - payment.amount
    return AtEntry(payment.order, charged=payment.amount, change=change)


# --- While a gate waits --------------------------------------------------------------------------------


def check(*, actor: Actor, session: Ref, now: datetime) -> None:
    """Ask the gateway after the payment that an entry waits for. Raises NotFound `session_not_found`."""
    stay = access.find(session, actor, at_work=True)
    order = newest_order(stay.bill_id)
    if order is not None and stay.status == SessionStatus.BOOKED:
        refresh_order(order=order, now=now)


def look(*, actor: Actor, session: Ref) -> tuple[ParkingSession, PaymentOrder]:
    """Return a session whose entry waits for its payment, with the order, which may be paid by now.

    Raises NotFound `session_not_found`; Refused `payment_failed`, `payment_given_up`.
    """
    stay = access.find(session, actor, at_work=True)
    order = newest_order(stay.bill_id)
    if order is not None and order.purpose == OrderPurpose.ENTRY:
        if order.is_open or order.status == OrderStatus.COMPLETED:
            return stay, order
        if order.status == OrderStatus.FAILED:
            raise Refused("payment_failed", "Payment issue, retry", session_id=stay.pk)
    raise Refused("payment_given_up", "This payment is not waited for any more", session_id=stay.pk)
