"""Reading the sums of finished days. Whoever reads them adds the rows of the days after `rolled_through()`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    Expression,
    F,
    IntegerField,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast

from parking.core.ids import Ref
from parking.core.sites import Sites, at_sites
from parking.reports.models import DayMoney, HourMoney, RollState
from parking.reports.periods import ClosedPeriod, Period
from parking.reports.rolling import zones_hold

# What a row of the statement is added up by. A cell is a day, a zone and a method.
CELL, DAY, ZONE, METHOD, HOUR = "cell", "day", "zone", "method", "hour"

_AnyPeriod = TypeVar("_AnyPeriod", bound=Period)


def rolled_through() -> date | None:
    """Return the last day whose sums are there; none of them hold once a site has another time zone than they had."""
    state = RollState.objects.filter(pk=1).first()
    return state.through if state is not None and zones_hold(state) else None


def upto(period: Period, through: date | None) -> ClosedPeriod | None:
    """Return the part of a period that is added up, None if nothing is. An open beginning is that of time."""
    if through is None or (period.first is not None and period.first > through):
        return None
    return ClosedPeriod(period.first or date.min, min(period.last or through, through))


def after(period: _AnyPeriod, through: date | None) -> _AnyPeriod | None:
    """Return the part of a period that is not added up, None if all is."""
    if through is None or upto(period, through) is None:
        return period
    if period.last is not None and period.last <= through:
        return None
    return replace(period, first=through + timedelta(days=1))


def rolled_parts(
    period: ClosedPeriod, hours_of: ClosedPeriod, through: date | None, *, sites: Sites, by_zone: bool
) -> "Iterator[QuerySet[Any, Any]]":
    """Yield the parts of the statement of `read_takings` that read roll-ups."""
    if days := upto(period, through):
        money = in_days(DayMoney.objects.all(), days, sites)
        yield _added_up(money, DAY, on_day=F("day"))
        yield _added_up(money, METHOD, by=F("method"))
        if by_zone:
            yield _added_up(money, ZONE, in_zone=F("zone_id"))
    yield from rolled_hours(hours_of, through, sites=sites)


def rolled_hours(hours_of: ClosedPeriod, through: date | None, *, sites: Sites) -> "Iterator[QuerySet[Any, Any]]":
    """Yield the part of such a statement that reads the roll-ups of hours, if there are any."""
    if days := upto(hours_of, through):
        yield _added_up(in_days(HourMoney.objects.all(), days, sites), HOUR, at_hour=F("hour"))


def in_days(rows: "QuerySet[Any]", days: ClosedPeriod, sites: Sites) -> "QuerySet[Any]":
    """Return the sums of these days and sites."""
    return at_sites(rows.filter(day__range=(days.first, days.last)), sites, "site_id").order_by()


def in_zone(rows: "QuerySet[Any]", zone: Ref | None, path: str) -> "QuerySet[Any]":
    """Return the rows whose zone, to which `path` leads, is this one; all for none."""
    return rows.filter(**{f"{path}zone__{name}": value for name, value in zone.lookup().items()}) if zone else rows


def _added_up(rows: "QuerySet[Any]", part: str, **column: Any) -> "QuerySet[Any, Any]":
    columns = {
        "on_day": nothing(DateField()),
        "in_zone": nothing(IntegerField()),
        "by": nothing(CharField()),
        "at_hour": nothing(IntegerField()),
    }
    sums: QuerySet[Any, Any] = rows.values(part=Value(part), **columns | column).annotate(
        taken=Cast(Sum("captured"), BigIntegerField()), returned=Cast(Sum("refunded"), BigIntegerField())
    )
    return sums


def nothing(column: Any) -> Expression:
    """Return NULL with its type said: PostgreSQL would take two bare NULLs for texts before it sees a date."""
    return Cast(Value(None), column)
