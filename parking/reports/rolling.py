"""Adding up finished days, in the background: the only writer of the roll-ups.

A day is finished when it has been over for `_GRACE` at every site: whatever was captured, refunded or booked on it has
been committed by then, because each of these rows is dated with the moment at which it is written. What is corrected
later all the same is found by the nightly comparison; the command `rebuild_rollups` adds any day up again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import Calendar, calendar_of, zones_of_sites
from parking.payments.models import Payment, Refund, RefundStatus
from parking.reports.models import DayMoney, DayStays, HourMoney, HourStays, RollState, SiteMoney
from parking.reports.sums import sum_of_paise
from parking.stays.models import EndReason, ParkingSession

log = structlog.get_logger(__name__)

DAYS_A_RUN = 31
# How far the nightly comparison looks back.
COMPARED_DAYS = 62
_GRACE = timedelta(minutes=30)
_DAY = timedelta(days=1)
_ENDS = {"cancelled": EndReason.CANCELLED, "no_shows": EndReason.NO_SHOW, "unpaid": EndReason.UNPAID}

Row = dict[str, Any]


def last_finished_day(now: datetime) -> date:
    """Return the newest day that is over at every site."""
    calendar = calendar_of(ALL_SITES)
    zones = [calendar.main, *(zone for zone, _ in calendar.others)]
    return min((now - _GRACE).astimezone(zone).date() for zone in zones) - _DAY


def roll_forward(*, now: datetime) -> int:
    """Add up the days that are finished and not added up yet, `DAYS_A_RUN` at most; answers how many."""
    state = _state(now)
    if state.through is not None and not zones_hold(state):
        # The sums of other time zones stay until they are replaced: nobody reads them.
        RollState.objects.filter(pk=1).update(through=None, time_zones={}, rolled_at=now)
        state = _state(now)
    for lacking in _without_newer_sums(state):
        roll_day(lacking, now=now)
    last = last_finished_day(now)
    day = state.through + _DAY if state.through else _first_day(last)
    for number in range(DAYS_A_RUN):
        if day > last:
            return number
        roll_day(day, now=now, is_next=True)
        day += _DAY
    return DAYS_A_RUN


def _without_newer_sums(state: RollState) -> list[date]:
    """Return the newest days without `SiteMoney` or `HourStays`: the version before knows none of these, and may have
    added the days up.
    """
    if state.through is None:
        return []
    money, stays = DayMoney.objects.all(), DayStays.objects.filter(Q(booked__gt=0) | Q(entered__gt=0) | Q(left__gt=0))
    lacking = {
        day
        for rows, newer in ((money, SiteMoney.objects), (stays, HourStays.objects))
        for day in rows.filter(day__gt=state.through - COMPARED_DAYS * _DAY, day__lte=state.through)
        .exclude(Exists(newer.filter(day=OuterRef("day"))))
        .values_list("day", flat=True)
        .distinct()
    }
    return sorted(lacking)


@transaction.atomic
def roll_day(day: date, *, now: datetime, is_next: bool = False) -> None:
    """Add a finished day up; whoever reads meanwhile sees all of its former sums or all of the new ones."""
    state = RollState.objects.select_for_update().get(pk=1)
    for model, rows in sums_of(day).items():
        model.objects.filter(day=day).delete()
        model.objects.bulk_create([model(**row) for row in rows], batch_size=500)
    if is_next and (state.through is None or state.through < day):
        state.through = day
    state.time_zones = state.time_zones | {str(pk): name for pk, name in zones_of_sites.value().items()}
    state.rolled_at = now
    state.save()


def rebuild(first: date | None, last: date | None, *, now: datetime) -> int:
    """Add the days of a span up again that were before, all without one; answers how many."""
    state = _state(now)
    if state.through is None:
        return 0
    day, until = first or _first_day(state.through), min(last or state.through, state.through)
    days = 0
    while day <= until:
        roll_day(day, now=now)
        day, days = day + _DAY, days + 1
    return days


def compare_with_rows(*, now: datetime) -> int:
    """Compare the newest days with their rows, and add up again those that differ; answers how many."""
    through = _state(now).through
    if through is None:
        return 0
    first = max(through - (COMPARED_DAYS - 1) * _DAY, _first_day(through))
    wrong = [day for day in _days(first, through) if differs(day)]
    for day in wrong:
        log.warning("rollup_differed", day=f"{day}")
        roll_day(day, now=now)
    return len(wrong)


def differs(day: date) -> bool:
    """Return whether the sums of a day are not those of its rows."""
    return any(_kept(model, day) != _comparable(rows) for model, rows in sums_of(day).items())


def _kept(model: Any, day: date) -> set[Any]:
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's fields
    names = [field.attname for field in fields if not field.primary_key]
    return _comparable(model.objects.filter(day=day).values(*names))


def _comparable(rows: Iterable[Row]) -> set[Any]:
    return {frozenset((name, value) for name, value in row.items() if value) for row in rows}


# --- The state ---------------------------------------------------------------------------------------


def _state(now: datetime) -> RollState:
    return RollState.objects.get_or_create(pk=1, defaults={"rolled_at": now})[0]


def zones_hold(state: RollState) -> bool:
    """Return whether no site has another time zone than its days were added up by."""
    present = {str(pk): name for pk, name in zones_of_sites.value().items()}
    return all(present.get(pk, name) == name for pk, name in state.time_zones.items())


def _first_day(otherwise: date) -> date:
    """Return the day of the first row of all."""
    firsts = (
        Payment.objects.aggregate(at=Min("captured_at"))["at"],
        ParkingSession.objects.aggregate(at=Min("booked_at"))["at"],
    )
    # A day early, whatever the zone of its site; it costs nothing.
    return min([at.astimezone(clock.site_zone()).date() - _DAY for at in firsts if at], default=otherwise)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * _DAY for number in range((last - first).days + 1))


# --- The sums of one day -----------------------------------------------------------------------------


def sums_of(day: date) -> dict[Any, list[Row]]:
    """Return the rows that each table has to have for a day, read from payments, refunds and parking sessions."""
    calendar = calendar_of(ALL_SITES)
    day_money = _day_money(day, calendar)
    found = {
        DayMoney: day_money,
        SiteMoney: _of_sites(day_money),
        HourMoney: _hour_money(day, calendar),
        DayStays: _day_stays(day, calendar),
        HourStays: _hour_stays(day, calendar),
    }
    return {model: [{"day": day, **row} for row in rows] for model, rows in found.items()}


def _money(day: date, calendar: Calendar) -> list[tuple[QuerySet[Any], str, str, str]]:
    """Return payments and refunds of a day, the column of their time, the path to the payment, and whose sums."""
    refunds = Refund.objects.filter(status=RefundStatus.COMPLETED)
    return [
        (
            Payment.objects.filter(calendar.days(day, day, "captured_at", "bill__site_id")),
            "captured_at",
            "",
            "captured",
        ),
        (
            refunds.filter(calendar.days(day, day, "completed_at", "payment__bill__site_id")),
            "completed_at",
            "payment__",
            "refunded",
        ),
    ]


def _day_money(day: date, calendar: Calendar) -> list[Row]:
    sums: dict[Any, Row] = defaultdict(dict)
    for rows, _, path, name in _money(day, calendar):
        count = "payments" if name == "captured" else "refunds"
        keys = {
            "site": F(f"{path}bill__site_id"), "zone": F(f"{path}bill__session__zone_id"), "by": F(f"{path}method"),
        }  # fmt: skip
        for row in rows.order_by().values(**keys).annotate(paise=sum_of_paise(), number=Count("pk")):
            sums[row["site"], row["zone"], row["by"]] |= {name: row["paise"], count: row["number"]}
    return [
        {"site_id": site, "zone_id": zone, "method": method, **found} for (site, zone, method), found in sums.items()
    ]


def _of_sites(day_money: Iterable[Row]) -> list[Row]:
    """Return the sums of a day's zones added up by site and method."""
    sums: dict[Any, Row] = {}
    for row in day_money:
        found = sums.setdefault((row["site_id"], row["method"]), {"site_id": row["site_id"], "method": row["method"]})
        for name in ("captured", "refunded", "payments", "refunds"):
            found[name] = found.get(name, 0) + row.get(name, 0)
    return list(sums.values())


