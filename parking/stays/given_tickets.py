"""Tickets that attendants gave and that nobody scanned in: is the car inside, or has it gone?"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from parking.audit.queries import has_happened
from parking.core.sites import Sites, at_sites
from parking.stays.events import TicketGiven
from parking.stays.models import ParkingSession, SessionStatus

# So long a car may stand between the ticket and the entry.
ASKED_AFTER = timedelta(minutes=5)


def is_given_ticket(session: ParkingSession) -> bool:
    """Return whether a session is a ticket that an attendant gave, and that is not in yet."""
    if session.status != SessionStatus.BOOKED or session.driver_id is not None:
        return False
    known: bool | None = getattr(session, "was_given", None)
    return has_happened(TicketGiven, session.pk) if known is None else known


def is_asked_about(session: ParkingSession, now: datetime) -> bool:
    """Return whether somebody has to say what became of the car of a ticket."""
    return now >= session.booked_at + ASKED_AFTER and is_given_ticket(session)


def tickets_to_ask_about(*, sites: Sites, now: datetime) -> QuerySet[ParkingSession]:
    """Return the tickets of these sites that were given five minutes ago and are not in, the oldest first."""
    rows = ParkingSession.objects.whole().given_tickets().filter(booked_at__lte=now - ASKED_AFTER)
    return at_sites(rows, sites, "zone__site_id").order_by("booked_at", "pk")
