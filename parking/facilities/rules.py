"""Rules for slots: which suit which vehicle and in which order, and what a manager may set. Pure functions."""

import re
from collections.abc import Sequence
from datetime import time
from math import asin, cos, radians, sin, sqrt

from parking.core.vehicle_kinds import KINDS

# Accessible and VIP slots are given by a person, never by the machine.
SUITABLE_SLOTS: dict[str, tuple[str, ...]] = {code: kind.slots for code, kind in KINDS.items()}
# Slots that a person gives.
SPECIAL_SLOTS = ("ACCESSIBLE", "VIP")
# Kinds for which a special slot is large enough, and not too large.
_KINDS_OF_SPECIAL_SLOTS = {kind for kind, slots in SUITABLE_SLOTS.items() if "CAR" in slots}
_PADDING = 8
_EARTH_RADIUS_M = 6_371_000

# A year at the dearest rate (rupees) still fits the columns of a bill.
DEAREST = 10_000
MINUTES_OF_A_DAY = 24 * 60
# Most slots that one call may add.
MOST_SLOTS = 2000
HIGHEST_SLOT = 999_999
# Short enough for the sort key, in which every run of digits is padded.
LONGEST_PREFIX = 16
PREFIX_PATTERN = "^[A-Za-z0-9 ./_-]*$"


def suitable_slot_kinds(vehicle_kind: str, special: str | None = None) -> tuple[str, ...]:
    """Return the kinds of slot in which a vehicle of this kind may be put.

    A `special` kind (ACCESSIBLE, VIP) is asked for, never given otherwise; its slots are for cars.
    """
    if special is not None:
        return (special,) if vehicle_kind in _KINDS_OF_SPECIAL_SLOTS else ()
    return SUITABLE_SLOTS.get(vehicle_kind, ())


def kinds_taken(of_site: Sequence[str], of_zone: Sequence[str]) -> list[str]:
    """Return the kinds of vehicle that a zone takes, in their order; of site and zone, an empty list takes all."""
    return [kind for kind in SUITABLE_SLOTS if all(kind in named for named in (of_site, of_zone) if named)]


def slot_sort_key(slot_number: str) -> str:
    """Return the slot number with its digits padded, so that text order is numeric order."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(_PADDING), slot_number.upper())


def slot_numbers(prefix: str, first: int, last: int) -> list[str]:
    """Return numbers of new slots: prefix and a number of at least three digits (`A-001`)."""
    return [f"{prefix}{number:03d}" for number in range(first, last + 1)]


def read_point(text: str) -> tuple[float, float] | None:
    """Return the degrees of latitude and longitude in a text such as `28.63,77.22`; None where it is none."""
    if not re.fullmatch(r"-?[0-9]{1,2}(\.[0-9]{1,12})?,-?[0-9]{1,3}(\.[0-9]{1,12})?", text):
        return None
    latitude, longitude = (float(degrees) for degrees in text.split(","))
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def distance_m(from_point: tuple[float, float], to_point: tuple[float, float]) -> int:
    """Return the metres between two points (degrees of latitude and longitude) along the surface of the earth."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (from_point, to_point))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * _EARTH_RADIUS_M * asin(min(sqrt(half), 1)))


def is_open_at(opens_at: time | None, closes_at: time | None, moment: time) -> bool:
    """Return whether a zone with these opening hours is open at a local time of day.

    Without hours it is open round the clock. Hours may reach over midnight; equal ones are a whole day.
    """
    if opens_at is None or closes_at is None or opens_at == closes_at:
        return True
    if opens_at < closes_at:
        return opens_at <= moment < closes_at
    return moment >= opens_at or moment < closes_at