def _hour_money(day: date, calendar: Calendar) -> list[Row]:
    sums: dict[Any, Row] = defaultdict(dict)
    for rows, moment, path, name in _money(day, calendar):
        site = f"{path}bill__site_id"
        keys = {"site": F(site), "at_hour": calendar.hour_of(moment, site)}
        for row in rows.order_by().values(**keys).annotate(paise=sum_of_paise()):
            sums[row["site"], row["at_hour"]] |= {name: row["paise"]}
    return [{"site_id": site, "hour": hour, **found} for (site, hour), found in sums.items()]


def _day_stays(day: date, calendar: Calendar) -> list[Row]:
    moved = _moved(day, calendar)
    # Who is still inside has no end: the index on it finds those that ended.
    ended = ParkingSession.objects.filter(calendar.days(day, day, "ended_at", "zone__site_id"))
    parts = {name: rows for name, (rows, _) in moved.items()}
    parts |= {name: ended.filter(end_reason=reason) for name, reason in _ENDS.items()}
    sums: dict[Any, Row] = defaultdict(dict)
    for name, rows in parts.items():
        for row in rows.order_by().values("zone_id", site=F("zone__site_id")).annotate(number=Count("pk")):
            sums[row["site"], row["zone_id"]] |= {name: row["number"]}
    return [{"site_id": site, "zone_id": zone, **found} for (site, zone), found in sums.items()]


def _hour_stays(day: date, calendar: Calendar) -> list[Row]:
    sums: dict[Any, Row] = defaultdict(dict)
    for name, (rows, moment) in _moved(day, calendar).items():
        at_hour = calendar.hour_of(moment, "zone__site_id")
        found = rows.order_by().values(site=F("zone__site_id"), at_hour=at_hour).annotate(number=Count("pk"))
        for row in found:
            sums[row["site"], row["at_hour"]] |= {name: row["number"]}
    return [{"site_id": site, "hour": hour, **found} for (site, hour), found in sums.items()]


def _moved(day: date, calendar: Calendar) -> dict[str, tuple[QuerySet[ParkingSession], str]]:
    """Return the sessions that were booked, entered and left on a day, each with the column of their time."""

    def on_day(moment: str) -> QuerySet[ParkingSession]:
        return ParkingSession.objects.filter(calendar.days(day, day, moment, "zone__site_id"))

    return {
        "booked": (on_day("booked_at"), "booked_at"),
        "entered": (on_day("entry_time"), "entry_time"),
        "left": (on_day("ended_at").filter(exit_time__isnull=False), "ended_at"),
    }
