"""The exit gate: quote, cash, and online payment that opens the gate when it is confirmed."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from parking.audit import services as audit
from parking.audit.queries import has_happened
from parking.checkout import ending
from parking.checkout.collecting import Collection, collected_at
from parking.checkout.emergencies import refuse_unknown_unless_emergency
from parking.checkout.ending import ENDS_STAY, Ending
from parking.checkout.offering import give_voucher
from parking.checkout.paying import collect_with_page
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.core.together import together
from parking.payments.asking import send_refunds
from parking.payments.counter_upi import Claim
from parking.payments.models import OrderStatus, Payment, PaymentMethod, PaymentOrder
from parking.payments.queries import Frozen, claim_of_payment, state_of
from parking.stays import access, scans
from parking.stays import services as stays
from parking.stays.access import QrText
from parking.stays.displays import show_at_counter
from parking.stays.events import SessionQuoted
from parking.stays.models import EndReason, ParkingSession, ScanKind, SessionStatus
from parking.stays.queries import session_by_uuid


@dataclass(frozen=True)
class Left:
    """A stay at its end: the order, if it is or was paid online, and the change (rupees).

    `debts_collected` is what was paid of the plate's debts with the same money, None where none were named. `claim`:
    what the attendant typed of the money that ended it.
    """

    session: ParkingSession
    order: PaymentOrder | None = None
    change: Decimal = ZERO
    debts_collected: Decimal | None = None
    claim: Claim | None = None

    @property
    def is_over(self) -> bool:
        """Whether the stay has ended; if not, its payment is awaited."""
        return self.session.status == SessionStatus.COMPLETED


def quote(
    *, actor: Actor, qr_code: str, now: datetime, plate_seen: str | None = None, voucher: str | None = None
) -> ParkingSession:
    """Show the bill and freeze it for ten minutes (setting), closing nothing. Raises as `leave` and `give_voucher`."""
    with transaction.atomic(durable=True):
        session = access.lock(QrText(qr_code, plate_seen or ""), actor)
        stays.refuse_exit(session, plate_seen=plate_seen)
        is_frozen = isinstance(state_of(session.bill, now=now), Frozen)
        if not is_frozen:
            ending.freeze(session=session, now=now)
        # Frozen by its driver, or at a desk: shown here for the first time all the same.
        if not is_frozen or not has_happened(SessionQuoted, session.pk):
            audit.record(actor, SessionQuoted(session_id=session.pk, total=session.bill.total), now)
        if voucher is not None:
            give_voucher(session, voucher, actor, now)
        show_at_counter(gate_id=actor.gate_id, session_id=session.pk, now=now)
    return session


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

    CASH, UPI and CARD complete at once. ONLINE freezes the bill and completes when the gateway confirms; the same scan
    again looks at the payment again. A voucher lowers the bill before. In an emergency it completes for nothing,
    whatever the way to pay. Raises NotFound `qr_not_found`; Refused `payment_method_invalid`, `entry_not_scanned`,
    `already_exited`, `vehicle_mismatch`, `payment_failed`, and as `ending.end`; Unavailable; RepeatedRequest.
    """
    refuse_unknown_unless_emergency(collection, now)
    with transaction.atomic(durable=True), together():
        session = access.lock(QrText(qr_code, plate_seen or "", exit_scan=scan_id), actor)
        idempotency.claim(key, subject=str(session.uuid), now=now)
        if _came_before(session, scan_id):
            return finished_exit(session, tendered=collection.tendered, debts=collection.debts)
        stays.refuse_exit(session, plate_seen=plate_seen)
        refuse_unknown_unless_emergency(collection, now, site_id=session.zone.site_id)
        scans.remember_scan(session=session, kind=ScanKind.EXIT, scan_id=scan_id, now=now)
        stays.note_exit_gate(session=session, gate_id=actor.gate_id)
        ended = ending.end(session=session, reason=EndReason.EXIT, collection=collection, actor=actor, now=now)
        record_wrong_way(actor, session, Way.OUT, now)
        show_at_counter(gate_id=actor.gate_id, session_id=session.pk, now=now)
    left = finish_ending(session, ended, now)
    return replace(left, debts_collected=ended.debts_collected) if collection.debts else left


def _came_before(session: ParkingSession, scan_id: str | None) -> bool:
    closed = session.status == SessionStatus.COMPLETED
    return closed and scans.is_repeated_scan(session=session, kind=ScanKind.EXIT, scan_id=scan_id)


# --- After the commit, also of a termination -----------------------------------------------------------


def finish_ending(session: ParkingSession, ended: Ending, now: datetime) -> Left:
    """Ask the gateway for the money, or send the refunds. Raises Refused `payment_failed`; Unavailable."""
    send_refunds(ended.refunds, now=now, fresh=True)
    if ended.order is None:
        claim = claim_of_payment(ended.payment, session.site_id) if ended.payment else None
        return Left(session, change=ended.change, claim=claim)
    session, order = collect_with_page(ended.order, now=now, fresh=ended.is_new)
    if order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Left(session, order=order)


def resume_ending(*, subject: str, now: datetime, tendered: Decimal | None = None, debts: tuple[int, ...] = ()) -> Left:
    """Go on with an exit or termination whose answer was lost: its payment is looked at, nothing is charged again."""
    # The order first: what is read of it has then happened to the stay as well.
    orders = PaymentOrder.objects.filter(bill__session__uuid=subject, purpose__in=ENDS_STAY).select_related("bill")
    order = orders.order_by("pk").last()
    session = session_by_uuid(UUID(subject))
    if session.bill.closed_at:
        return finished_exit(session, tendered=tendered, debts=debts)
    if order is not None and order.status == OrderStatus.FAILED:
        raise Refused("payment_failed", "Payment issue, retry")
    return finish_ending(session, Ending(order=order if order and order.is_open else None), now)


def finished_exit(session: ParkingSession, *, tendered: Decimal | None = None, debts: tuple[int, ...] = ()) -> Left:
    """The answer to the scan that ended a stay, read from what was written then; `debts` are those that it names.

    Where nothing was due no payment was written: what the repeated scan says was `tendered` is change, but for debts.
    """
    if not debts:
        return _finished(session, tendered)
    collected = collected_at(session.bill.closed_at, debts)
    left = _finished(session, None if tendered is None else tendered - collected)
    return replace(left, debts_collected=collected)


def _finished(session: ParkingSession, tendered: Decimal | None) -> Left:
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
    claim = claim_of_payment(payment, session.site_id)
    change = (payment.tendered or payment.amount) - payment.amount
    return Left(session, order=payment.order, change=change, claim=claim)
