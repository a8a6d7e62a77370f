"""Ending a stay that is locked, inside the transaction: bill closed, state moved, slot freed, one audit line.

Exit, termination and expiry all come through here. The gateways are asked after the commit.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from parking.audit import services as audit
from parking.checkout import collecting, offering, settling_offers
from parking.checkout.bills import charge_at
from parking.checkout.collecting import Collection, total_owed
from parking.checkout.emergencies import note_left
from parking.checkout.hand_backs import ask_for_surplus
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.core.site_settings import QUOTE_MINUTES
from parking.facilities.emergencies import running_at
from parking.payments import bills, orders
from parking.payments.bills import Closed
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import CLAIMS, Debt, OrderPurpose, Payment, PaymentMethod, PaymentOrder, Refund
from parking.payments.queries import Frozen, open_order, state_of
from parking.payments.takings import Tender
from parking.stays import services as stays
from parking.stays.events import (
    SessionExited,
    SessionExitWaits,
    SessionExpired,
    SessionTerminated,
    SessionTerminationWaits,
)
from parking.stays.models import EndMethod, EndReason, ParkingSession
from parking.tariffs.rules import Charge, LineKind, kept_lines

# What is paid under these opens the gate.
ENDS_STAY = (OrderPurpose.EXIT, OrderPurpose.TERMINATION)


@dataclass(frozen=True)
class Ending:
    """What was decided: the order to collect, or the refunds to send, the change (rupees) and what was taken.

    `is_new` says that the order has just been written, so that no gateway can have seen it; `emergency_id` that the car
    was let out in an emergency, for nothing, `debt` what is still owed.
    """

    order: PaymentOrder | None = None
    is_new: bool = False
    refunds: tuple[Refund, ...] = ()
    change: Decimal = ZERO
    debts_collected: Decimal = ZERO
    payment: Payment | None = None
    emergency_id: int | None = None
    debt: Debt | None = None


def end(*, session: ParkingSession, reason: EndReason, collection: Collection, actor: Actor, now: datetime) -> Ending:
    """Complete a stay, or freeze its bill and write the order whose payment will complete it.

    In an emergency of the site an exit takes no money: what is due is owed. Raises Refused `amount_mismatch`,
    `amount_too_small`, `gateway_invalid`; as `collecting.refuse_missing_proof`, `offering.give_voucher` and
    `takings.take`; with debts as `collecting.debts_with_exit`.
    """
    emergency_id = running_at(session.zone.site_id, now) if reason == EndReason.EXIT else None
    if emergency_id is not None:
        return _end_in_emergency(session, emergency_id, actor, now)
    if collection.voucher is not None:
        offering.give_voucher(session, collection.voucher, actor, now)
    charge = charge_at(session, now)
    due = max(charge.total - session.bill.paid, ZERO)
    if collection.shown_due not in {None, due}:
        raise Refused("amount_mismatch", f"₹{due} is due now", due=str(due), session_id=session.pk)
    owed = collecting.debts_with_exit(session, collection, actor)
    if collection.method == PaymentMethod.ONLINE and due > ZERO:
        gateway = chosen_gateway(collection.gateway).code
        return _wait_for_money(session, charge, due, gateway, reason=reason, actor=actor, now=now)
    if due > ZERO:
        collecting.refuse_missing_proof(collection, session.site_id)
    if session.bill.frozen_until is not None and not _is_waited_for(session, collection, due):
        orders.give_up(bill=session.bill, now=now)
    tender = _tender(collection, actor, for_debts=total_owed(owed), due=due)
    closed = complete(
        session=session, charge=charge, method=collection.method, reason=reason, tender=tender, actor=actor, now=now
    )
    rows_before = 1 if due > ZERO else 0
    collecting.take_with_exit(owed=owed, collection=collection, rows_before=rows_before, actor=actor, now=now)
    return Ending(
        refunds=closed.refunds,
        change=closed.change,
        debts_collected=total_owed(owed),
        payment=closed.payment,
        debt=closed.debt,
    )


def _is_waited_for(session: ParkingSession, collection: Collection, due: Decimal) -> bool:
    """Return whether the order that is open shall still pay what is due, although the car leaves before it does."""
    order = open_order(session.bill) if collection.keeps_order else None
    return order is not None and order.amount == due


def _end_in_emergency(session: ParkingSession, emergency_id: int, actor: Actor, now: datetime) -> Ending:
    if session.bill.frozen_until is not None:
        orders.give_up(bill=session.bill, now=now)
    method = EndMethod.NONE.value
    charge = charge_at(session, now)
    closed = complete(session=session, charge=charge, method=method, reason=EndReason.EXIT, actor=actor, now=now)
    note_left(session=session, emergency_id=emergency_id, debt=closed.debt, actor=actor, now=now)
    return Ending(refunds=closed.refunds, emergency_id=emergency_id)


def _tender(collection: Collection, actor: Actor, *, for_debts: Decimal, due: Decimal) -> Tender | None:
    """Return the money at the counter that is for the stay, or None; what is `for_debts` is taken off what was given.

    Raises Refused `amount_too_small` if the cash does not reach for both.
    """
    if collection.method != PaymentMethod.CASH and collection.method not in CLAIMS:
        return None
    handed_over = collection.tendered
    if handed_over is not None and for_debts > ZERO:
        if handed_over < due + for_debts:
            raise Refused("amount_too_small", f"₹{due + for_debts} is due", due=str(due + for_debts))
        handed_over -= for_debts
    return replace(collecting.tender_of(collection, actor, in_part=collection.in_part), tendered=handed_over)


def complete(
    *,
    session: ParkingSession,
    charge: Charge,
    method: str,
    reason: EndReason,
    now: datetime,
    actor: Actor = SYSTEM,
    tender: Tender | None = None,
    payment: Payment | None = None,
    left_at: datetime | None = None,
) -> Closed:
    """End a stay with the car inside, and close its bill with this charge.

    `tender` is money at the counter, `payment` that of the order which ends the stay; `left_at` is when the car left
    (EXIT), if somebody states that afterwards.
    """
    if reason == EndReason.EXIT:
        stays.scan_exit_qr(session=session, payment_method=method, now=now, left_at=left_at)
    else:
        stays.terminate_session(session=session, payment_method=method, now=now)
    closed = bills.close(
        bill=session.bill,
        charge=charge,
        refund_reason="Paid more than the bill",
        tender=tender,
        payment=payment,
        by_id=actor.user_id,
        now=now,
    )
    ask_for_surplus(closed.refunds, session_id=session.pk, now=now)
    settling_offers.finish(session, charge, now)
    ended = SessionExited if reason == EndReason.EXIT else SessionTerminated
    audit.record(
        actor,
        ended(
            session_id=session.pk,
            method=method,
            total=session.bill.total,
            charged=session.bill.charged,
            debt=session.bill.due,
            order_id=payment.order.order_id if payment and payment.order else None,
        ),
        now,
    )
    return closed


def _wait_for_money(
    session: ParkingSession,
    charge: Charge,
    due: Decimal,
    gateway: str,
    *,
    reason: EndReason,
    actor: Actor,
    now: datetime,
) -> Ending:
    bill = session.bill
    purpose = OrderPurpose.EXIT if reason == EndReason.EXIT else OrderPurpose.TERMINATION
    waiting = open_order(bill) if bill.frozen_until is not None else None
    if waiting is not None:
        same = (waiting.purpose, waiting.gateway, waiting.amount) == (purpose, gateway, due)
        if same and isinstance(state_of(bill, now=now), Frozen):
            return Ending(order=waiting)
        orders.give_up(bill=bill, now=now)
    # Before its first quote or online exit a bill has orders of the booking fee alone, which are not counted here.
    is_first = bill.frozen_until is None
    bills.freeze(bill=bill, charge=charge, until=quote_end(session, now))
    order = orders.place(
        bill=bill,
        purpose=purpose,
        gateway=gateway,
        amount=due,
        attendant_id=actor.user_id,
        now=now,
        is_first=is_first,
    )
    waits = SessionExitWaits if reason == EndReason.EXIT else SessionTerminationWaits
    audit.record(actor, waits(session_id=session.pk, order_id=order.order_id, amount=order.amount), now)
    return Ending(order=order, is_new=True)


def quote_end(session: ParkingSession, now: datetime) -> datetime:
    """Return until when a charge holds that is frozen at `now`: ten minutes (setting of the site)."""
    return now + timedelta(minutes=QUOTE_MINUTES.at(session.zone.site_id))


def freeze(*, session: ParkingSession, now: datetime) -> None:
    """Fix the charge of a stay as of `now`; a payment that waited for an older one is given up.

    Raises Refused `entry_not_scanned`.
    """
    orders.give_up(bill=session.bill, now=now)
    charge = Charge(stays.calculate_amount(session=session, until=now), now)
    bills.freeze(bill=session.bill, charge=charge, until=quote_end(session, now))


def expire(*, session: ParkingSession, reason: EndReason, actor: Actor, now: datetime) -> None:
    """End a booking whose time is over: the fee, if it was paid, is kept as "No-show"."""
    stays.expire_session(session=session, reason=reason, now=now)
    settling_offers.give_back(session, now)
    orders.give_up(bill=session.bill, now=now)
    kept = Charge(kept_lines(LineKind.NO_SHOW, session.bill.paid))
    closed = bills.close(bill=session.bill, charge=kept, refund_reason="Booking expired", now=now)
    ask_for_surplus(closed.refunds, session_id=session.pk, now=now)
    audit.record(actor, SessionExpired(session_id=session.pk, reason=reason, kept=session.bill.total), now)
