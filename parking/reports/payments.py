"""All payments and refunds as one list, with totals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any, TypedDict

from django.db.models import F, QuerySet, Value

from parking.core.ids import Ref
from parking.core.money import ZERO, from_paise
from parking.core.sites import Sites, at_sites
from parking.payments.counter_upi import Claim
from parking.payments.models import ALWAYS_SHOWN, Payment, PaymentMethod, Refund, RefundStatus
from parking.payments.queries import claim_of_payment
from parking.reports.finding import MoneyFound, money_found
from parking.reports.periods import Period
from parking.reports.rolled import rolled_through
from parking.reports.sums import PASSES, sum_of_paise
from parking.reports.takings import MethodSum, sums_by_method
from parking.reports.walking import ROWS_AT_ONCE
from parking.stays.models import ParkingSession

PAYMENT, REFUND = "PAYMENT", "REFUND"
# A payment row is written when the money is ours, and never changed.
CAPTURED = "CAPTURED"
# What the list can be sorted by: the column of a payment, and that of a refund; `at` is in every row.
MONEY_SORTS: dict[str, tuple[Any, Any] | None] = {
    "at": None,
    "amount": (F("amount"), F("amount")),
    "method": (F("method"), F("payment__method")),
    "status": (Value(CAPTURED), F("status")),
}


@dataclass(frozen=True, kw_only=True)
class MoneyFilter:
    """The filter of the list, at `sites`.

    Payments count on the day of their capture, refunds on the day they were done. `search` is a number (ours of
    order or refund, the gateway's, the bank's) or its beginning, or finds the parking session (`stays_found`).
    """

    sites: Sites
    period: Period = field(default_factory=Period)
    method: str | None = None
    status: str | None = None
    gateway: str | None = None
    session: Ref | None = None
    zone: Ref | None = None
    search: str | None = None
    kind: str | None = None

    @cached_property
    def found(self) -> MoneyFound | None:
        """Return what the search means; looked up once."""
        return money_found(self.search) if self.search else None

    @cached_property
    def sums(self) -> dict[str, MethodSum] | None:
        """Return what the days of the filter come to, finished ones from their roll-ups; read once.

        None if those do not know what the filter goes by. Statuses, kinds and methods are not looked at.
        """
        if self.gateway or self.session or self.search:
            return None
        return sums_by_method(self.period, sites=self.sites, through=rolled_through(), zone=self.zone)

    @property
    def has_captured(self) -> bool:
        """Return whether payments are wanted."""
        return self.status in {None, CAPTURED} and self.kind in {None, PAYMENT}

    @property
    def has_refunded(self) -> bool:
        """Return whether refunds that are done are wanted."""
        return self.status in {None, RefundStatus.COMPLETED} and self.kind in {None, REFUND}


class MoneyRow(TypedDict):
    """One row of the list. `at` is the capture, the end of a refund, or of one under way the beginning."""

    id: int
    kind: str
    site_id: int | None
    session_id: int | None
    amount: Decimal
    customer_fee: Decimal
    method: str
    gateway: str | None
    status: str
    reference: str | None
    attendant: str | None
    claim: Claim | None
    card_last4: str | None
    terminal: str | None
    at: datetime
    order_id: str | None
    vehicle_number: str | None
    zone_name: str | None


# --- Filtering --------------------------------------------------------------------------------------


def _payments(wanted: MoneyFilter) -> QuerySet[Payment]:
    asked_for = wanted.status in {None, CAPTURED} and wanted.kind in {None, PAYMENT}
    rows = Payment.objects.all() if asked_for else Payment.objects.none()
    if wanted.found:
        rows = rows.filter(wanted.found.payments)
    return _on_days(_of_payment(rows, wanted, ""), wanted, "captured_at", "")


def _refunds(wanted: MoneyFilter) -> QuerySet[Refund]:
    asked_for = wanted.kind in {None, REFUND}
    rows = _of_payment(Refund.objects.all() if asked_for else Refund.objects.none(), wanted, "payment__")
    if wanted.found:
        rows = rows.filter(wanted.found.refunds)
    return rows.filter(status=wanted.status) if wanted.status else rows


def _refunds_done(wanted: MoneyFilter) -> QuerySet[Refund]:
    # By `completed_at`, which only they have: its index finds the newest, however many rows there are.
    return _on_days(_refunds(wanted).filter(completed_at__isnull=False), wanted, "completed_at", "payment__")


def _refunds_under_way(wanted: MoneyFilter) -> QuerySet[Refund]:
    return _on_days(_refunds(wanted).filter(completed_at=None), wanted, "created_at", "payment__")


def _on_days(rows: QuerySet[Any], wanted: MoneyFilter, moment: str, path: str) -> QuerySet[Any]:
    """Return the rows of the filter's days, by the zone of the site of the payment, to which `path` leads."""
    return wanted.period.narrow(rows, moment, wanted.sites, f"{path}bill__site_id")


