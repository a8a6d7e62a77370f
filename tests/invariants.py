"""Invariants of the books at any moment, whatever was done before; and proof that a refusal changed nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from parking.audit.models import AuditEntry
from parking.core.errors import DomainError
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.offers.models import PointEntry, PromoCode, PromoCount, PromoUse, Validation
from parking.passes.models import Organisation, OrganisationInvoice, PassPeriod, PassVehicle, Subscription
from parking.payments.models import OPEN_ORDER, Bill, Debt, Payment, PaymentOrder, Refund
from parking.stays.models import GateScan, ParkingSession
from parking.stays.waiting_models import WaitingEntry
from parking.vehicles.models import Vehicle
from tests.offers.agree import assert_offers_agree

BOOKS: tuple[type[Model], ...] = (
    Vehicle, ParkingSlot, ParkingSession, GateScan, Bill, PaymentOrder, Payment, Refund, Debt,
    Subscription, PassPeriod, PassVehicle, Organisation, OrganisationInvoice,
    PromoCount, PromoUse, PointEntry, Validation, WaitingEntry,
)  # fmt: skip
SHOWN: tuple[type[Model], ...] = (
    ParkingZone, ParkingSlot, ParkingSession, Bill, PaymentOrder, Payment, Refund, Debt, WaitingEntry,
)  # fmt: skip
NOT_SHOWN = {"updated_at", "is_definite", "gateway_order_id", "gateway_refund_id", "next_try_at", "next_check_at"}
NOTHING = Decimal("0.00")
OWNERS = {"STAY": "session", "PASS": "pass_period", "ORGANISATION": "organisation_invoice"}
END_LINES = {
    "session.exited", "session.terminated", "session.cancelled", "session.expired", "session.no_place",
}  # fmt: skip


def books() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of parking sessions and their money, as the database has it."""
    rows = {}
    with connection.cursor() as cursor:
        for model in BOOKS:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
            rows[model.__name__] = cursor.fetchall()
    return rows


def shown() -> dict[str, list[tuple[Any, ...]]]:
    """The columns of stays, slots, zones and money that pages show; not when a gateway was last asked."""
    rows = {}
    with connection.cursor() as cursor:
        for model in SHOWN:
            cursor.execute(f"SELECT {_shown_columns(model)} FROM {model._meta.db_table} ORDER BY id")
            rows[model.__name__] = cursor.fetchall()
    return rows


