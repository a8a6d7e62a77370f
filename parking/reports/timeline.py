"""The story of one stay, told from the audit record and from the rows that it left behind.

A thing that both tell of appears once: the row says what, the audit line says who.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.invoices.models import TaxDocument
from parking.payments.models import Debt, Payment, PaymentMethod, PaymentOrder, Refund, RefundStatus
from parking.stays.models import GateScan, ParkingSession

SYSTEM, GATEWAY, ANYBODY, UNKNOWN = "SYSTEM", "GATEWAY", "ANYBODY", "UNKNOWN"

# Things of one moment, in the order in which one follows from the other; what is not named here comes between.
_CAUSES = ("refused", "session.booked", "gate.scanned", "order.placed", "order.failed", "order.to_review")
_EFFECTS = (
    "payment.captured",
    "session.entered",
    "session.exited",
    "session.terminated",
    "session.cancelled",
    "session.expired",
    "debt.arose",
    "refund.written",
    "refund.failed",
    "refund.to_review",
    "refund.completed",
    "document.issued",
)
# Audit lines that tell of an order's being written; each names it.
_ASKED = {"payment.asked", "payment.asked_ahead", "session.exit_waits", "session.termination_waits"}
# Audit lines that a row tells better.
_TOLD_BY_ROWS = {*_ASKED, "payment.captured", "payment.refunded", "refund.approved", "document.issued"}
# Written by us on a gateway's word.
_OF_GATEWAY = {"order.failed", "order.to_review"}
_SCANNED = {"session.entered", "session.exited", "session.exit_waits"}
_AMOUNTS = {"amount", "charged", "debt", "fee", "kept", "refund", "total"}
_REFUSED = "refused."


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
        *story.told_by_audit(),
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

    def _who(self, line: AuditEntry) -> Who:
        if line.action in _OF_GATEWAY:
            return Who(GATEWAY, self._gateway_of.get(line.facts.get("order_id", ""), ""))
        return Who(line.actor_role or ANYBODY, self._name(line.actor_id))

    def _name(self, user_id: int | None) -> str:
        return self._names[user_id].username if user_id in self._names else ""

    def _user(self, user_id: int | None) -> Who:
        """A user of whom the row tells; the role is the present one."""
        return Who(self._names[user_id].role, self._name(user_id)) if user_id in self._names else Who(SYSTEM)

    def _line(self, actions: Iterable[str], name: str, value: str) -> AuditEntry | None:
        """The audit line of one of these actions that names the thing."""
        return next((line for line in self._lines if line.action in actions and line.facts.get(name) == value), None)

    def _who_of(self, line: AuditEntry | None, otherwise: Who) -> Who:
        return self._who(line) if line else otherwise

    # --- What ---

    def told_by_audit(self) -> Iterator[TimelineEvent]:
        scan_ids = {scan.created_at: scan.scan_id for scan in self._scans}
        for line in self._lines:
            if line.action in _TOLD_BY_ROWS:
                continue
            facts = _facts_of(line)
            if line.action in _SCANNED and line.at in scan_ids:
                facts["scan_id"] = scan_ids[line.at]
            yield TimelineEvent(line.at, "refused" if line.refused else line.action, self._who(line), facts)

    def scans(self) -> Iterator[TimelineEvent]:
        """Scans that no audit line tells of: another one of a car whose payment is waited for."""
        told = {line.at for line in self._lines if line.action in _SCANNED}
        for scan in self._scans:
            if scan.created_at not in told:
                facts = {"kind": scan.kind, "scan_id": scan.scan_id}
                yield TimelineEvent(scan.created_at, "gate.scanned", Who(UNKNOWN), facts)

    def orders(self) -> Iterator[TimelineEvent]:
        booked = next((line for line in self._lines if line.action == "session.booked"), None)
        for order in self._orders:
            # The fee is asked for by the booking itself, whose line names no order.
            line = self._line(_ASKED, "order_id", order.order_id) or booked
            facts = {
                "order_id": order.order_id,
                "purpose": order.purpose,
                "gateway": order.gateway,
                "amount": order.amount,
                "status": order.status,
            }
            yield TimelineEvent(order.created_at, "order.placed", self._who_of(line, Who(SYSTEM)), facts)

    def payments(self) -> Iterator[TimelineEvent]:
        orders = {order.pk: order for order in self._orders}
        for payment in self._payments:
            order = orders.get(payment.order_id) if payment.order_id else None
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
            yield TimelineEvent(payment.captured_at, "payment.captured", actor, facts)

    def debts(self) -> Iterator[TimelineEvent]:
        for debt in self._debts:
            facts = {"debt_id": debt.pk, "amount": debt.amount, "status": debt.status}
            yield TimelineEvent(debt.created_at, "debt.arose", Who(SYSTEM), facts)

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
            asked = self._line({"payment.refunded"}, "refund_id", refund.refund_id)
            actor = self._who_of(asked, self._user(refund.asked_by_id))
            yield TimelineEvent(refund.created_at, "refund.written", actor, facts | {"reason": refund.reason})
            yield from self._end_of(refund, facts)

    def _end_of(self, refund: Refund, facts: dict[str, Any]) -> Iterator[TimelineEvent]:
        """How a refund ended, or why it waits. Attempts that failed before the last one left no row."""
        gateway = Who(GATEWAY, refund.payment.gateway)
        if refund.completed_at is not None:
            approved = self._line({"refund.approved"}, "refund_id", refund.refund_id)
            by_hand = refund.payment.method != PaymentMethod.ONLINE
            actor = self._who_of(approved, Who(UNKNOWN) if by_hand else gateway)
            yield TimelineEvent(refund.completed_at, "refund.completed", actor, facts)
        elif refund.status in {RefundStatus.FAILED, RefundStatus.REVIEW}:
            code = "refund.failed" if refund.status == RefundStatus.FAILED else "refund.to_review"
            told = facts | {"failure": refund.failure, "attempt": refund.attempt}
            yield TimelineEvent(refund.updated_at, code, gateway, told)

    def documents(self) -> Iterator[TimelineEvent]:
        for document in self._documents:
            line = self._line({"document.issued"}, "number", document.number)
            facts = {
                "document_id": document.pk,
                "number": document.number,
                "kind": document.kind,
                "total": document.total,
            }
            yield TimelineEvent(document.issued_at, "document.issued", self._who_of(line, Who(SYSTEM)), facts)


# --- Reading -----------------------------------------------------------------------------------------


def _lines_about(session: ParkingSession, debts: Sequence[Debt]) -> list[AuditEntry]:
    about = Q(subject_kind="session", subject_id=session.pk) | Q(subject_kind="bill", subject_id=session.bill_id)
    for debt in debts:
        about |= Q(subject_kind="debt", subject_id=debt.pk)
    return list(AuditEntry.objects.filter(about).order_by("pk"))


def _usernames(
    lines: Sequence[AuditEntry], payments: Sequence[Payment], refunds: Sequence[Refund]
) -> dict[int | None, User]:
    ids = {line.actor_id for line in lines}
    ids |= {payment.attendant_id for payment in payments} | {refund.asked_by_id for refund in refunds}
    users = User.objects.only("username", "role").in_bulk([user_id for user_id in ids if user_id is not None])
    return dict(users)


def _facts_of(line: AuditEntry) -> dict[str, Any]:
    facts = {name: _fact(name, value) for name, value in line.facts.items()}
    return facts | {"refusal": line.action.removeprefix(_REFUSED)} if line.refused else facts


def _fact(name: str, value: Any) -> Any:
    """JSON keeps amounts as texts."""
    return Decimal(value) if name in _AMOUNTS and isinstance(value, str) else value
