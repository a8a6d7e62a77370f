"""The exit gate: quote, cash, and online payment that opens the gate when it is confirmed."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from parking.audit import services as audit
from parking.checkout.bills import frozen_lines, is_frozen
from parking.checkout.closing import ENDS_STAY, complete_stay
from parking.checkout.ordering import collect_with_page
from parking.checkout.settling import send_refunds
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.payments import services as payments
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import (
    OrderPurpose,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentOrder,
    Refund,
)
from parking.stays import services as stays
from parking.stays.events import SessionExitWaits, SessionQuoted, SessionTerminationWaits
from parking.stays.models import EndReason, ParkingSession, ScanKind, SessionStatus
from parking.stays.services import calculate_amount
from parking.tariffs.rules import BillLine

# The bank's number (RRN, UTR) as UPI apps show it.
_UPI_REFERENCE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Left:
    """A stay at its end: the order, if it is or was paid online, and the change (rupees)."""

    session: ParkingSession
    order: PaymentOrder | None = None
    change: Decimal = ZERO

    @property
    def is_over(self) -> bool:
        """Whether the stay has ended; if not, its payment is awaited."""
        return self.session.status == SessionStatus.COMPLETED


@dataclass(frozen=True)
class Collection:
    """How the end of a stay is to be paid.

    `upi_reference` is the 12 digits of UPI at the counter; None where that cannot be paid by. `shown_due` is what a
    page named as due (rupees), for which somebody may have taken the money already; another amount is refused.
    """

    method: str
    gateway: str | None = None
    tendered: Decimal | None = None
    upi_reference: str | None = None
    shown_due: Decimal | None = None


def quote(*, actor: Actor, qr_code: str, now: datetime, plate_seen: str | None = None) -> ParkingSession:
    """Show the bill and freeze it for ten minutes (setting), closing nothing. Raises as `leave`."""
    with transaction.atomic(durable=True):
        session = stays.lock_by_qr(qr_code)
        stays.refuse_exit(session, plate_seen=plate_seen)
        if not is_frozen(session, now=now):
            freeze(session=session, now=now)
            audit.record(actor, SessionQuoted(session_id=session.pk, total=session.bill.total), now)
    return session


def freeze(*, session: ParkingSession, now: datetime) -> None:
    """Fix the bill of a locked stay as of `now`; a payment that waited for an older bill is given up."""
    payments.give_up_order(bill=session.bill, now=now)
    payments.freeze_bill(
        bill=session.bill,
        lines=calculate_amount(session=session, until=now),
        billed_until=now,
        frozen_until=now + timedelta(minutes=settings.QUOTE_MINUTES),
    )


def leave(
    *,
    actor: Actor,
    qr_code: str,
    collection: Collection,
    now: datetime,
    plate_seen: str | None = None,
    scan_id: str | None = None,
    key: RequestKey | None = None,
) -> Left:
    """Scan a car out: collect what is due, then complete the stay and free the slot.

    CASH and UPI complete at once. ONLINE freezes the bill and completes when the gateway confirms; the same scan again
    looks at the payment anew. Raises NotFound `qr_not_found`; Refused `payment_method_invalid`,
    `upi_reference_invalid`, `upi_reference_used`, `entry_not_scanned`, `already_exited`, `vehicle_mismatch`,
    `amount_mismatch`, `amount_too_small`, `gateway_invalid`, `payment_failed`; Unavailable; RepeatedRequest.
    """
    refuse_unknown_method(collection)
    with transaction.atomic(durable=True):
        session = stays.lock_by_qr(qr_code)
        idempotency.claim(key, subject=str(session.uuid), now=now)
        if _came_before(session, scan_id):
            return finished_exit(session, tendered=collection.tendered)
        stays.refuse_exit(session, plate_seen=plate_seen)
        stays.remember_scan(session=session, kind=ScanKind.EXIT, scan_id=scan_id, now=now)
        ending = end_stay(session=session, reason=EndReason.EXIT, collection=collection, actor=actor, now=now)
    return finish_ending(session, ending, now)


def refuse_unknown_method(collection: Collection) -> None:
    """Raise Refused `payment_method_invalid` or `upi_reference_invalid` unless a driver can pay so."""
    by_upi = collection.method == PaymentMethod.UPI
    if collection.method not in PaymentMethod.values or (by_upi and collection.upi_reference is None):
        raise Refused("payment_method_invalid", "Invalid payment method. Use CASH or ONLINE")
    if by_upi and not _UPI_REFERENCE.fullmatch(collection.upi_reference or ""):
        raise Refused("upi_reference_invalid", "Enter the 12 digits of the UPI reference")


def _came_before(session: ParkingSession, scan_id: str | None) -> bool:
    closed = session.status == SessionStatus.COMPLETED
    return closed and stays.is_repeated_scan(session=session, kind=ScanKind.EXIT, scan_id=scan_id)


def finished_exit(session: ParkingSession, *, tendered: Decimal | None = None) -> Left:
    """The answer to the scan that ended a stay, read from what was written then.

    Where nothing was due no payment was written: all of what the repeated scan says was `tendered` is change.
    """
    bill = session.bill
    if bill.charged == ZERO or bill.closed_at is None:
        return Left(session, change=(tendered or ZERO) if session.payment_method == PaymentMethod.CASH else ZERO)
    # Money may have come later still, and gone back: the closing's own payment came as the bill was closed.
    closing = Payment.objects.select_related("order").filter(
        bill=bill, method=session.payment_method, amount=bill.charged, captured_at=bill.closed_at
    )
    payment = closing.order_by("pk").first()
    if payment is None:
        return Left(session)
    return Left(session, order=payment.order, change=(payment.tendered or payment.amount) - payment.amount)


def resume_ending(*, subject: str, now: datetime, tendered: Decimal | None = None) -> Left:
    """Go on with an exit or termination whose answer was lost: its payment is looked at, nothing is charged again."""
    # The order first: what is read of it has then happened to the stay as well.
    order = PaymentOrder.objects.filter(bill__session__uuid=subject, purpose__in=ENDS_STAY).order_by("pk").last()
    session = ParkingSession.objects.whole().get(uuid=UUID(subject))
    if session.bill.closed_at:
        return finished_exit(session, tendered=tendered)
    if order is not None and order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return finish_ending(session, Ending(order=order if order and order.is_open else None), now)


# --- Ending a stay with money, also for terminations ---------------------------------------------------


@dataclass(frozen=True)
class Ending:
    """What the first transaction of an end decided: an order to collect, or refunds to send, and the change."""

    order: PaymentOrder | None = None
    refunds: tuple[Refund, ...] = ()
    change: Decimal = ZERO


def end_stay(
    *, session: ParkingSession, reason: EndReason, collection: Collection, actor: Actor, now: datetime
) -> Ending:
    """Inside a transaction with the stay locked: complete it, or freeze its bill and write the order to wait for."""
    bill = session.bill
    if is_frozen(session, now=now):
        lines: tuple[BillLine, ...] | None = None
    else:
        lines = calculate_amount(session=session, until=now)
    waiting = payments.open_order(bill) if bill.frozen_until is not None else None
    if lines is not None:
        payments.set_lines(bill, lines)
    if collection.shown_due not in {None, bill.due}:
        raise Refused("amount_mismatch", f"₹{bill.due} is due now", due=str(bill.due), session_id=session.pk)
    if collection.method == PaymentMethod.ONLINE and bill.due > ZERO:
        return _wait_for_money(session, collection, reason=reason, waiting=waiting, lines=lines, actor=actor, now=now)
    if waiting is not None:
        payments.give_up_order(bill=bill, now=now)
    change = ZERO
    if collection.method == PaymentMethod.CASH:
        change = payments.take_cash(bill=bill, tendered=collection.tendered, attendant_id=actor.user_id, now=now)
    if collection.method == PaymentMethod.UPI:
        reference = collection.upi_reference or ""
        payments.take_upi(bill=bill, reference=reference, attendant_id=actor.user_id, now=now)
    refunds = complete_stay(session=session, method=collection.method, reason=reason, lines=lines, now=now, actor=actor)
    return Ending(refunds=tuple(refunds), change=change)


def _wait_for_money(
    session: ParkingSession,
    collection: Collection,
    *,
    reason: EndReason,
    waiting: PaymentOrder | None,
    lines: tuple[BillLine, ...] | None,
    actor: Actor,
    now: datetime,
) -> Ending:
    bill = session.bill
    gateway = chosen_gateway(collection.gateway).code
    purpose = OrderPurpose.EXIT if reason == EndReason.EXIT else OrderPurpose.TERMINATION
    if waiting is not None:
        same = (waiting.purpose, waiting.gateway, waiting.amount) == (purpose, gateway, bill.due)
        if same and lines is None:
            return Ending(order=waiting)
        payments.give_up_order(bill=bill, now=now)
    billed_until = now if lines is not None else bill.billed_until or now
    payments.freeze_bill(
        bill=bill,
        lines=lines if lines is not None else frozen_lines(session),
        billed_until=billed_until,
        frozen_until=now + timedelta(minutes=settings.QUOTE_MINUTES),
    )
    order = payments.place_order(
        bill=bill, purpose=purpose, gateway=gateway, amount=bill.due, attendant_id=actor.user_id, now=now
    )
    waits = SessionExitWaits if reason == EndReason.EXIT else SessionTerminationWaits
    audit.record(actor, waits(session_id=session.pk, order_id=order.order_id, amount=order.amount), now)
    return Ending(order=order)


def finish_ending(session: ParkingSession, ending: Ending, now: datetime) -> Left:
    """After the commit: ask the gateway for the money, or send the refunds. Raises Refused `payment_failed`."""
    send_refunds(list(ending.refunds), now=now)
    if ending.order is None:
        return Left(session, change=ending.change)
    session, order = collect_with_page(ending.order, now=now)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Left(session, order=order)
