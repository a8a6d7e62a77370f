"""The story of one stay, made from the events on record and from the rows that it left behind.

A thing that both know appears once: the row says what, the event says who.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import Q

from parking.accounts.models import User
from parking.audit.events import Event, Refusal, read_event
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.invoices.events import DocumentIssued
from parking.invoices.models import TaxDocument
from parking.payments.events import (
    OrderFailed,
    OrderMoved,
    OrderPaidTwice,
    OrderToReview,
    PaymentAsked,
    PaymentAskedAhead,
    PaymentCaptured,
    PaymentRefunded,
    RefundApproved,
    RefundMoved,
)
from parking.payments.models import Debt, Payment, PaymentMethod, PaymentOrder, Refund, RefundStatus
from parking.stays.events import (
    ReservationUnplaced,
    SessionBooked,
    SessionCancelled,
    SessionEntered,
    SessionEntryWaits,
    SessionExited,
    SessionExitWaits,
    SessionExpired,
    SessionPaidAhead,
    SessionPaidAtEntry,
    SessionTerminated,
    SessionTerminationWaits,
)
from parking.stays.models import GateScan, ParkingSession

SYSTEM, GATEWAY, ANYBODY, UNKNOWN = "SYSTEM", "GATEWAY", "ANYBODY", "UNKNOWN"


class RowCode(StrEnum):
    """Codes of what only a row says, without an event in the record; those of events are their actions."""

    GATE_SCANNED = "gate.scanned"
    ORDER_PLACED = "order.placed"
    DEBT_AROSE = "debt.arose"
    REFUND_WRITTEN = "refund.written"
    REFUND_FAILED = "refund.failed"
    REFUND_TO_REVIEW = "refund.to_review"
    REFUND_COMPLETED = "refund.completed"


# Things of one moment, in the order in which one follows from the other; what is not named here comes between.
_CAUSES: tuple[str, ...] = (
    Refusal.action,
    SessionBooked.action,
    RowCode.GATE_SCANNED,
    RowCode.ORDER_PLACED,
    OrderFailed.action,
    OrderToReview.action,
)
_EFFECTS: tuple[str, ...] = (
    PaymentCaptured.action,
    OrderPaidTwice.action,
    SessionEntered.action,
    SessionExited.action,
    SessionTerminated.action,
    SessionCancelled.action,
    SessionExpired.action,
    ReservationUnplaced.action,
    RowCode.DEBT_AROSE,
    RowCode.REFUND_WRITTEN,
    RowCode.REFUND_FAILED,
    RowCode.REFUND_TO_REVIEW,
    RowCode.REFUND_COMPLETED,
    DocumentIssued.action,
)
# Events of an order's being written; each names it.
_ASKED = (PaymentAsked, PaymentAskedAhead, SessionEntryWaits, SessionExitWaits, SessionTerminationWaits)
# Events of which a row says more.
_SHOWN_BY_ROWS = (
    *_ASKED, SessionPaidAhead, SessionPaidAtEntry, OrderMoved, PaymentCaptured, PaymentRefunded, RefundApproved,
    RefundMoved, DocumentIssued,
)  # fmt: skip
# Written by us on a gateway's word.
_OF_GATEWAY = (OrderFailed, OrderPaidTwice, OrderToReview)
_SCANNED = (SessionEntered, SessionExited, SessionExitWaits)


@dataclass(frozen=True)
class Who:
    """Who did it: a user's role at that time (ADMIN, STAFF, USER) and username; SYSTEM, which is the worker; GATEWAY
    with its code as name; ANYBODY, such as the kiosk; UNKNOWN, where nothing tells."""

    role: str
    name: str = ""


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened to a stay. `code` is stable (docs/timeline.md); amounts in `facts` are rupees."""

    at: datetime
    code: str
    actor: Who
    facts: dict[str, Any] = field(default_factory=dict)


def timeline(session: ParkingSession) -> list[TimelineEvent]:
    """Everything that happened to a stay, oldest first. Eight statements, however much that is."""
    story = _Story(session)
    events = [
        *story.recorded(),
        *story.scans(),
        *story.orders(),
        *story.payments(),
        *story.debts(),
        *story.refunds(),
        *story.documents(),
    ]
    return sorted(events, key=lambda event: (event.at, _rank(event.code)))


