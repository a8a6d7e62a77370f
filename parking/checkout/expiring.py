"""Bookings whose time is over. Run by the worker every few seconds; each run is safe to repeat."""

from datetime import datetime

from django.db import transaction

from parking.checkout import ending
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.stays import access
from parking.stays import services as stays
from parking.stays.models import ParkingSession


def expire_unpaid_holds(*, now: datetime) -> int:
    """End every booking whose fee was not paid in time; answers how many."""
    return _expire(list(ParkingSession.objects.unpaid_since(now).order_by("pk").values_list("pk", flat=True)), now)


def expire_no_shows(*, now: datetime) -> int:
    """End every booking whose car did not come in time; answers how many."""
    return _expire(list(ParkingSession.objects.overdue(now).order_by("pk").values_list("pk", flat=True)), now)


def _expire(session_ids: list[int], now: datetime) -> int:
    return sum(_expire_one(session_id, now) for session_id in session_ids)


def _expire_one(session_id: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        session = access.lock(Ref(pk=session_id), SYSTEM)
        # Looked at again under the lock: the car may have come, or the fee, since the list was made.
        reason = stays.overdue_reason(session, now=now)
        if reason:
            ending.expire(session=session, reason=reason, actor=SYSTEM, now=now)
    return reason is not None
