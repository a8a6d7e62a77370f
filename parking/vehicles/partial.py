"""Vehicles whose plate nobody wrote down: their last four digits, or not even these.

Two cars may have the same four digits, so each session has a vehicle of its own: it is never taken for another one, and
what it owes is asked of no plate.
"""

import hashlib
import re
from datetime import datetime

from parking.core.errors import Refused
from parking.core.ids import crockford
from parking.vehicles.models import PARTIAL, Vehicle
from parking.vehicles.plates import search_key

_FOUR = re.compile(r"[0-9]{4}")
_UNKNOWN = 4 * PARTIAL
_NUMBER_LENGTH = 14


def checked_last_four(text: str) -> str:
    """Return the last four digits of a plate as they were typed. Raises Refused `last_four_invalid`."""
    cleaned = search_key(text)
    if not _FOUR.fullmatch(cleaned):
        raise Refused("last_four_invalid", "Enter the last four digits of the plate")
    return cleaned


def lock_partial(*, last_four: str, kind: str, scan_id: str | None, now: datetime) -> Vehicle:
    """Lock and return the vehicle of a session of which no more is known; the same scan gets the same one."""
    number = crockford(_NUMBER_LENGTH) if not scan_id else _number_of(f"{scan_id} {last_four} {kind}")
    key = f"{PARTIAL}{number}{last_four}"
    new = Vehicle(match_key=key, vehicle_number=f"{_UNKNOWN}{last_four}", kind=kind, created_at=now)
    # A scan that comes twice at once meets here, as two bookings of a plate do.
    Vehicle.objects.bulk_create([new], ignore_conflicts=True)
    return Vehicle.objects.select_for_update(no_key=True).get(match_key=key)


def _number_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_NUMBER_LENGTH // 2).hexdigest()


def may_be(vehicle: Vehicle, seen: str) -> bool:
    """Return whether a plate that somebody saw, or its end, may be that of a vehicle which is known in part."""
    cleaned = search_key(seen)
    return bool(cleaned) and (not vehicle.last_four or cleaned.endswith(vehicle.last_four))
