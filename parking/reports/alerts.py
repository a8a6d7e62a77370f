"""Alerts: what waits for a person to look, counted, with the worst few."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.money import from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.invoices.models import NumberSeries, TaxProfile
from parking.invoices.rules import NEARLY_USED_UP, financial_year
from parking.passes.events import PassNotRenewed
from parking.passes.models import Subscription
from parking.payments.models import Debt, DebtStatus, OrderStatus, PaymentOrder, Refund, RefundStatus
from parking.reports.sums import paise_of
from parking.stays.long_stays import long_at
from parking.stays.models import EndReason, ParkingSession, SessionStatus

# How many rows an alert names.
WORST = 5
# Attendants are asked five minutes after a ticket was given (`stays/given_tickets.py`); so long they may not answer.
TICKET_UNANSWERED = timedelta(hours=1)


class AlertCode(StrEnum):
    """The kinds of alert; stable, because pages link by them."""

    ORDERS_IN_REVIEW = "ORDERS_IN_REVIEW"
    PAID_TWICE = "PAID_TWICE"
    REFUNDS_WITHOUT_BALANCE = "REFUNDS_WITHOUT_BALANCE"
    REFUNDS_STUCK = "REFUNDS_STUCK"
    LONG_STAYS = "LONG_STAYS"
    HOLDS_EXPIRED_TODAY = "HOLDS_EXPIRED_TODAY"
    NO_SHOWS_TODAY = "NO_SHOWS_TODAY"
    NO_PLACE_TODAY = "NO_PLACE_TODAY"
    OPEN_DEBTS = "OPEN_DEBTS"
    SERIES_NEARLY_USED_UP = "SERIES_NEARLY_USED_UP"
    SERIES_BEGINS_WITH_ZERO = "SERIES_BEGINS_WITH_ZERO"


@dataclass(frozen=True)
class AlertRow:
    """One order, refund, debt, parking session or number series that an alert lists.

    `pk` is its id; `session_id`, `plate` and `zone_name` are those of its parking session. `number` is ours of an order
    or refund, otherwise empty; of what was paid twice, it is the gateway's of the second payment, and `first_number`
    that of the first; `amount` in rupees, None for a session. `at`: when an order, refund or debt was written, when a
    long stay entered, when a booking expired. Of a series: `number` is its last number or its prefix, and `zone_name`
    the name of its site.
    """

    pk: int
    session_id: int | None
    plate: str | None
    zone_name: str | None
    number: str
    status: str
    amount: Decimal | None
    at: datetime | None
    first_number: str = ""


@dataclass(frozen=True)
class Alert:
    """The number in all, their sum (rupees; None for parking sessions), and the worst of them, worst first."""

    code: AlertCode
    count: int
    amount: Decimal | None
    rows: tuple[AlertRow, ...]


def alerts(*, now: datetime, sites: Sites) -> list[Alert]:
    """Return every alert of these sites in its order, also those with nothing in them.

    One statement each, but for what ended today without a stay: one for all of that.
    """
    return [
        _of_money(AlertCode.ORDERS_IN_REVIEW, orders_in_review(sites=sites), "bill__session__", number="order_id"),
        _of_money(
            AlertCode.PAID_TWICE,
            second_payments(sites=sites),
            "payment__bill__session__",
            number="payment__reference",
            first_number="paid_already__reference",
        ),
        _of_money(
            AlertCode.REFUNDS_WITHOUT_BALANCE,
            refunds_without_balance(sites=sites),
            "payment__bill__session__",
            number="refund_id",
        ),
        _of_money(
            AlertCode.REFUNDS_STUCK, refunds_stuck(now=now, sites=sites), "payment__bill__session__", number="refund_id"
        ),
        _of_stays(AlertCode.LONG_STAYS, long_stays(now=now, sites=sites), at="entry_time"),
        *_of_expired(_ended_today(sites)),
        _of_money(AlertCode.OPEN_DEBTS, open_debts(now=now, sites=sites), "bill__session__", worst=("-amount", "pk")),
        _of_series(AlertCode.SERIES_NEARLY_USED_UP, nearly_used_up(now=now, sites=sites), _last_number),
        _of_series(AlertCode.SERIES_BEGINS_WITH_ZERO, beginning_with_zero(now=now, sites=sites), _prefix),
    ]


# --- What waits --------------------------------------------------------------------------------------


def orders_in_review(*, sites: Sites) -> "QuerySet[PaymentOrder]":
    """Return orders whose money differs from what was asked for, with the review still open."""
    orders = PaymentOrder.objects.filter(status=OrderStatus.REVIEW, review_closed_at=None)
    return at_sites(orders, sites, "bill__site_id")


def second_payments(*, sites: Sites) -> "QuerySet[Refund]":
    """Return the refunds of second payments whose money has not gone back, held or on their way."""
    return at_sites(
        Refund.objects.filter(completed_at=None, paid_already__isnull=False).owed(), sites, "payment__bill__site_id"
    )


def refunds_without_balance(*, sites: Sites) -> "QuerySet[Refund]":
    """Return refunds that wait for balance at their gateway."""
    waiting = Refund.objects.filter(completed_at=None, lacks_balance=True).owed()
    return at_sites(waiting, sites, "payment__bill__site_id")


def refunds_stuck(*, now: datetime, sites: Sites) -> "QuerySet[Refund]":
    """Return refunds that a gateway refused, and those not done an hour (setting) after they were written.

    The latter include refunds at the counter, which wait for a second person. What has an alert of its own is not among
    them.
    """
    refused = Q(status__in=[RefundStatus.REVIEW, RefundStatus.FAILED])
    slow = Q(created_at__lte=now - timedelta(minutes=settings.PENDING_TOO_LONG_MINUTES))
    # `completed_at` is NULL until a refund is completed, and has an index; the status has none.
    stuck = Refund.objects.filter(refused | slow, completed_at=None, lacks_balance=False, is_held=False).owed()
    return at_sites(stuck, sites, "payment__bill__site_id")


def long_stays(*, now: datetime, sites: Sites) -> "QuerySet[ParkingSession]":
    """Return sessions of cars that are inside for long, by the hours of their site."""
    inside = ParkingSession.objects.filter(long_at(now), status=SessionStatus.ACTIVE)
    return at_sites(inside, sites, "zone__site_id")


def open_debts(*, now: datetime, sites: Sites) -> "QuerySet[Debt]":
    return at_sites(Debt.objects.owed(now).filter(status=DebtStatus.OPEN), sites, "bill__site_id")


def nearly_used_up(*, now: datetime, sites: Sites) -> "QuerySet[NumberSeries]":
    """Return this year's series that have given 99 % of their numbers, the fullest first."""
    year = calendar_of(sites).by_zone(lambda zone: Value(financial_year(now, zone)), "site_id", CharField())
    rows = NumberSeries.objects.filter(year=year, last__gte=NEARLY_USED_UP).annotate(at=F("last_at"))
    return at_sites(rows.select_related("site"), sites, "site_id").order_by("-last", "pk")


