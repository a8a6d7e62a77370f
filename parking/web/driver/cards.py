"""Zones as cards, for drivers to compare."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from urllib.parse import urlencode

from parking.facilities.admitting import closed_place
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.queries import ZoneCounts, zones_with_counts
from parking.facilities.rules import distance_m
from parking.tariffs.models import ZoneTariff
from parking.tariffs.queries import tariffs_of
from parking.vehicles.models import VehicleKind

SORTINGS = ("free", "price", "name", "distance")
Point = tuple[float, float]
_ICONS = {"covered": "home", "guarded": "shield-check", "ev_charging": "plug-connected", "cctv": "camera",
          "accessible": "disabled"}  # fmt: skip


@dataclass(frozen=True)
class Price:
    """The price of a kind of vehicle in a zone: rupees an hour, and for the booking."""

    kind: str
    hourly_rate: Decimal
    booking_fee: Decimal


# What zones can be sorted by; they are sorted by name otherwise.
_SORTS = {"price": "zone.hourly_rate", "free": "free", "distance": "metres"}
# Farther than anything on earth: zones without a place come last.
_FAR = 10**9


@dataclass(frozen=True)
class ZoneCard:
    """A zone with what it offers at this moment.

    `prices` begins with cars; kinds that pay as cars are left out. `closed` is the site or zone whose hours do not hold
    now, if there is one; `distance` is in metres.
    """

    zone: ParkingZone
    counts: ZoneCounts
    prices: tuple[Price, ...]
    closed: ParkingSite | ParkingZone | None
    distance: int | None = None

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def hours(self) -> ParkingSite | ParkingZone:
        """Return the zone, or its site where the zone has no hours of its own."""
        return self.zone if self.zone.opens_at else self.zone.site

    @property
    def metres(self) -> int:
        return _FAR if self.distance is None else self.distance

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


def zone_cards(*, sorting: str = "free", near: Point | None = None, now: datetime) -> list[ZoneCard]:
    """Return the cards of active zones, in three statements. Full and closed zones come last in any order."""
    zones = zones_with_counts(only_active=True)
    tariffs = tariffs_of([zone for zone, _ in zones])
    cards = [_card(zone, counts, tariffs.get(zone.pk, []), now, near) for zone, counts in zones]
    cards.sort(key=attrgetter(_SORTS.get(sorting, "zone.name")), reverse=sorting == "free")
    return sorted(cards, key=attrgetter("takes_nobody"))


@dataclass(frozen=True)
class SiteCards:
    """The zones of a site, in their order."""

    site: ParkingSite
    cards: list[ZoneCard]

    @property
    def distance(self) -> int | None:
        """Return the metres to the nearest zone."""
        return min((card.distance for card in self.cards if card.distance is not None), default=None)


def by_site(cards: list[ZoneCard]) -> list[SiteCards]:
    """Return the cards by site, first the site of the first card."""
    found: dict[int, SiteCards] = {}
    for card in cards:
        found.setdefault(card.zone.site_id, SiteCards(card.zone.site, [])).cards.append(card)
    return list(found.values())


def zone_card(zone: ParkingZone, *, now: datetime) -> ZoneCard:
    """Return one zone's card, in three statements."""
    ((row, counts),) = zones_with_counts(zone=zone)
    return _card(row, counts, tariffs_of([row]).get(row.pk, []), now)


def _card(
    zone: ParkingZone, counts: ZoneCounts, tariffs: list[ZoneTariff], now: datetime, near: Point | None = None
) -> ZoneCard:
    cars = Price(VehicleKind.CAR, zone.hourly_rate, zone.booking_fee)
    others = [Price(tariff.vehicle_kind, tariff.hourly_rate, tariff.booking_fee) for tariff in tariffs]
    own = [price for price in others if (price.hourly_rate, price.booking_fee) != (cars.hourly_rate, cars.booking_fee)]
    return ZoneCard(zone, counts, (cars, *own), closed_place(zone, now), _distance(zone, near))


def _distance(zone: ParkingZone, near: Point | None) -> int | None:
    """Return the metres to a zone, or to its site where the zone has no place of its own."""
    place = zone if zone.latitude is not None else zone.site
    if near is None or place.latitude is None or place.longitude is None:
        return None
    return distance_m(near, (float(place.latitude), float(place.longitude)))
