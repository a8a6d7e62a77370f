"""Zones as cards, for drivers to compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Self
from urllib.parse import urlencode

from django.http import HttpRequest

from parking.core import clock
from parking.facilities.admitting import closed_place, kinds_of, kinds_with_slots
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.place_rules import Bookable
from parking.facilities.queries import ZoneCounts, zones_with_counts
from parking.facilities.rules import distance_m
from parking.stays.kept_places import KeptPlace, kept_places_of
from parking.stays.promises import bookable_in
from parking.tariffs.demand import demand_now
from parking.tariffs.queries import PriceNow, price_now, prices_of
from parking.tariffs.rules import Stay, Terms, lines_of, total_of
from parking.vehicles.models import VehicleKind
from parking.web.access import driver_of
from parking.web.price_words import PriceWords, words_of

SORTINGS = ("free", "price", "name", "distance")
# How long a driver is taken to stay who has not said it.
USUAL_HOURS = 2
Point = tuple[float, float]
_ICONS = {"covered": "home", "guarded": "shield-check", "ev_charging": "plug-connected", "cctv": "camera",
          "accessible": "disabled"}  # fmt: skip


@dataclass(frozen=True)
class Price:
    """The price of a kind of vehicle in a zone: rupees for an hour that begins now, and for the booking."""

    kind: str
    hourly_rate: Decimal
    booking_fee: Decimal
    terms: Terms
    demand_percent: int = 0

    @classmethod
    def of(cls, price: PriceNow) -> Self:
        return cls(price.vehicle_kind, price.hourly_rate, price.booking_fee, price.terms, price.demand_percent)

    def words(self, now: datetime) -> PriceWords | None:
        """Return the tariff in words, None for one rate round the clock."""
        return words_of(self.terms, now)

    def for_stay(self, begins: datetime, hours: int) -> Decimal:
        """Return what a stay costs that begins at `begins` (aware), by the rule that bills it."""
        stay = Stay(begins, begins + timedelta(hours=hours), demand_percent=self.demand_percent)
        return total_of(lines_of(stay, self.terms))


# What zones can be sorted by; they are sorted by name otherwise.
_SORTS = {"price": "cost", "free": "free", "distance": "metres"}
# Farther than anything on earth: zones without a place come last.
_FAR = 10**9


@dataclass(frozen=True)
class ZoneCard:
    """A zone with what it offers at this moment.

    `prices` begins with cars; kinds that pay as cars are left out. `closed` is the site or zone whose hours do not hold
    now, if there is one; `distance` is in metres. `cost` is for `hours` of the compared kind, in rupees. `own` are free
    slots that are kept for passes of whoever looks; they are among what is `left`.
    """

    zone: ParkingZone
    counts: ZoneCounts
    left: Bookable
    prices: tuple[Price, ...]
    closed: ParkingSite | ParkingZone | None
    hours: int
    cost: Decimal
    distance: int | None = None
    own: tuple[KeptPlace, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def open_by(self) -> ParkingSite | ParkingZone:
        """Return the zone, or its site where the zone has no hours of its own."""
        return self.zone if self.zone.opens_at else self.zone.site

    @property
    def metres(self) -> int:
        return _FAR if self.distance is None else self.distance

    @property
    def is_full(self) -> bool:
        return self.left.total == 0

    @property
    def is_full_for_others(self) -> bool:
        """Return whether only the own slots of whoever looks are free."""
        return bool(self.own) and self.left.total == len(self.own)

    def has_place_for(self, vehicle_id: int) -> bool:
        """Return whether a vehicle of whoever looks finds a place now."""
        own = (place for place in self.own if vehicle_id in place.vehicle_ids)
        return not self.takes_nobody and (not self.is_full_for_others or next(own, None) is not None)

    @property
    def takes_nobody(self) -> bool:
        return self.is_full or not self.is_open

    @property
    def free(self) -> int:
        """Return the slots that can be booked now: reservations have theirs."""
        return self.left.total

    @property
    def is_nearly_full(self) -> bool:
        """Return whether a tenth is free at most."""
        return 10 * self.free <= self.counts.total

    @property
    def free_percent(self) -> int:
        return 100 * self.free // self.counts.total if self.counts.total else 0

    def takes(self, kind: str) -> bool:
        """Return whether a kind of vehicle may park here."""
        return kind in kinds_of(self.zone)

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of vehicle that may be booked here, in their order."""
        return kinds_with_slots(self.zone, self.counts.kinds)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Return the features with their icons, two-wheelers among them where they are named."""
        named = VehicleKind.TWO_WHEELER in self.zone.allowed_kinds
        return [*self.features, *([(str(VehicleKind.TWO_WHEELER), "motorbike")] if named else [])]

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


def zone_cards(
    *,
    sorting: str = "free",
    near: Point | None = None,
    hours: int = USUAL_HOURS,
    kind: str = VehicleKind.CAR,
    own: Mapping[int, Sequence[KeptPlace]] | None = None,
    counts: Mapping[int, ZoneCounts] | None = None,
    now: datetime,
) -> list[ZoneCard]:
    """Return the cards of active zones, in two statements, in one with `counts` that are known already.

    Full and closed zones come last in any order.
    """
    zones, kept = zones_with_counts(only_active=True, counts=counts), own or {}
    left = bookable_in(zones, now)
    cards = [
        _card(
            zone, of_zone, left[zone.pk], kept=kept.get(zone.pk, ()), near=near, hours=hours, kind=kind, now=now
        )
        for zone, of_zone in zones
    ]  # fmt: skip
    cards.sort(key=attrgetter(_SORTS.get(sorting, "zone.name")), reverse=sorting == "free")
    return sorted(cards, key=attrgetter("takes_nobody"))


def kept_for(request: HttpRequest, now: datetime) -> Mapping[int, list[KeptPlace]]:
    """Return the free slots that are kept for passes of a driver who looks, by zone; none for others."""
    driver = driver_of(request)
    return kept_places_of(driver.pk, now) if driver else {}


def own_places(request: HttpRequest) -> tuple[bool, int | None]:
    """Return what cards depend on beside the zones: whether a driver looks, and who, if slots are kept for that one."""
    driver, has_own = driver_of(request), bool(kept_for(request, clock.now()))
    return driver is not None, driver.pk if driver and has_own else None


@dataclass(frozen=True)
class SiteCards:
    """The zones of a site, in their order."""

    site: ParkingSite
    cards: list[ZoneCard]


def by_site(cards: list[ZoneCard]) -> list[SiteCards]:
    """Return the cards by site, first the site of the first card."""
    found: dict[int, SiteCards] = {}
    for card in cards:
        found.setdefault(card.zone.site_id, SiteCards(card.zone.site, [])).cards.append(card)
    return list(found.values())


def zone_card(
    zone: ParkingZone,
    *,
    hours: int = USUAL_HOURS,
    kind: str = VehicleKind.CAR,
    own: Mapping[int, Sequence[KeptPlace]] | None = None,
    now: datetime,
) -> ZoneCard:
    """Return one zone's card, in two statements."""
    ((row, counts),) = zones_with_counts(zone=zone)
    left, kept = bookable_in([(row, counts)], now)[row.pk], (own or {}).get(row.pk, ())
    return _card(row, counts, left, kept=kept, near=None, hours=hours, kind=kind, now=now)


