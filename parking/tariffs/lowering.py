"""A change of prices that makes a running day cheaper: it waits for a second person.

What is announced for another day does not: whoever parks can see it before. Nor do the prices of a zone that was made
today: its day began without any. Prices as they would be are compared with those that hold, at each moment of the day
at which another version begins.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.tariffs.book import PriceBook, Version, Versions, prices_now
from parking.tariffs.queries import terms_under
from parking.tariffs.rules import KindRate, Prices
from parking.tariffs.rules.cheaper import is_cheaper
from parking.tariffs.versions import Span
from parking.vehicles.models import VehicleKind

# Later than all versions that are stored.
_NEWEST = 2**62


def waits(actor: Actor, zones: Iterable[ParkingZone], after: PriceBook, now: datetime) -> bool:
    """Return whether these prices wait for a second person: they would make the running day of a zone cheaper."""
    if actor.user_id is None:
        return False
    before = prices_now.value()
    falls = any(_is_day_cheaper(zone, before, after, now) for zone in zones)
    return falls and approvals.needs_second_person(ApprovalKind.TARIFF, actor, now=now)


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


def _is_new(zone: ParkingZone, now: datetime) -> bool:
    """Return whether a zone was made on this very day of its site."""
    return zone.created_at >= clock.day_start(now.astimezone(_clock_of(zone)).date(), _clock_of(zone))


def _is_day_cheaper(zone: ParkingZone, before: PriceBook, after: PriceBook, now: datetime) -> bool:
    if _is_new(zone, now):
        return False
    for kind in VehicleKind.values:
        for moment in _moments(zone, before, after, now):
            old, new = (book.prices_at(zone, kind, moment) for book in (before, after))
            if old == new:
                continue
            terms = [terms_under(prices, zone=zone, now=moment) for prices in (old, new)]
            if is_cheaper(terms[0], terms[1], moment):
                return True
    return False


def _moments(zone: ParkingZone, before: PriceBook, after: PriceBook, now: datetime) -> Iterator[datetime]:
    """Yield now, and when a version begins or ends later on this day of the zone."""
    ends = clock.day_start(now.astimezone(_clock_of(zone)).date() + timedelta(days=1), _clock_of(zone))
    yield now
    yield from sorted({moment for book in (before, after) for moment in book.moments if now < moment < ends})


def _clock_of(zone: ParkingZone) -> ZoneInfo:
    return ZoneInfo(zone.site.time_zone)


# --- Prices as they would be -----------------------------------------------------------------------------


def with_version(
    vehicle_kind: str, prices: Prices, span: Span, *, zone_ids: Collection[int], card_id: int | None = None
) -> PriceBook:
    """Return the prices with one version more: of a zone, or of a rate card that is laid on these."""
    zone_id = None if card_id else next(iter(zone_ids))
    version = Version(_NEWEST, zone_id, card_id, vehicle_kind, "", span.valid_from, span.valid_to, False, prices)
    book = prices_now.value()
    versions = dict(book.of_cards if card_id else book.own)
    for number in zone_ids:
        key = (number, vehicle_kind)
        versions[key] = (*versions.get(key, ()), version)
    after = replace(book, of_cards=versions) if card_id else replace(book, own=versions)
    return _with(after, span.valid_from, span.valid_to)


def ending(version_id: int, ends: datetime | None) -> PriceBook:
    """Return the prices with another end of an event, or without the version, if there is none."""

    def changed(found: Versions) -> Versions:
        return {key: tuple(_ended(versions, version_id, ends)) for key, versions in found.items()}

    book = prices_now.value()
    return _with(replace(book, own=changed(book.own), of_cards=changed(book.of_cards)), ends)


def _ended(versions: Iterable[Version], version_id: int, ends: datetime | None) -> Iterator[Version]:
    for version in versions:
        if version.id != version_id:
            yield version
        elif ends is not None:
            yield replace(version, valid_to=ends)


def laid_on(card_id: int, zone_ids: Collection[int]) -> PriceBook:
    """Return the prices with a rate card laid on these zones alone."""
    book = prices_now.value()
    mine = [version for version in book.by_id.values() if version.card_id == card_id]
    versions = {
        key: tuple(version for version in found if version.card_id != card_id) for key, found in book.of_cards.items()
    }
    for version in mine:
        for zone_id in zone_ids:
            key = (zone_id, version.vehicle_kind)
            versions[key] = (*versions.get(key, ()), version)
    return replace(book, of_cards=versions)


def _with(book: PriceBook, *moments: datetime | None) -> PriceBook:
    return replace(book, moments=tuple(sorted({*book.moments, *(moment for moment in moments if moment)})))


# --- The columns of a zone -------------------------------------------------------------------------------


def lowers_columns(
    zone: ParkingZone, changes: Mapping[str, Any], kind_rates: Collection[KindRate] | None, now: datetime
) -> bool:
    """Return whether a change of a zone's plain rates and fees makes its day cheaper, for cars or another kind."""
    if _is_new(zone, now):
        return False
    book = prices_now.value()
    cars = book.prices_at(zone, VehicleKind.CAR, now)
    rate, fee = changes.get("hourly_rate", cars.base_rate), changes.get("booking_fee", cars.booking_fee)
    wanted: dict[str, tuple[Decimal, Decimal]] = {VehicleKind.CAR: (rate, fee)}
    if kind_rates is not None:
        wanted |= dict.fromkeys(book.kinds_of(zone.pk), (rate, fee))
        wanted |= {one.vehicle_kind: (one.hourly_rate, one.booking_fee) for one in kind_rates}
    return any(
        rate < present.base_rate or fee < present.booking_fee
        for kind, (rate, fee) in wanted.items()
        for present in (book.prices_at(zone, kind, now),)
    )
