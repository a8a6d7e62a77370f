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
    """Return the time zone in which the operator's days begin and end."""
    return ZoneInfo(settings.TIME_ZONE)


def today() -> date:
    """Return the present date in the site's time zone."""
    return now().astimezone(site_zone()).date()


def day_start(day: date) -> datetime:
    """Return the first moment of a date in the site's time zone, as an aware time."""
    return datetime.combine(day, time.min, tzinfo=site_zone())


def day_range(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the half-open span [start, end) that covers the dates first to last, both included."""
    return day_start(first), day_start(last + timedelta(days=1))