def beginning_with_zero(*, now: datetime, sites: Sites) -> "QuerySet[TaxProfile]":
    """Return the profiles in force whose numbers begin with 0, which the portal of e-invoices refuses.

    They were set before such prefixes were refused.
    """
    today = calendar_of(sites).date_at(now, "site_id")
    later = TaxProfile.objects.filter(
        site=OuterRef("site"), holds_from__gt=OuterRef("holds_from"), holds_from__lte=today
    )
    rows = TaxProfile.objects.filter(series_prefix__startswith="0").annotate(at=F("created_at"))
    return at_sites(rows.exclude(Exists(later)).select_related("site"), sites, "site_id").order_by("pk")


def passes_not_renewed(*, zone: ZoneInfo, sites: Sites, now: datetime) -> int:
    """Return how many passes of these sites were found yesterday, by the calendar of a zone, not to be renewed."""
    today = now.astimezone(zone).date()
    begin, end = (clock.day_start(day, zone) for day in (today - timedelta(days=1), today))
    lines = AuditEntry.objects.filter(action=PassNotRenewed.action, at__gte=begin, at__lt=end)
    rows = Subscription.objects.filter(pk__in=lines.values("subject_id"))
    return at_sites(rows, sites, "plan__site_id").count()


def tickets_unanswered(*, sites: Sites, now: datetime) -> "QuerySet[ParkingSession]":
    """Return tickets of gates that hold their slots, because nobody said what became of their cars."""
    given = ParkingSession.objects.given_tickets().filter(booked_at__lte=now - TICKET_UNANSWERED)
    return at_sites(given, sites, "zone__site_id")


