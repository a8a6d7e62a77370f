"""Points of drivers: earned when a bill closes, held and spent, lapsed, taken back after a refund."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.site_settings import POINTS
from parking.offers import ledger
from parking.offers.events import PointsLapsed
from parking.offers.ledger import New, balance_of
from parking.offers.models import PointEntry, PointKind
from parking.offers.point_rules import Lot, by_time, earned_by, lapse_of, lots_left
from parking.stays.models import ParkingSession
from parking.tariffs.rules import Charge, LineKind
from parking.tariffs.rules.changes import POINTS_AT_ONCE, RUPEES_FOR_POINTS

# Nothing lapses before so many days; which day it is then, says `lapse_of`.
_LEAST_DAYS = timedelta(days=365)
SHOWN_ENTRIES = 100


def are_on() -> bool:
    """Return whether bills earn points and points are spent."""
    return POINTS.at(None) > 0


def usable_by(driver_id: int) -> int:
    """Return how many points a driver can use at once: whole hundreds, none while points are off."""
    return max(balance_of(driver_id), 0) // POINTS_AT_ONCE * POINTS_AT_ONCE if are_on() else 0


# --- With a session ------------------------------------------------------------------------------------


def hold(*, driver_id: int | None, points: int, held: int, session_id: int | None, now: datetime) -> None:
    """Hold so many points for a session in place of those that it `held`, inside its transaction.

    Raises Refused `points_not_enough`.
    """
    more = points - held
    if more == 0:
        return
    if driver_id is None or (more > 0 and not are_on()):
        raise Refused("points_not_enough", "You do not have so many points")
    kind = PointKind.HELD if more > 0 else PointKind.RETURNED
    ledger.append(New(driver_id, kind, -more, session_id), now)


def finish(session: ParkingSession, held: int, charge: Charge, now: datetime) -> None:
    """Spend what the bill of a completed session closed with, return the rest, and let the driver earn points."""
    if session.driver_id is None:
        return
    give_back(session, held - spent_on(charge), now)
    if are_on() and (earned := earned_by(session.bill.paid)):
        ledger.append(New(session.driver_id, PointKind.EARNED, earned, session.pk), now)


def give_back(session: ParkingSession, held: int, now: datetime) -> None:
    """Return points that a session held and did not spend."""
    if held > 0 and session.driver_id is not None:
        ledger.append(New(session.driver_id, PointKind.RETURNED, held, session.pk), now)


def spent_on(charge: Charge) -> int:
    """Return how many points the lines of a charge spend."""
    rupees = -sum(line.amount for line in charge.lines if line.kind == LineKind.POINTS)
    return int(rupees / RUPEES_FOR_POINTS) * POINTS_AT_ONCE


def follow_refund(session: ParkingSession, now: datetime) -> None:
    """Take back what a closed bill would not earn any more, or give it again; never more than it earned first."""
    if session.driver_id is None or session.bill.closed_at is None:
        return
    entries = PointEntry.objects.filter(session=session)
    at_closing = _sum(entries.filter(kind=PointKind.EARNED).values_list("points", flat=True))
    if not at_closing:
        return
    since = _sum(entries.filter(kind__in=[PointKind.TAKEN_BACK, PointKind.RESTORED]).values_list("points", flat=True))
    change = min(earned_by(session.bill.paid), at_closing) - (at_closing + since)
    if change:
        kind = PointKind.TAKEN_BACK if change < 0 else PointKind.RESTORED
        ledger.append(New(session.driver_id, kind, change, session.pk), now)


def _sum(numbers: Iterable[int]) -> int:
    return sum(numbers)


# --- Lapsing -------------------------------------------------------------------------------------------


def lapse_points(*, now: datetime) -> int:
    """Let the points lapse whose time is over; answers for how many drivers. Safe to repeat."""
    old = PointEntry.objects.filter(kind=PointKind.EARNED, created_at__lt=now - _LEAST_DAYS)
    drivers = old.order_by("driver_id").values_list("driver_id", flat=True).distinct()
    return sum(_lapse(driver_id, now) for driver_id in list(drivers))


def _lapse(driver_id: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        last = PointEntry.objects.filter(driver_id=driver_id).order_by("-number").values_list("number", flat=True)[0]
        over = sum(lot.points for lot in left_of(driver_id) if lot.lapses_at <= now)
        # Whatever came in between is looked at by the next run.
        is_written = over > 0 and ledger.append(New(driver_id, PointKind.LAPSED, -over, None), now, after=last)
        if is_written:
            audit.record(SYSTEM, PointsLapsed(user_id=driver_id, points=over), now)
    return is_written


def left_of(driver_id: int) -> list[Lot]:
    """Return the points that a driver has, by when they lapse; what was earned first is used first."""
    rows = PointEntry.objects.filter(driver_id=driver_id)
    zone = clock.site_zone()
    earned = rows.filter(kind=PointKind.EARNED).values_list("points", "created_at")
    others = rows.exclude(kind=PointKind.EARNED).aggregate(sum=Sum("points"))["sum"] or 0
    return by_time(lots_left([Lot(points, lapse_of(at, zone)) for points, at in earned], others))


# --- Shown ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PointsShown:
    """The points of a driver: those that can be spent, when they lapse, and the newest entries."""

    balance: int
    expiring: list[Lot]
    entries: list[PointEntry]


def points_of(driver_id: int) -> PointsShown:
    entries = PointEntry.objects.filter(driver_id=driver_id).order_by("-number")[:SHOWN_ENTRIES]
    return PointsShown(balance_of(driver_id), left_of(driver_id), list(entries))