@cache
def _shown_columns(model: type[Model]) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.name not in NOT_SHOWN)


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Assert that the block leaves every row as it was."""
    before = books()
    yield
    after = books()
    changed = {
        name: [row for row in after[name] if row not in rows] or "rows are gone"
        for name, rows in before.items()
        if after[name] != rows
    }
    assert not changed, f"changed all the same: {changed}"


@contextmanager
def refused(code: str, message: str = "") -> Iterator[None]:
    """Assert that the block is refused with this code (and text), and leaves every row as it was."""
    with nothing_changes(), pytest.raises(DomainError) as caught:
        yield
    assert caught.value.code == code
    if message:
        assert caught.value.message == message


def assert_books_agree() -> None:
    """Assert that slots, sessions, bills, orders, payments, refunds, debts and audit agree."""
    sessions = list(ParkingSession.objects.whole().order_by("pk"))
    _assert_slots_agree(sessions)
    _assert_kept_slots_agree()
    _assert_promises_agree(sessions)
    _assert_lines_agree()
    money = _Money()
    for session in sessions:
        _assert_state_agrees(session)
        money.assert_bill_agrees(session)
    for period in PassPeriod.objects.select_related("bill", "subscription").order_by("pk"):
        money.assert_pass_agrees(period)
    for invoice in OrganisationInvoice.objects.select_related("bill", "organisation__subscription").order_by("pk"):
        money.assert_organisation_agrees(invoice)
    _assert_overdue_agrees()
    money.assert_every_bill_has_an_owner()
    money.assert_orders_agree()
    _assert_audit_agrees(sessions)
    assert_offers_agree(sessions)


def _assert_slots_agree(sessions: list[ParkingSession]) -> None:
    inside = Counter((session.slot_id, session.status) for session in sessions if session.is_open)
    for slot in ParkingSlot.objects.all():
        expected = {"BOOKED": (1, 0), "OCCUPIED": (0, 1)}.get(slot.status, (0, 0))
        assert (inside[slot.pk, "BOOKED"], inside[slot.pk, "ACTIVE"]) == expected, f"slot {slot} {slot.status}"
    # A reservation without slot, or with the slot alone, has not claimed its vehicle.
    claimed = (one for one in sessions if one.is_open and one.slot_id and one.slot_alone_since is None)
    vehicles = Counter(session.vehicle_id for session in claimed)
    assert all(count == 1 for count in vehicles.values()), f"a vehicle is in two places: {vehicles}"


def _assert_kept_slots_agree() -> None:
    open_passes = Subscription.objects.filter(status__in=["PENDING", "ACTIVE"], slot__isnull=False)
    kept = ParkingSlot.objects.filter(kept=True).order_by("pk")
    assert list(kept.values_list("pk", flat=True)) == sorted(open_passes.values_list("slot_id", flat=True))


def _assert_promises_agree(sessions: list[ParkingSession]) -> None:
    """Assert that zones know their next reservation, and that what could not be kept was paid back, with a voucher."""
    for zone in ParkingZone.objects.all():
        starts = [one.starts_at for one in sessions if one.is_waiting and one.zone_id == zone.pk]
        assert zone.next_reservation_at == min(starts, default=None), f"{zone}: {zone.next_reservation_at}"
    vouchers = dict(PromoCode.objects.filter(code__startswith="V-").values_list("code", "value"))
    given = {one.voucher: one.bill.captured for one in sessions if one.voucher}
    assert given == {code: value for code, value in vouchers.items() if code in given}, "vouchers of another sum"
    for session in sessions:
        if session.end_reason == "NO_PLACE":
            assert (session.bill.total, bool(session.voucher)) == (NOTHING, session.bill.captured > NOTHING)
        else:
            assert not session.voucher


def _assert_lines_agree() -> None:
    """Assert that who waits has no offer, and that an accepted offer was paid, or cost nothing."""
    for entry in WaitingEntry.objects.select_related("session__bill"):
        offer = entry.session
        if entry.state in {"WAITING", "OVER"}:
            assert offer is None, f"{entry}: has an offer"
        elif entry.state == "TAKEN":
            assert offer is not None
            assert offer.bill.captured > NOTHING or offer.pay_by is None, f"{entry}: taken and not paid"
        elif entry.state == "LAPSED":
            assert offer is not None
            assert (offer.is_open, offer.bill.paid) == (False, NOTHING), f"{entry}: lapsed, and yet a booking"


def _assert_state_agrees(session: ParkingSession) -> None:
    entered = session.status in {"ACTIVE", "COMPLETED"}
    ended = not session.is_open
    assert session.entry_qr_scanned == (session.entry_time is not None) == entered
    assert session.exit_qr_scanned == (session.status == "COMPLETED" and session.end_reason == "EXIT")
    assert (session.exit_time is not None) == (session.status == "COMPLETED")
    assert (session.ended_at is not None) == (session.bill.closed_at is not None) == bool(session.end_reason) == ended
    assert session.payment_status == _expected_payment_status(session)
    assert session.is_paid == (session.payment_status == "PAID")
    if entered and session.pay_by is not None:
        assert session.bill.captured > NOTHING, "a booking entered without its fee"


def _expected_payment_status(session: ParkingSession) -> str:
    captured, refunded = session.bill.captured, session.bill.refunded
    if captured and captured == refunded:
        return "REFUNDED"
    if session.is_open or session.bill.total > captured - refunded:
        return "PARTIAL" if captured else "PENDING"
    if session.status != "COMPLETED" and not captured:
        return "PENDING"
    return "PAID"


class _Money:
    """All rows of money, read once."""

    def __init__(self) -> None:
        self.payments = list(Payment.objects.all())
        self.refunds = list(Refund.objects.exclude(status="REFUSED").select_related("payment"))
        self.orders = list(PaymentOrder.objects.all())
        # Sums and orders by bill: worlds in which processes die a hundred times have hundreds of bills.
        self.paid: dict[int, Decimal] = defaultdict(Decimal)
        self.back: dict[int, Decimal] = defaultdict(Decimal)
        self.back_of_payment: dict[int, Decimal] = defaultdict(Decimal)
        for payment in self.payments:
            self.paid[payment.bill_id] += payment.amount
        for refund in self.refunds:
            self.back[refund.payment.bill_id] += refund.amount
            self.back_of_payment[refund.payment_id] += refund.amount
        self.waiting: dict[int, list[PaymentOrder]] = defaultdict(list)
        for order in self.orders:
            if order.status in OPEN_ORDER:
                self.waiting[order.bill_id].append(order)
        debts = list(Debt.objects.select_related("payment"))
        # What was paid is missing no longer: its payment is on the debt's own bill, over the whole amount.
        self.debts = {debt.bill_id: debt.amount for debt in debts if debt.payment is None}
        for debt in debts:
            if debt.payment is not None:
                assert (debt.payment.bill_id, debt.payment.amount) == (debt.bill_id, debt.amount), (
                    f"{debt}: {debt.payment}"
                )

    def assert_bill_agrees(self, session: ParkingSession) -> None:
        bill = session.bill
        paid, back = self.paid[bill.pk], self.back[bill.pk]
        assert (bill.captured, bill.refunded) == (paid, back), f"{session}: the bill's sums are not its rows'"
        assert bill.total == sum((Decimal(line["amount"]) for line in bill.lines), NOTHING)
        for line in bill.lines:
            assert Decimal(line["amount"]) == line["quantity"] * Decimal(line["unit_price"])
        waiting = self.waiting[bill.pk]
        assert len(waiting) <= 1
        if session.is_open:
            assert (bill.charged, self.debts.get(bill.pk)) == (NOTHING, None)
            return
        rest = bill.total - (paid - back)
        assert rest >= NOTHING, f"{session}: {-rest} were kept without a line"
        assert self.debts.get(bill.pk, NOTHING) == rest, f"{session}: {rest} are missing without a debt"
        assert bill.frozen_until is None
        for order in waiting:
            # A driver pays what the closed bill is still short of.
            assert (order.purpose, order.amount) == ("DEBT", rest), f"{session}: ended, but an order waits"

    def assert_pass_agrees(self, period: PassPeriod) -> None:
        """Assert that a period of a pass is paid exactly if its bill says so, and keeps what its lines say."""
        bill, held = period.bill, period.subscription
        paid, back = self.paid[bill.pk], self.back[bill.pk]
        assert (bill.captured, bill.refunded) == (paid, back), f"{period}: the bill's sums are not its rows'"
        assert bill.total == sum((Decimal(line["amount"]) for line in bill.lines), NOTHING)
        waiting = self.waiting[bill.pk]
        assert self.debts.get(bill.pk) is None
        if bill.closed_at is None:
            assert (paid, back, period.paid_at) == (NOTHING, NOTHING, None)
            assert len(waiting) <= 1
        else:
            assert not waiting
            assert bill.total == paid - back, f"{period}: more or less is kept than its lines say"
        if held.status == "PENDING":
            assert (bill.closed_at, period.paid_at, period.number) == (None, None, 1)
        if held.status == "ACTIVE" and period.number == 1:
            assert period.paid_at is not None
        assert period.paid_at is None or held.ends_at >= period.ends_at or held.status == "CANCELLED"

    def assert_organisation_agrees(self, invoice: OrganisationInvoice) -> None:
        """Assert that a month's bill is closed, no more came than it says, and it is paid if nothing is due."""
        bill = invoice.bill
        paid, back = self.paid[bill.pk], self.back[bill.pk]
        assert (bill.captured, bill.refunded) == (paid, back), f"{invoice}: the bill's sums are not its rows'"
        assert bill.total == sum((Decimal(line["amount"]) for line in bill.lines), NOTHING)
        assert bill.closed_at is not None
        assert self.debts.get(bill.pk) is None
        waiting = [order.amount for order in self.waiting[bill.pk]]
        assert waiting in ([], [bill.due]), f"{invoice}: orders of {waiting} wait"
        assert NOTHING <= paid - back <= bill.total, f"{invoice}: more is kept than its lines say"
        assert (invoice.paid_at is not None) == (bill.due == NOTHING)

    def assert_every_bill_has_an_owner(self) -> None:
        """Assert that each bill is that of one stay, one period or one month, as its kind says."""
        for bill in Bill.objects.select_related("session", "pass_period", "organisation_invoice"):
            owners = [kind for kind, owner in OWNERS.items() if hasattr(bill, owner)]
            assert owners == [bill.kind], f"{bill}: {bill.kind}"

    def assert_orders_agree(self) -> None:
        paid = Counter(row.order_id for row in self.payments if row.order_id)
        paid_again = {row.second_of_id for row in self.payments}
        for order in self.orders:
            assert paid[order.pk] == (1 if order.status == "COMPLETED" else 0), f"{order}: {order.status}"
            assert paid[order.pk] or order.pk not in paid_again, f"{order}: paid a second time, but never a first"
        amounts: dict[int | None, Any] = {order.pk: order.amount for order in self.orders}
        for payment in self.payments:
            assert payment.customer_fee >= NOTHING
            back = self.back_of_payment[payment.pk]
            assert back <= payment.amount, f"{payment}: more went back than came"
            assert payment.amount == amounts.get(payment.order_id, payment.amount)
            assert (payment.tendered or payment.amount) >= payment.amount
            assert payment.second_of_id is None or back == payment.amount, f"{payment}: a second one is kept"
        self._assert_second_payments_agree()

    def _assert_second_payments_agree(self) -> None:
        """Assert that what goes back as a second payment goes back whole, to the bill that another one had paid."""
        by_pk = {row.pk: row for row in self.payments}
        for refund in self.refunds:
            assert not refund.is_held or (refund.status == "INITIATED" and refund.paid_already_id)
            if refund.paid_already_id:
                first, second = by_pk[refund.paid_already_id], by_pk[refund.payment_id]
                assert (second.bill_id, refund.amount) == (first.bill_id, second.amount)
                assert first.pk != second.pk


def _assert_overdue_agrees() -> None:
    """Assert that passes of organisations are amber and pay by the oldest of their unpaid invoices."""
    for held in Subscription.objects.exclude(organisation=None).select_related("organisation"):
        months = OrganisationInvoice.objects.filter(organisation=held.organisation, written_off_at=None)
        unpaid = months.filter(paid_at=None).order_by("due_at")
        oldest, organisation = unpaid.first(), held.organisation
        assert organisation is not None
        amber_at = oldest.due_at if oldest else None
        paying_at = amber_at + timedelta(days=organisation.amber_days) if amber_at else None
        assert (held.amber_at, held.paying_at) == (amber_at, paying_at)


def _assert_audit_agrees(sessions: list[ParkingSession]) -> None:
    lines: dict[int, Counter[str]] = {}
    for subject_id, action in AuditEntry.objects.filter(subject_kind="session", refused=False).values_list(
        "subject_id", "action"
    ):
        lines.setdefault(subject_id or 0, Counter())[action] += 1
    for session in sessions:
        found = lines.get(session.pk, Counter())
        assert found["session.booked"] == 1
        assert found["session.entered"] == (1 if session.entry_qr_scanned else 0)
        assert sum(found[action] for action in END_LINES) == (0 if session.is_open else 1)
