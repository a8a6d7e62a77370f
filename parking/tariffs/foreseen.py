"""Prices as they would be after a change that is not written: a price book with another version, rate or holiday."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from parking.facilities.models import ParkingZone
from parking.tariffs.book import PriceBook, Version, Versions, holidays_now, plain_now
from parking.tariffs.rules import KindRate, Prices
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import Span
from parking.vehicles.models import VehicleKind

# A zone's columns, and the fields of prices that they are.
PLAIN = {"hourly_rate": "base_rate", "booking_fee": "booking_fee"}
# Later than all versions that are stored.
_NEWEST = 2**62


def with_version(
    book: PriceBook,
    vehicle_kind: str,
    prices: Prices,
    span: Span,
    *,
    zone_ids: Collection[int],
    card_id: int | None = None,
) -> PriceBook:
    """Return the prices with one version more: of a zone, or of a rate card that is laid on these."""
    zone_id = None if card_id else next(iter(zone_ids))
    version = Version(_NEWEST, zone_id, card_id, vehicle_kind, "", span.valid_from, span.valid_to, False, prices)
    versions = dict(book.of_cards if card_id else book.own)
    for number in zone_ids:
        key = (number, vehicle_kind)
        versions[key] = (*versions.get(key, ()), version)
    after = replace(book, of_cards=versions) if card_id else replace(book, own=versions)
    return _with(after, span.valid_from, span.valid_to)


def ending(book: PriceBook, version_id: int, ends: datetime | None) -> PriceBook:
    """Return the prices with another end of an event, or without the version, if there is none."""

    def changed(found: Versions) -> Versions:
        return {key: tuple(_ended(versions, version_id, ends)) for key, versions in found.items()}

    return _with(replace(book, own=changed(book.own), of_cards=changed(book.of_cards)), ends)


def _ended(versions: Iterable[Version], version_id: int, ends: datetime | None) -> Iterator[Version]:
    for version in versions:
        if version.id != version_id:
            yield version
        elif ends is not None:
            yield replace(version, valid_to=ends)


def laid_on(book: PriceBook, card_id: int, zone_ids: Collection[int]) -> PriceBook:
    """Return the prices with a rate card laid on these zones alone."""
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


# --- The plain prices of a zone --------------------------------------------------------------------------


def with_columns(book: PriceBook, zone: ParkingZone, changes: Mapping[str, Any], now: datetime) -> PriceBook:
    """Return the prices with another rate or fee of a zone, which the tariff of cars follows from now on."""
    fields = {PLAIN[name]: value for name, value in changes.items() if name in PLAIN}
    if not fields:
        return book
    columns = dict(book.columns) | {zone.pk: with_fields(book.plain_of(zone), fields)}
    return _following(replace(book, columns=columns), zone, VehicleKind.CAR, fields, now)


def with_kind_rates(book: PriceBook, zone: ParkingZone, kind_rates: Collection[KindRate], now: datetime) -> PriceBook:
    """Return the prices with these plain prices of the kinds in a zone; one that is not named has none."""
    others = {key: rate for key, rate in plain_now.value().items() if key[0] != zone.pk}
    after = replace(book, plain=others | {(zone.pk, rate.vehicle_kind): rate for rate in kind_rates})
    for rate in kind_rates:
        fields = {"base_rate": rate.hourly_rate, "booking_fee": rate.booking_fee}
        after = _following(after, zone, rate.vehicle_kind, fields, now)
    return after


def _following(
    book: PriceBook, zone: ParkingZone, kind: str, fields: Mapping[str, Decimal], now: datetime
) -> PriceBook:
    """Let the tariff that holds for a kind follow its plain rate and fee, as `zone_tariffs` does."""
    version = book.version_at(zone.pk, kind, now)
    if version is None:
        return book
    prices = with_fields(version.prices, fields)
    return with_version(book, kind, prices, Span(now, version.valid_to), zone_ids=[zone.pk])


def peak_prices(book: PriceBook, zone: ParkingZone, rates: Mapping[str, Decimal], now: datetime) -> Prices:
    """Return what cars would pay in a zone with the template of peak hours laid on, with these of its rates."""
    return with_fields(book.prices_at(zone, VehicleKind.CAR, now), {"bands": peak_bands(rates), "slabs": ()})


def with_peak_hours(book: PriceBook, zone: ParkingZone, rates: Mapping[str, Decimal], now: datetime) -> PriceBook:
    """Return the prices with the template of peak hours laid on the tariff of cars of a zone."""
    prices = peak_prices(book, zone, rates, now)
    return with_version(book, VehicleKind.CAR, prices, Span(now), zone_ids=[zone.pk])


# --- Holidays --------------------------------------------------------------------------------------------


def with_holiday(book: PriceBook, site_id: int, day: date) -> PriceBook:
    """Return the prices with one holiday more of a site."""
    return _with_holidays(book, site_id, {day, *holidays_now.value().get(site_id, ())})


def without_holiday(book: PriceBook, site_id: int, day: date) -> PriceBook:
    """Return the prices with one holiday less of a site."""
    return _with_holidays(book, site_id, set(holidays_now.value().get(site_id, ())) - {day})


def _with_holidays(book: PriceBook, site_id: int, days: Collection[date]) -> PriceBook:
    return replace(book, holidays=dict(holidays_now.value()) | {site_id: tuple(sorted(days))})
