"""Which cars are inside for a long time: each site may have hours of its own."""

from datetime import datetime, timedelta

from django.db.models import Q

from parking.core.site_settings import LONG_STAY_HOURS, hours_by_site
from parking.stays.models import ParkingSession, SessionStatus


def is_long_stay(session: ParkingSession, now: datetime) -> bool:
    """Return whether the car is inside for as long as its site calls long."""
    if session.status != SessionStatus.ACTIVE or session.entry_time is None:
        return False
    return now - session.entry_time >= timedelta(hours=LONG_STAY_HOURS.at(session.zone.site_id))


def long_at(now: datetime) -> Q:
    """Return the condition of stays, whatever their state, that entered as long ago as their site calls long."""
    own = hours_by_site()
    usual = Q(entry_time__lte=now - timedelta(hours=LONG_STAY_HOURS.at(None)))
    if own:
        usual &= ~Q(zone__site__in=own)
    for site_id, hours in own.items():
        usual |= Q(zone__site=site_id, entry_time__lte=now - hours)
    return usual
