"""A change of prices that makes a running day cheaper: it waits for a second person.

What is announced for another day does not: whoever parks can see it before. Nor do the prices of a zone that was made
today: its day began without any. Prices as they would be (`foreseen`) are compared with those that hold, at each moment
of the day at which another version begins.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.tariffs.book import PriceBook, prices_now
from parking.tariffs.queries import terms_under
from parking.tariffs.rules import Terms
from parking.tariffs.rules.cheaper import is_cheaper
from parking.vehicles.models import VehicleKind


def waits(actor: Actor, zones: Iterable[ParkingZone], after: PriceBook, now: datetime) -> bool:
    """Return whether these prices wait for a second person: they would make the running day of a zone cheaper."""
    falls = compare(actor, zones, after, now)
    return falls and approvals.needs_second_person(ApprovalKind.TARIFF, actor, now=now)


def compare(actor: Actor, zones: Iterable[ParkingZone], after: PriceBook, now: datetime) -> bool:
    """Return whether prices that a person wants would make the running day of a zone cheaper.

    For whoever is about to lock the zones: that may take seconds, and is remembered, so that `waits` under the lock
    compares anew only what has changed meanwhile.
    """
    return actor.user_id is not None and any(is_day_cheaper(zone, after, now) for zone in zones)


def refuse(actor: Actor, zones: Iterable[ParkingZone], after: PriceBook, now: datetime) -> None:
    """Raise Refused `second_person_needed` for a change that would have to wait, and cannot be asked for."""
    if waits(actor, zones, after, now):
        raise second_person_needed()


def second_person_needed() -> Refused:
    return Refused("second_person_needed", "Prices of today fall by a tariff that a second person approves")


def ask(
    actor: Actor,
    *,
    kind: ApprovalKind,
    subject_id: int,
    site_id: int | None,
    facts: Mapping[str, Any],
    now: datetime,
) -> Approval:
    """Write down a change that waits. Raises Refused `waits_already`."""
    return approvals.ask(
        kind=kind, subject_id=subject_id, site_id=site_id, asked_by_id=actor.user_id, facts=facts, now=now
    )


def is_new(zone: ParkingZone, now: datetime) -> bool:
    """Return whether a zone was made on this very day of its site."""
    return zone.created_at >= clock.day_start(now.astimezone(_clock_of(zone)).date(), _clock_of(zone))


def is_day_cheaper(zone: ParkingZone, after: PriceBook, now: datetime) -> bool:
    """Return whether these prices make what is left of the running day of a zone cheaper for any kind of vehicle."""
    if is_new(zone, now):
        return False
    before = prices_now.value()
    for moment in _moments(zone, before, after, now):
        # Most kinds pay as cars do: each pair of terms is compared once.
        pairs = {tuple(_terms(book, zone, kind, moment) for book in (before, after)) for kind in VehicleKind.values}
        if any(is_cheaper(old, new, moment) for old, new in pairs if old != new):
            return True
    return False


def _terms(book: PriceBook, zone: ParkingZone, kind: str, moment: datetime) -> Terms:
    return terms_under(book.prices_at(zone, kind, moment), zone=zone, now=moment, holidays=book.holidays)


def _moments(zone: ParkingZone, before: PriceBook, after: PriceBook, now: datetime) -> Iterator[datetime]:
    """Yield now, and when a version begins or ends later on this day of the zone."""
    ends = clock.day_start(now.astimezone(_clock_of(zone)).date() + timedelta(days=1), _clock_of(zone))
    yield now
    yield from sorted({moment for book in (before, after) for moment in book.moments if now < moment < ends})


def _clock_of(zone: ParkingZone) -> ZoneInfo:
    return ZoneInfo(zone.site.time_zone)
