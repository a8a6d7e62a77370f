"""The list of all parking sessions: search, filter and order."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from parking.accounts.models import User
from parking.core.ids import Ref, parse_ref
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.payments.models import Debt, DebtStatus
from parking.reports.finding import Found, stays_found
from parking.reports.periods import Period
from parking.reports.walking import ColumnWalk
from parking.stays.long_stays import long_at
from parking.stays.models import EndReason, ParkingSession, SessionStatus


@dataclass(frozen=True, kw_only=True)
class SessionFilter:
    """The filter of the list, at `sites`. `user` is an id or a username, `search` free text.

    The period is that of booking, or of another time of the parking session that `moment` names. `long_at`: only cars
    that are inside for long, at that moment, by the hours of their site. `unpaid`: only those with an open debt.
    """

    sites: Sites
    period: Period = field(default_factory=Period)
    status: str | None = None
    user: str | None = None
    zone: Ref | None = None
    search: str | None = None
    moment: str = "booked_at"
    end_reason: str | None = None
    long_at: datetime | None = None
    unpaid: bool = False

    @cached_property
    def found(self) -> Found | None:
        """Return what the search means; looked up once."""
        return stays_found(self.search) if self.search else None


# What a list can be sorted by, and the columns that it is then sorted by. The total is what the bill says: nothing
# for a running one that was never frozen.
SORTS = {
    "number": "pk",
    "status": "status",
    "plate": "vehicle__match_key",
    "owner": "owner_name",
    "zone": "zone__name",
    "booked": "booked_at",
    "entered": "entry_time",
    "left": "exit_time",
    "ended": "ended_at",
    "total": "bill__total",
    "paid": "paid",
}
# The orders that an index carries, by the column of their time: in these a list of any length is walked. Whoever lacks
# the time is not in the walk.
WALKED = {"number": "pk", "booked": "booked_at", "entered": "entry_time", "ended": "ended_at"}
# Only these may be NULL and need NULLS LAST; on the other columns it would keep the database from using the index.
_MAY_BE_EMPTY = {"entered", "left", "ended"}
# How a session of this status has ended, which the constraint `session_state_fits_its_times` promises: the index
# `session_by_other_end` goes by the reason.
_REASONS_OF = {
    SessionStatus.CANCELLED.value: (EndReason.CANCELLED, EndReason.NO_PLACE),
    SessionStatus.EXPIRED.value: (EndReason.NO_SHOW, EndReason.UNPAID),
}


def all_sessions(wanted: SessionFilter) -> QuerySet[ParkingSession]:
    """Return the parking sessions of a filter with their drivers, newest first."""
    rows = _narrowed(ParkingSession.objects.whole().select_related("driver"), wanted)
    return rows.filter(wanted.found.listed) if wanted.found else rows


def counted_sessions(wanted: SessionFilter) -> QuerySet[ParkingSession]:
    """Return the same parking sessions in no order, read in the way that counts them soonest."""
    rows = _narrowed(ParkingSession.objects.all(), wanted).order_by()
    return rows.filter(wanted.found.counted) if wanted.found else rows


def _narrowed(rows: QuerySet[ParkingSession], wanted: SessionFilter) -> QuerySet[ParkingSession]:
    stays = at_sites(rows, wanted.sites, "zone__site_id")
    rows = wanted.period.narrow(stays, wanted.moment, wanted.sites, "zone__site_id")
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if reasons := _REASONS_OF.get(wanted.status or ""):
        rows = rows.filter(end_reason__in=reasons)
    if wanted.zone:
        rows = rows.filter(**{f"zone__{name}": value for name, value in wanted.zone.lookup().items()})
    if wanted.user:
        rows = rows.filter(driver_id__in=_user_ids(wanted.user))
    if wanted.end_reason:
        rows = rows.filter(end_reason=wanted.end_reason)
    if wanted.long_at:
        rows = rows.filter(long_at(wanted.long_at), status=SessionStatus.ACTIVE)
    if wanted.unpaid:
        rows = rows.filter(bill__in=Debt.objects.filter(status=DebtStatus.OPEN).values("bill_id"))
    # Of a period, its own time has the index by which the newest are found.
    return rows.order_by("-pk") if wanted.period == Period() else rows.order_by(f"-{wanted.moment}", "-pk")


def sorted_sessions(rows: QuerySet[ParkingSession], by: str, *, downwards: bool) -> QuerySet[ParkingSession]:
    """Return the parking sessions sorted by one of `SORTS`; rows without that time come last, equals newest first."""
    if by == "number":
        # A sum carries no index: whoever walked the ids would pass millions of rows on the way to a few old ones.
        return rows.order_by((F("pk") + 0).desc() if downwards else (F("pk") + 0).asc())
    if by == "paid":
        rows = rows.annotate(paid=F("bill__captured") - F("bill__refunded"))
    column, nulls_last = F(SORTS[by]), True if by in _MAY_BE_EMPTY else None
    order = column.desc(nulls_last=nulls_last) if downwards else column.asc(nulls_last=nulls_last)
    return rows.order_by(order, "-pk")


def sessions_walk(wanted: SessionFilter, by: str, *, downwards: bool) -> ColumnWalk:
    """Return the parking sessions in one of the orders of WALKED.

    Of a period, the order of booking is that of its own time, by whose index the period is found.
    """
    column = wanted.moment if by == "number" and wanted.period != Period() else WALKED[by]
    moment = "booked_at" if column == "pk" else column
    rows = all_sessions(wanted)
    if moment != "booked_at":
        rows = rows.filter(**{f"{moment}__isnull": False})
    return ColumnWalk(rows, column, downwards, moment, "zone__site_id", calendar_of(wanted.sites))


def _integer(text: str) -> int | None:
    try:
        return parse_ref(text).pk
    except ValueError:
        return None


def _user_ids(text: str) -> list[int]:
    """Return the ids of the user of this name and the user of this number: a username may be all digits."""
    # As the constraint `username_once` compares, by its index.
    named = Q(folded=text.lower())
    number = _integer(text)
    users = User.objects.alias(folded=Lower("username")).filter(named if number is None else named | Q(pk=number))
    # Read first: with the ids at hand the database goes by the index on driver.
    return list(users.values_list("pk", flat=True))