def _of_payment(rows: QuerySet[Any], wanted: MoneyFilter, path: str) -> QuerySet[Any]:
    """Return the rows narrowed by the filter's fields of the payment, to which `path` leads."""
    asked: dict[str, object] = {"method": wanted.method, "gateway": wanted.gateway}
    if wanted.session:
        asked |= {f"bill__session__{name}": value for name, value in wanted.session.lookup().items()}
    if wanted.zone:
        asked |= {f"bill__session__zone__{name}": value for name, value in wanted.zone.lookup().items()}
    rows = at_sites(rows, wanted.sites, f"{path}bill__site_id")
    return rows.filter(**{path + name: value for name, value in asked.items() if value is not None})


# --- The list ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyPart:
    """Rows of one kind, with the column of their time and the path to the id of their site."""

    kind: str
    rows: QuerySet[Any]
    moment: str
    site: str

    @property
    def is_under_way(self) -> bool:
        """Return whether these are refunds that are not done, which have no time at which they were."""
        return self.moment == "created_at"

    def keys(self, rows: QuerySet[Any], **more: Any) -> QuerySet[Any, Any]:
        """Return the keys of these rows of the part."""
        return rows.order_by().values(kind=Value(self.kind), row_id=F("pk"), at=F(self.moment), **more)


def money_parts(wanted: MoneyFilter) -> list[MoneyPart]:
    """Return payments, refunds that are done, and refunds under way."""
    of_refund = "payment__bill__site_id"
    return [
        MoneyPart(PAYMENT, _payments(wanted), "captured_at", "bill__site_id"),
        MoneyPart(REFUND, _refunds_done(wanted), "completed_at", of_refund),
        MoneyPart(REFUND, _refunds_under_way(wanted), "created_at", of_refund),
    ]


