"""What an attendant may do with a car that is expected, before it is scanned."""

from datetime import datetime

from parking.core.errors import Refused
from parking.stays import services as stays
from parking.stays.models import ParkingSession


def may_enter_now(session: ParkingSession, *, now: datetime) -> str | None:
    """Return the code of the refusal that a scan at the entry would meet, None if the car may come in."""
    if stays.overdue_reason(session, now=now):
        return "booking_expired"
    try:
        stays.refuse_entry(session, plate_seen=None, now=now)
    except Refused as refusal:
        return refusal.code
    return None