def _rank(code: str) -> int:
    if code in _CAUSES:
        return _CAUSES.index(code)
    return len(_CAUSES) + (1 + _EFFECTS.index(code) if code in _EFFECTS else 0)


@dataclass(frozen=True)
class _Line:
    """A line of the record, with the event that it holds."""

    at: datetime
    actor_id: int | None
    actor_role: str
    event: Event


class _Story:
    """The rows of one stay, and the events that each kind of them tells of."""

    def __init__(self, session: ParkingSession) -> None:
        bill_id = session.bill_id
        self._orders = list(PaymentOrder.objects.filter(bill_id=bill_id).order_by("pk"))
        self._payments = list(Payment.objects.filter(bill_id=bill_id).order_by("pk"))
        self._refunds = list(Refund.objects.filter(payment__bill_id=bill_id).select_related("payment").order_by("pk"))
        self._debts = list(Debt.objects.filter(bill_id=bill_id))
        self._documents = list(TaxDocument.objects.filter(bill_id=bill_id).order_by("pk"))
        self._scans = list(GateScan.objects.filter(session=session).order_by("pk"))
        self._lines = _lines_about(session, self._debts)
        self._names = _usernames(self._lines, self._payments, self._refunds)
        self._gateway_of = {order.order_id: order.gateway for order in self._orders}

    # --- Who ---

    def _who(self, line: _Line) -> Who:
        if isinstance(line.event, _OF_GATEWAY):
            return Who(GATEWAY, self._gateway_of.get(line.event.order_id, ""))
        return Who(line.actor_role or ANYBODY, self._name(line.actor_id))

    def _name(self, user_id: int | None) -> str:
        return self._names[user_id].username if user_id in self._names else ""

    def _user(self, user_id: int | None) -> Who:
        """A user of whom the row tells; the role is the present one."""
        return Who(self._names[user_id].role, self._name(user_id)) if user_id in self._names else Who(SYSTEM)

    def _who_did(self, is_it: Callable[[Event], bool], otherwise: Who) -> Who:
        """Return who did the first thing on record that is the one asked for."""
        return next((self._who(line) for line in self._lines if is_it(line.event)), otherwise)

    # --- What ---

    def recorded(self) -> Iterator[TimelineEvent]:
        scan_ids = {scan.created_at: scan.scan_id for scan in self._scans}
        for line in self._lines:
            event = line.event
            if isinstance(event, _SHOWN_BY_ROWS):
                continue
            facts = event.facts()
            if isinstance(event, Refusal):
                facts["refusal"] = event.code
            if isinstance(event, _SCANNED) and line.at in scan_ids:
                facts["scan_id"] = scan_ids[line.at]
            code = event.action if isinstance(event, Refusal) else event.recorded_action
            yield TimelineEvent(line.at, code, self._who(line), facts)

    def scans(self) -> Iterator[TimelineEvent]:
        """Scans that no audit line tells of: another one of a car whose payment is waited for."""
        recorded = {line.at for line in self._lines if isinstance(line.event, _SCANNED)}
        for scan in self._scans:
            if scan.created_at not in recorded:
                facts = {"kind": scan.kind, "scan_id": scan.scan_id}
                yield TimelineEvent(scan.created_at, RowCode.GATE_SCANNED, Who(UNKNOWN), facts)

    def orders(self) -> Iterator[TimelineEvent]:
        # The fee is asked for by the booking itself, whose event names no order.
        booked_by = self._who_did(lambda event: isinstance(event, SessionBooked), Who(SYSTEM))
        for order in self._orders:
            facts = {
                "order_id": order.order_id,
                "purpose": order.purpose,
                "gateway": order.gateway,
                "amount": order.amount,
                "status": order.status,
            }
            asked_by = self._who_did(partial(_asks_for, order_id=order.order_id), booked_by)
            yield TimelineEvent(order.created_at, RowCode.ORDER_PLACED, asked_by, facts)

    def payments(self) -> Iterator[TimelineEvent]:
        orders = {order.pk: order for order in self._orders}
        for payment in self._payments:
            order = orders.get(payment.order_id or payment.second_of_id or 0)
            online = payment.method == PaymentMethod.ONLINE
            facts = {
                "payment_id": payment.pk,
                "amount": payment.amount,
                "method": payment.method,
                "reference": payment.reference,
                "tendered": payment.tendered,
                "order_id": order.order_id if order else "",
                "purpose": order.purpose if order else "",
            }
            actor = Who(GATEWAY, payment.gateway) if online else self._user(payment.attendant_id)
            yield TimelineEvent(payment.captured_at, PaymentCaptured.action, actor, facts)

    def debts(self) -> Iterator[TimelineEvent]:
        now = clock.now()
        for debt in self._debts:
            if not debt.is_owed(debt.closed_at or now):
                continue
            facts = {"debt_id": debt.pk, "amount": debt.amount, "status": debt.status}
            yield TimelineEvent(debt.waits_until or debt.created_at, RowCode.DEBT_AROSE, Who(SYSTEM), facts)

    def refunds(self) -> Iterator[TimelineEvent]:
        for refund in self._refunds:
            facts = {
                "refund_id": refund.refund_id,
                "refund_pk": refund.pk,
                "payment_id": refund.payment_id,
                "amount": refund.amount,
                "method": refund.payment.method,
                "status": refund.status,
            }
            is_decision = partial(_is_about_refund, event_type=PaymentRefunded, refund_id=refund.refund_id)
            actor = self._who_did(is_decision, self._user(refund.asked_by_id))
            yield TimelineEvent(refund.created_at, RowCode.REFUND_WRITTEN, actor, facts | {"reason": refund.reason})
            yield from self._end_of(refund, facts)

    def _end_of(self, refund: Refund, facts: dict[str, Any]) -> Iterator[TimelineEvent]:
        """How a refund ended, or why it waits. Attempts that failed before the last one left no row."""
        gateway = Who(GATEWAY, refund.payment.gateway)
        if refund.completed_at is not None:
            is_approval = partial(_is_about_refund, event_type=RefundApproved, refund_id=refund.refund_id)
            actor = self._who_did(is_approval, Who(UNKNOWN) if refund.by_hand else gateway)
            yield TimelineEvent(refund.completed_at, RowCode.REFUND_COMPLETED, actor, facts)
        elif refund.status in {RefundStatus.FAILED, RefundStatus.REVIEW}:
            has_failed = refund.status == RefundStatus.FAILED
            code = RowCode.REFUND_FAILED if has_failed else RowCode.REFUND_TO_REVIEW
            more = facts | {"failure": refund.failure, "attempt": refund.attempt}
            yield TimelineEvent(refund.updated_at, code, gateway, more)

    def documents(self) -> Iterator[TimelineEvent]:
        for document in self._documents:
            actor = self._who_did(partial(_issues, number=document.number), Who(SYSTEM))
            facts = {
                "document_id": document.pk,
                "number": document.number,
                "kind": document.kind,
                "total": document.total,
            }
            yield TimelineEvent(document.issued_at, DocumentIssued.action, actor, facts)


