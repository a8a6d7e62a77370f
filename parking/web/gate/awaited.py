"""Which money is awaited for the pass of a car at the entry: of a renewal, or of an overdue invoice."""

from datetime import datetime

from django.utils.translation import gettext

from parking.passes.models import Subscription
from parking.passes.queries import unpaid_pass_of
from parking.stays.models import ParkingSession, SessionStatus


def money_awaited(session: ParkingSession, now: datetime, *, shown: Subscription | None = None) -> str:
    """Return what is awaited for the pass of a car that was let in, in a sentence; empty for nothing.

    `shown` is the pass whose code was shown. Without a code it is the pass that covers the session, or that of the
    plate. A car without pass costs no statement.
    """
    held = shown or _pass_of(session, now)
    if held is None or session.status != SessionStatus.ACTIVE or not held.is_amber(now):
        return ""
    if held.organisation is None:
        return gettext("The pass ended and waits for its renewal. The car may go in.")
    names = {"name": held.organisation.name}
    if session.subscription_id is None:
        return gettext("%(name)s has not paid its invoice: this car pays. It may go in.") % names
    return gettext("%(name)s has an overdue invoice. The car may go in.") % names


def _pass_of(session: ParkingSession, now: datetime) -> Subscription | None:
    if session.subscription is not None:
        return session.subscription
    return unpaid_pass_of(session.vehicle_id, now=now) if session.vehicle.has_pass else None