def _card(
    zone: ParkingZone,
    counts: ZoneCounts,
    left: Bookable,
    *,
    kept: Sequence[KeptPlace],
    near: Point | None,
    hours: int,
    kind: str,
    now: datetime,
) -> ZoneCard:
    cars, *others = _prices(zone, counts, now)
    own = [price for price in others if (price.terms, price.demand_percent) != (cars.terms, cars.demand_percent)]
    cost = next((price for price in own if price.kind == kind), cars).for_stay(now, hours)
    # Without those for kinds that the zone takes no more.
    kept = tuple(place for place in kept if any(kind in left.by_kind for kind in place.kinds))
    with_kept = left.with_kept([place.kinds for place in kept])
    closed, metres = closed_place(zone, now), _distance(zone, near)
    return ZoneCard(zone, counts, with_kept, (cars, *own), closed, hours, cost, metres, own=kept)


def _prices(zone: ParkingZone, counts: ZoneCounts, now: datetime) -> list[Price]:
    """Return the prices of cars, and of other kinds: those with their own, in busy or quiet times all that may come.

    How busy a zone is depends on the slots that a kind may take.
    """
    prices = [Price.of(price) for price in prices_of(zone, now)]
    if demand_now.value().steps.get(zone.pk):
        named, found = {price.kind for price in prices}, kinds_with_slots(zone, counts.kinds)
        prices += [Price.of(price_now(zone, now, kind)) for kind in found if kind not in named]
    return prices


def _distance(zone: ParkingZone, near: Point | None) -> int | None:
    """Return the metres to a zone, or to its site where the zone has no place of its own."""
    place = zone if zone.latitude is not None else zone.site
    if near is None or place.latitude is None or place.longitude is None:
        return None
    return distance_m(near, (float(place.latitude), float(place.longitude)))