def united(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return parts[0].union(*parts[1:], all=True)


def money_keys(wanted: MoneyFilter, *, by: str = "at", downwards: bool = True) -> QuerySet[Any, Any]:
    """Return kind and id of the rows, sorted by a key of MONEY_SORTS; `money_rows` reads the rest for one page.

    Equals are newest first, whatever the direction. Only these columns and that of the order go through the union, each
    part straight from an index on its time: the first page does not read, let alone join, a million rows.
    """
    columns = MONEY_SORTS[by]
    keys = united(
        [
            part.keys(part.rows, **({"sorted_by": columns[part.kind == REFUND]} if columns else {}))
            for part in money_parts(wanted)
        ]
    )
    first = f"{'-' if downwards else ''}{'sorted_by' if columns else 'at'}"
    newest_first = [] if columns is None else ["-at"]
    return keys.order_by(first, *newest_first, "-kind", "-row_id")


def all_money(keys: Iterable[dict[str, Any]]) -> Iterator[MoneyRow]:
    """Yield the rows of these keys, read in portions: a list of any length takes the same memory."""
    rows = iter(keys)
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        yield from money_rows(portion)


def money_rows(keys: Sequence[dict[str, Any]]) -> list[MoneyRow]:
    """Return the rows of one page, in its order, with two statements however many there are."""
    ids = {kind: [key["row_id"] for key in keys if key["kind"] == kind] for kind in (PAYMENT, REFUND)}
    payments = Payment.objects.select_related(*_shown(""), "attendant").in_bulk(ids[PAYMENT])
    refunds = Refund.objects.select_related(*_shown("payment__")).in_bulk(ids[REFUND])
    return [
        _payment_row(payments[key["row_id"]]) if key["kind"] == PAYMENT else _refund_row(refunds[key["row_id"]])
        for key in keys
    ]


def _shown(path: str) -> list[str]:
    return [f"{path}{name}" for name in ("order", "second_of", "bill__session__vehicle", "bill__session__zone")]


def _payment_row(payment: Payment) -> MoneyRow:
    return {
        "id": payment.pk,
        "kind": PAYMENT,
        "amount": payment.amount,
        "customer_fee": payment.customer_fee,
        "method": payment.method,
        "gateway": payment.gateway or None,
        "status": CAPTURED,
        "reference": payment.reference or None,
        "attendant": payment.attendant.username if payment.attendant else None,
        "claim": claim_of_payment(payment, payment.bill.site_id),
        "card_last4": payment.card_last4 or None,
        "terminal": payment.terminal or None,
        "at": payment.captured_at,
        **_of_stay(payment),
    }


def _refund_row(refund: Refund) -> MoneyRow:
    return {
        "id": refund.pk,
        "kind": REFUND,
        "amount": refund.amount,
        "customer_fee": ZERO,
        "method": refund.payment.method,
        "gateway": refund.payment.gateway or None,
        "status": refund.status,
        "reference": refund.gateway_refund_id or refund.refund_id,
        "attendant": None,
        "claim": None,
        "card_last4": None,
        "terminal": None,
        "at": refund.completed_at or refund.created_at,
        **_of_stay(refund.payment),
    }


class _OfStay(TypedDict):
    site_id: int | None
    session_id: int | None
    order_id: str | None
    vehicle_number: str | None
    zone_name: str | None


def _of_stay(payment: Payment) -> _OfStay:
    session: ParkingSession | None = getattr(payment.bill, "session", None)
    return {
        "site_id": payment.bill.site_id,
        "session_id": session.pk if session else None,
        "order_id": payment.paid_order.order_id if payment.paid_order else None,
        "vehicle_number": session.vehicle.vehicle_number if session else None,
        "zone_name": session.zone.name if session else PASSES,
    }


# --- What it comes to --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """Finished money in rupees: captured, refunded for good, and the difference."""

    captured: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.captured - self.refunded


def totals_by_method(wanted: MoneyFilter) -> dict[str, Totals]:
    """Return the totals by method of payment, over all pages of the filter.

    What organisations alone pay with is shown where it was.
    """
    if not (wanted.has_captured or wanted.has_refunded):
        return _shown_methods({})
    if wanted.sums is None:
        return _totals_of_rows(wanted)
    totals = {method: _totals_of(wanted, found) for method, found in wanted.sums.items()}
    return _shown_methods(
        {
            method: found
            for method, found in totals.items()
            if wanted.method in {None, method} and (found.captured or found.refunded)
        }
    )


def _totals_of(wanted: MoneyFilter, found: MethodSum) -> Totals:
    return Totals(
        found.takings.revenue if wanted.has_captured else ZERO, found.takings.refunds if wanted.has_refunded else ZERO
    )


def _totals_of_rows(wanted: MoneyFilter) -> dict[str, Totals]:
    captured = _by_method(_payments(wanted), "method")
    refunded = _by_method(_refunds_done(wanted), "payment__method")
    return _shown_methods(
        {method: Totals(captured.get(method, ZERO), refunded.get(method, ZERO)) for method in captured | refunded}
    )


def _shown_methods(found: dict[str, Totals]) -> dict[str, Totals]:
    shown = [method for method in PaymentMethod.values if method in ALWAYS_SHOWN or method in found]
    return {method: found.get(method, Totals()) for method in shown}


def _by_method(rows: QuerySet[Any], method: str) -> dict[str, Decimal]:
    sums = rows.order_by().values(by=F(method)).annotate(paise=sum_of_paise())
    return {row["by"]: from_paise(row["paise"]) for row in sums}


def sum_of(totals: Sequence[Totals]) -> Totals:
    return Totals(sum((part.captured for part in totals), ZERO), sum((part.refunded for part in totals), ZERO))