_EXPIRED = {
    AlertCode.HOLDS_EXPIRED_TODAY: EndReason.UNPAID,
    AlertCode.NO_SHOWS_TODAY: EndReason.NO_SHOW,
    AlertCode.NO_PLACE_TODAY: EndReason.NO_PLACE,
}


def _ended_today(sites: Sites) -> "QuerySet[ParkingSession]":
    calendar = calendar_of(sites)
    ended = ParkingSession.objects.filter(calendar.days(calendar.today(), None, "ended_at", "zone__site_id"))
    ended = at_sites(ended, sites, "zone__site_id")
    return ended.filter(end_reason__in=_EXPIRED.values())


# --- Summaries --------------------------------------------------------------------------------------


def _of_money(
    code: AlertCode,
    rows: "QuerySet[Any]",
    to_stay: str,
    *,
    number: str | None = None,
    first_number: str | None = None,
    worst: Sequence[str] = ("created_at", "pk"),
) -> Alert:
    listed = _columns(rows, to_stay, session_id=F(f"{to_stay}pk"), worth=F("amount"), at=F("created_at"))
    listed = listed.annotate(paise_of_all=Window(paise_of("amount")))
    numbers = {"number": number, "first_number": first_number}
    listed = listed.annotate(**{name: F(column) for name, column in numbers.items() if column})
    found = list(listed.order_by(*worst)[:WORST])
    return Alert(code, *_of_all(found), tuple(_row(row) for row in found))


def _of_stays(code: AlertCode, rows: "QuerySet[Any]", *, at: str) -> Alert:
    listed = _columns(rows, "", session_id=F("pk"), at=F(at))
    found = list(listed.order_by(at, "pk")[:WORST])
    count, _ = _of_all(found)
    return Alert(code, count, None, tuple(_row(row) for row in found))


def _of_series(code: AlertCode, rows: "QuerySet[Any]", number: Callable[[Any], str]) -> Alert:
    # There are a few for each site: all are read.
    found = list(rows)
    shown = [
        AlertRow(
            pk=row.pk, session_id=None, plate=None, zone_name=row.site.name, number=number(row), status="",
            amount=None, at=row.at,
        )
        for row in found[:WORST]
    ]  # fmt: skip
    return Alert(code, len(found), None, tuple(shown))


def _last_number(series: NumberSeries) -> str:
    return f"{series.prefix} {series.year}: {series.last}"


def _prefix(profile: TaxProfile) -> str:
    return profile.series_prefix


def _of_expired(rows: "QuerySet[Any]") -> list[Alert]:
    """Return an alert for each reason, with the newest of its sessions."""
    place = Window(RowNumber(), partition_by="end_reason", order_by=("-ended_at", "-pk"))
    listed = _columns(rows, "", by="end_reason", session_id=F("pk"), at=F("ended_at"), reason=F("end_reason"))
    newest = list(listed.annotate(place=place).filter(place__lte=WORST).order_by("place"))
    found = {code: [row for row in newest if row["reason"] == reason] for code, reason in _EXPIRED.items()}
    return [Alert(code, _of_all(of_code)[0], None, tuple(map(_row, of_code))) for code, of_code in found.items()]


def _columns(rows: "QuerySet[Any]", to_stay: str, *, by: str | None = None, **columns: Any) -> "QuerySet[Any, Any]":
    """Return the columns of an alert's rows, each with the count of all: one statement counts, sorts and limits.

    `by`: with the count of those that have the same value there.
    """
    listed: QuerySet[Any, Any] = rows.values(
        "pk",
        "status",
        plate=F(f"{to_stay}vehicle__vehicle_number"),
        zone_name=F(f"{to_stay}zone__name"),
        count_of_all=Window(Count("pk"), partition_by=by),
        **columns,
    )
    return listed


def _of_all(found: Sequence[dict[str, Any]]) -> tuple[int, Decimal]:
    first = found[0] if found else {}
    return first.get("count_of_all", 0), from_paise(first.get("paise_of_all", 0))


def _row(row: dict[str, Any]) -> AlertRow:
    return AlertRow(
        pk=row["pk"],
        session_id=row["session_id"],
        plate=row["plate"],
        zone_name=row["zone_name"],
        number=row.get("number", ""),
        status=row["status"],
        amount=row.get("worth"),
        at=row["at"],
        first_number=row.get("first_number", ""),
    )
