"""How many parking sessions a filter leaves: finished days from their sums, where these know what it goes by.

Only times that are always the moment of writing are counted so, which no later row changes: booking and end, not entry.
"""

from dataclasses import dataclass, replace

from django.db.models import F, Sum

from parking.core.sites import ALL_SITES
from parking.reports.growing import WholeTable
from parking.reports.models import DayStays
from parking.reports.periods import ClosedPeriod, Period
from parking.reports.rolled import after, in_days, in_zone, rolled_through, upto
from parking.reports.sessions import SessionFilter, counted_sessions
from parking.reports.walking import count_up_to_long
from parking.stays.models import EndReason, ParkingSession, SessionStatus

# What the sums of a day call the sessions that ended on it.
_OF_STATE = {
    SessionStatus.COMPLETED.value: ("left",),
    SessionStatus.CANCELLED.value: ("cancelled",),
    SessionStatus.EXPIRED.value: ("no_shows", "unpaid"),
}


@dataclass(frozen=True)
class SessionCounter:
    """What has the `count` of the list."""

    wanted: SessionFilter

    def count(self) -> int:
        """Return how many parking sessions there are."""
        wanted = self.wanted
        if wanted == SessionFilter(sites=ALL_SITES):
            return WholeTable(ParkingSession).count()
        columns = _sums_for(wanted)
        through = rolled_through() if columns else None
        days = upto(wanted.period, through)
        if days is None:
            return counted_sessions(wanted).count()
        found = _added_up(wanted, columns, days)
        if wanted.status == SessionStatus.CANCELLED:
            # Those without a place are in no sum: they are few, and `session_by_other_end` has them.
            found += _ended(wanted, Period(last=through), end_reason=EndReason.NO_PLACE.value)
        if live := after(wanted.period, through):
            found += _ended(wanted, live) if wanted.status else counted_sessions(replace(wanted, period=live)).count()
        return found


def sessions_up_to_long(wanted: SessionFilter) -> int | None:
    """Return how many they are, one more than LONG for all above it; None for a text that too many have to count."""
    if wanted.found and wanted.found.is_common:
        return None
    return count_up_to_long(counted_sessions(wanted))


def _sums_for(wanted: SessionFilter) -> tuple[str, ...]:
    """Return the sums that know how many a filter leaves; none if they do not."""
    if wanted.search or wanted.user or wanted.end_reason or wanted.unpaid or wanted.long_at:
        return ()
    if wanted.status:
        # A state goes by the day of the end, and who is not there yet has none.
        return _OF_STATE.get(wanted.status, ()) if wanted.period == Period() else ()
    # A reservation may be moved to another zone after the day on which it was booked.
    is_everywhere = wanted.sites is ALL_SITES and wanted.zone is None
    return ("booked",) if is_everywhere and wanted.moment == "booked_at" else ()


def _added_up(wanted: SessionFilter, columns: tuple[str, ...], days: ClosedPeriod) -> int:
    rows = in_days(in_zone(DayStays.objects.all(), wanted.zone, ""), days, wanted.sites)
    return sum(rows.aggregate(**{name: Sum(F(name), default=0) for name in columns}).values())


def _ended(wanted: SessionFilter, days: Period, end_reason: str | None = None) -> int:
    return counted_sessions(replace(wanted, moment="ended_at", period=days, end_reason=end_reason)).count()
