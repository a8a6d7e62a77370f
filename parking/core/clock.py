"""The one clock. Everything that needs the time calls it, so that tests move it in one place."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# Days at the ends of the calendar have no beginning or end in another time zone: nobody may ask for them.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


def now() -> datetime:
    """Return the present time, aware, in UTC."""
    return timezone.now()


def site_zone() -> ZoneInfo:
    """Return the operator's time zone, for what belongs to no site; a site has its own (`facilities.calendars`)."""
    return ZoneInfo(settings.TIME_ZONE)


def today(zone: ZoneInfo | None = None) -> date:
    """Return the present date in a time zone; without one, in the operator's."""
    return now().astimezone(zone or site_zone()).date()


def day_start(day: date, zone: ZoneInfo | None = None) -> datetime:
    """Return the first moment of a date in a time zone, as an aware time; without a zone, in the operator's."""
    return datetime.combine(day, time.min, tzinfo=zone or site_zone())


def day_range(first: date, last: date, zone: ZoneInfo | None = None) -> tuple[datetime, datetime]:
    """Return the half-open span [start, end) that covers the dates first to last, both included."""
    return day_start(first, zone), day_start(last + timedelta(days=1), zone)