# --- Reading -----------------------------------------------------------------------------------------


def _lines_about(session: ParkingSession, debts: Sequence[Debt]) -> list[_Line]:
    about = Q(subject_kind="session", subject_id=session.pk) | Q(subject_kind="bill", subject_id=session.bill_id)
    for debt in debts:
        about |= Q(subject_kind="debt", subject_id=debt.pk)
    rows = AuditEntry.objects.filter(about).order_by("pk")
    return [_Line(row.at, row.actor_id, row.actor_role, read_event(row)) for row in rows]


def _usernames(
    lines: Sequence[_Line], payments: Sequence[Payment], refunds: Sequence[Refund]
) -> dict[int | None, User]:
    ids = {line.actor_id for line in lines}
    ids |= {payment.attendant_id for payment in payments} | {refund.asked_by_id for refund in refunds}
    users = User.objects.only("username", "role").in_bulk([user_id for user_id in ids if user_id is not None])
    return dict(users)


def _asks_for(event: Event, *, order_id: str) -> bool:
    return isinstance(event, _ASKED) and event.order_id == order_id


def _is_about_refund(event: Event, *, event_type: type[PaymentRefunded | RefundApproved], refund_id: str) -> bool:
    return isinstance(event, event_type) and event.refund_id == refund_id


def _issues(event: Event, *, number: str) -> bool:
    return isinstance(event, DocumentIssued) and event.number == number
