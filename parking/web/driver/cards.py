"""Zones as cards, for drivers to compare."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from urllib.parse import urlencode

from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts, zones_with_counts
from parking.facilities.rules import is_open_at
from parking.tariffs.models import ZoneTariff
from parking.tariffs.queries import tariffs_of
from parking.vehicles.models import VehicleKind

SORTINGS = ("free", "price", "name")
_ICONS = {"covered": "home", "guarded": "shield-check", "ev_charging": "plug-connected", "cctv": "camera",
          "accessible": "disabled"}  # fmt: skip


@dataclass(frozen=True)
class Price:
    """The price of a kind of vehicle in a zone: rupees an hour, and for the booking."""

    kind: str
    hourly_rate: Decimal
    booking_fee: Decimal


# What zones can be sorted by; they are sorted by name otherwise.
_SORTS = {"price": "zone.hourly_rate", "free": "free"}


@dataclass(frozen=True)
class ZoneCard:
    """A zone with what it offers at this moment. `prices` begins with cars; kinds that pay as cars are left out."""

    zone: ParkingZone
    counts: ZoneCounts
    prices: tuple[Price, ...]
    is_open: bool

    @property
    def is_full(self) -> bool:
        return self.counts.available == 0

    @property
    def takes_nobody(self) -> bool:
        return self.is_full or not self.is_open

    @property
    def free(self) -> int:
        return self.counts.available

    @property
    def features(self) -> list[tuple[str, str]]:
        """Return each feature with the name of its icon."""
        return [(str(feature), _ICONS.get(str(feature), "check")) for feature in self.zone.features]

    def price_of(self, kind: str) -> Price:
        """Return the price of a kind of vehicle; a kind without a tariff of its own pays as a car."""
        return next((price for price in self.prices if price.kind == kind), self.prices[0])

    @property
    def directions(self) -> str:
        return directions_to(self.zone)


def directions_to(zone: ParkingZone) -> str:
    """Return a link that opens the phone's map application with the route; empty without coordinates."""
    if zone.latitude is None or zone.longitude is None:
        return ""
    where = {"api": "1", "destination": f"{zone.latitude},{zone.longitude}"}
    return f"https://www.google.com/maps/dir/?{urlencode(where)}"


def zone_cards(*, sorting: str = "free", now: datetime) -> list[ZoneCard]:
    """Return the cards of active zones, in three statements. Full and closed zones come last in any order."""
    zones = zones_with_counts(only_active=True)
    tariffs = tariffs_of([zone for zone, _ in zones])
    cards = [_card(zone, counts, tariffs.get(zone.pk, []), now) for zone, counts in zones]
    cards.sort(key=attrgetter(_SORTS.get(sorting, "zone.name")), reverse=sorting == "free")
    return sorted(cards, key=attrgetter("takes_nobody"))


def zone_card(zone: ParkingZone, *, now: datetime) -> ZoneCard:
    """Return one zone's card, in three statements."""
    ((row, counts),) = zones_with_counts(zone=zone)
    return _card(row, counts, tariffs_of([row]).get(row.pk, []), now)


def _card(zone: ParkingZone, counts: ZoneCounts, tariffs: list[ZoneTariff], now: datetime) -> ZoneCard:
    cars = Price(VehicleKind.CAR, zone.hourly_rate, zone.booking_fee)
    others = [Price(tariff.vehicle_kind, tariff.hourly_rate, tariff.booking_fee) for tariff in tariffs]
    own = [price for price in others if (price.hourly_rate, price.booking_fee) != (cars.hourly_rate, cars.booking_fee)]
    local = now.astimezone(clock.site_zone()).time()
    return ZoneCard(zone, counts, (cars, *own), is_open_at(zone.opens_at, zone.closes_at, local))
