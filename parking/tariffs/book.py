"""All tariffs as one value, which each process reads again when there is news, and looks for it twice a second.

Whoever asks what something costs asks this copy, so that a booking sends no statement for its price.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Value

from parking.core.fresh import FreshValue, UntilNews
from parking.core.rows import Rows
from parking.facilities.models import ParkingZone
from parking.tariffs.models import Holiday, RateCard, Tariff, ZoneTariff
from parking.tariffs.rules import KindRate, Prices
from parking.vehicles.models import VehicleKind


@dataclass(frozen=True)
class Version:
    """A version of a tariff; `zone_id` or `card_id` says whose. Times are aware."""

    id: int
    zone_id: int | None
    card_id: int | None
    vehicle_kind: str
    name: str
    valid_from: datetime
    valid_to: datetime | None
    is_base: bool
    prices: Prices

    @property
    def is_event(self) -> bool:
        return self.valid_to is not None

    def holds_at(self, moment: datetime) -> bool:
        """Return whether the moment is within its time; another version may go before it all the same."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


def holding(versions: Iterable[Version], moment: datetime) -> Version | None:
    """Return the version that holds at a moment: an event before the others, then the newest."""
    begun = [version for version in versions if version.holds_at(moment)]
    return max(begun, key=lambda version: (version.is_event, version.valid_from, version.id), default=None)


Versions = Mapping[tuple[int, str], tuple[Version, ...]]


@dataclass(frozen=True)
class PriceBook:
    """Versions by zone and kind: those of zones, of the rate cards laid on them, and the plain rates of cars."""

    own: Versions
    of_cards: Versions
    base: Versions
    by_id: Mapping[int, Version] = field(default_factory=dict)
    moments: tuple[datetime, ...] = ()
    # What is not a version, where prices are thought of that are not written: the columns of zones, plain prices of
    # other kinds, holidays by site.
    columns: Mapping[int, Prices] = field(default_factory=dict)
    plain: Mapping[tuple[int, str], KindRate] | None = None
    holidays: Mapping[int, tuple[date, ...]] | None = None

    def version_at(self, zone_id: int, kind: str, moment: datetime) -> Version | None:
        """Return the tariff of a kind in a zone at a moment: the zone's own, or that of a rate card."""
        key = (zone_id, kind)
        return holding(self.own.get(key, ()), moment) or holding(self.of_cards.get(key, ()), moment)

    def prices_at(self, zone: ParkingZone, kind: str, moment: datetime) -> Prices:
        """Return what a kind pays in a zone at a moment; a kind without prices of its own pays as cars do."""
        own = self.own_prices_at(zone, kind, moment)
        return own or self.own_prices_at(zone, VehicleKind.CAR, moment) or self.plain_of(zone)

    def own_prices_at(self, zone: ParkingZone, kind: str, moment: datetime) -> Prices | None:
        """Return the prices that a kind has of its own, cars always; None for one that pays as cars do."""
        if version := self.version_at(zone.pk, kind, moment):
            return version.prices
        if kind == VehicleKind.CAR:
            return self._base_at(zone, moment)
        rate = self._plain_kinds.get((zone.pk, kind))
        return Prices(rate.hourly_rate, rate.booking_fee) if rate else None

    def _base_at(self, zone: ParkingZone, moment: datetime) -> Prices:
        """Return the plain prices of cars: at present the zone's columns, before that its versions of then."""
        versions = self.base.get((zone.pk, VehicleKind.CAR), ())
        then = holding(versions, moment)
        is_present = then is None or then.id == max(version.id for version in versions)
        return self.plain_of(zone) if then is None or is_present else then.prices

    def plain_of(self, zone: ParkingZone) -> Prices:
        """Return what cars pay where no tariff holds: the columns of the zone."""
        return self.columns.get(zone.pk) or Prices(zone.hourly_rate, zone.booking_fee)

    @property
    def _plain_kinds(self) -> Mapping[tuple[int, str], KindRate]:
        return plain_now.value() if self.plain is None else self.plain

    def kinds_of(self, zone_id: int) -> set[str]:
        """Return the kinds that have or had prices of their own in a zone."""
        places = (self.own, self.of_cards, self._plain_kinds)
        return {kind for kind in VehicleKind.values if any((zone_id, kind) in place for place in places)}

    def is_overridden(self, zone_id: int, kind: str) -> bool:
        """Return whether a zone has a tariff of its own for a kind, which goes before its rate cards."""
        return any(not version.is_event for version in self.own.get((zone_id, kind), ()))

    @cached_property
    def has_bands(self) -> bool:
        """Whether what something costs may change without a version that begins or ends."""
        return any(not version.prices.is_flat for version in self.by_id.values())

    def period(self, moment: datetime) -> tuple[int, int]:
        """Return a value that differs between two moments if a zone's rate may differ between them."""
        minute = int(moment.timestamp()) // 60 if self.has_bands else 0
        return bisect_right(self.moments, moment), minute


