"""Ending a stay that is locked: bill closed, state moved, slot freed, one audit line. Shared by all that end one."""

from collections.abc import Sequence
from datetime import datetime

from parking.audit import services as audit
from parking.checkout.bills import frozen_lines
from parking.core.actor import SYSTEM, Actor
from parking.payments import services as payments
from parking.payments.models import OrderPurpose, PaymentOrder, Refund
from parking.stays import services as stays
from parking.stays.events import SessionExited, SessionExpired, SessionTerminated
from parking.stays.models import EndReason, ParkingSession
from parking.tariffs.rules import NO_SHOW, BillLine, kept_lines

# What is paid under these opens the gate.
ENDS_STAY = (OrderPurpose.EXIT, OrderPurpose.TERMINATION)


def complete_stay(
    *,
    session: ParkingSession,
    method: str,
    reason: EndReason,
    lines: Sequence[BillLine] | None,
    now: datetime,
    actor: Actor = SYSTEM,
    paid_by: PaymentOrder | None = None,
) -> list[Refund]:
    """End a stay with the car inside. `lines` None: the bill stays as it was frozen.

    `paid_by` is the order whose payment ends it. Answers the refunds of what was paid above the total, to be sent
    after the commit.
    """
    bill = session.bill
    if lines is None:
        lines, billed_until = frozen_lines(session), bill.billed_until
    else:
        billed_until = now
    refunds = payments.close_bill(
        bill=bill, lines=lines, billed_until=billed_until, refund_reason="Paid more than the bill", now=now
    )
    if reason == EndReason.EXIT:
        stays.scan_exit_qr(session=session, payment_method=method, now=now)
    else:
        stays.terminate_session(session=session, payment_method=method, now=now)
    completed = SessionExited if reason == EndReason.EXIT else SessionTerminated
    audit.record(
        actor,
        completed(
            session_id=session.pk,
            method=method,
            total=bill.total,
            charged=bill.charged,
            debt=bill.due,
            order_id=paid_by.order_id if paid_by else None,
        ),
        now,
    )
    return refunds


def expire_locked(*, session: ParkingSession, reason: EndReason, actor: Actor, now: datetime) -> None:
    """End a booking whose time is over: the fee, if it was paid, is kept as "No-show"."""
    payments.give_up_order(bill=session.bill, now=now)
    payments.close_bill(
        bill=session.bill,
        lines=kept_lines(NO_SHOW, session.bill.paid),
        billed_until=None,
        refund_reason="Booking expired",
        now=now,
    )
    stays.expire_session(session=session, reason=reason, now=now)
    audit.record(actor, SessionExpired(session_id=session.pk, reason=reason, kept=session.bill.total), now)
