"""Points: how many a bill earns, when they lapse, and which of them are left. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

RUPEES_FOR_ONE = 10
_MONTHS = 12


def earned_by(kept: Decimal) -> int:
    """Return one point for each full ten rupees that are kept."""
    return int(kept // RUPEES_FOR_ONE)


def lapse_of(earned_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when points lapse: the beginning of the first of the month after twelve months."""
    local = earned_at.astimezone(zone)
    months = local.year * 12 + local.month - 1 + _MONTHS + 1
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True)
class Lot:
    """Points that lapse together, at a time (aware)."""

    points: int
    lapses_at: datetime


def lots_left(earned: Sequence[Lot], others: int) -> list[Lot]:
    """Return what is left of points, of which the oldest were used first; `others` is the sum of all other entries."""
    used, left = -others, []
    for lot in sorted(earned, key=lambda lot: lot.lapses_at):
        taken = min(max(used, 0), lot.points)
        used -= taken
        if taken < lot.points:
            left.append(Lot(lot.points - taken, lot.lapses_at))
    return left


def by_time(lots: Sequence[Lot]) -> list[Lot]:
    """Return one lot for each time, the earliest first."""
    sums: dict[datetime, int] = {}
    for lot in lots:
        sums[lot.lapses_at] = sums.get(lot.lapses_at, 0) + lot.points
    return [Lot(points, at) for at, points in sorted(sums.items())]