# --- Reading -------------------------------------------------------------------------------------------


def _read() -> PriceBook:
    versions = [_version(row) for row in Tariff.objects.order_by("pk")]
    laid = RateCard.zones.through.objects.values_list("ratecard_id", "parkingzone_id")
    zones_of_card: dict[int, list[int]] = defaultdict(list)
    for card_id, zone_id in laid if any(version.card_id for version in versions) else ():
        zones_of_card[card_id].append(zone_id)
    return PriceBook(
        own=_by_zone((v.zone_id, v) for v in versions if v.zone_id and not v.is_base),
        of_cards=_by_zone((zone_id, v) for v in versions if v.card_id for zone_id in zones_of_card[v.card_id]),
        base=_by_zone((v.zone_id, v) for v in versions if v.zone_id and v.is_base),
        by_id={version.id: version for version in versions if not version.is_base},
        moments=tuple(sorted({moment for v in versions for moment in (v.valid_from, v.valid_to) if moment})),
    )


def _number_and_newest(rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    counted: QuerySet[Any, Any] = rows.order_by().values_list(Value(1)).annotate(number=Count("pk"), newest=Max("pk"))
    return counted


_VERSIONS = Rows(lambda: _number_and_newest(Tariff.objects.all()))
_LAID = Rows(lambda: _number_and_newest(RateCard.zones.through.objects.all()))
_EVENTS = Rows(lambda: Tariff.objects.filter(valid_to__isnull=False).order_by("pk").values_list("pk", "valid_to"))


def _news() -> tuple[object, ...]:
    """Return another value after each change: a version is never edited, but an event may get another end."""
    return *_VERSIONS.all(), *_LAID.all(), tuple(_EVENTS.all())


def _version(row: Tariff) -> Version:
    return Version(
        id=row.pk,
        zone_id=row.zone_id,
        card_id=row.rate_card_id,
        vehicle_kind=row.vehicle_kind,
        name=row.name,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_base=row.is_base,
        prices=Prices.from_json(row.terms),
    )


def _by_zone(rows: Iterable[tuple[int | None, Version]]) -> Versions:
    found: dict[tuple[int, str], list[Version]] = defaultdict(list)
    for zone_id, version in rows:
        found[zone_id or 0, version.vehicle_kind].append(version)
    return {key: tuple(versions) for key, versions in found.items()}


def _read_plain() -> dict[tuple[int, str], KindRate]:
    rows = ZoneTariff.objects.values_list("zone_id", "vehicle_kind", "hourly_rate", "booking_fee")
    return {(zone_id, kind): KindRate(kind, rate, fee) for zone_id, kind, rate, fee in rows}


def _read_holidays() -> dict[int, tuple[date, ...]]:
    found: dict[int, list[date]] = defaultdict(list)
    for site_id, day in Holiday.objects.order_by("date").values_list("site_id", "date"):
        found[site_id].append(day)
    return {site_id: tuple(days) for site_id, days in found.items()}


_news_now: FreshValue[tuple[object, ...]] = FreshValue(_news, seconds=0.5, overlap=0.5)
prices_now: UntilNews[PriceBook] = UntilNews(_read, _news_now)
# Plain prices of kinds other than cars, by zone and kind, and holidays by site: read only where they are asked for.
plain_now: FreshValue[dict[tuple[int, str], KindRate]] = FreshValue(_read_plain, seconds=0.5, overlap=0.5)
holidays_now: FreshValue[dict[int, tuple[date, ...]]] = FreshValue(_read_holidays, seconds=0.5, overlap=0.5)


def renew() -> None:
    """Let this process read the tariffs again, at once and after the commit; for whoever has changed them."""
    _forget()
    transaction.on_commit(_forget)


def _forget() -> None:
    _news_now.forget()
    prices_now.forget()
    plain_now.forget()
    holidays_now.forget()
