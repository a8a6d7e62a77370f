"""The price board of a car park, for everybody: on a screen at the gate, or printed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import NotFound
from parking.edge.pages import page
from parking.facilities.admitting import kinds_with_slots
from parking.facilities.models import ParkingZone
from parking.facilities.queries import ZoneCounts, zones_with_counts
from parking.facilities.sites import site_by_id
from parking.invoices.profiles import profile_at
from parking.stays.exempt_classes import classes_at
from parking.tariffs.queries import PriceNow, prices_of
from parking.vehicles.models import VehicleKind
from parking.web.price_words import PriceWords, words_of

# Lines of prices: so many at most are large, and so many of middle size.
FEW, SOME = 2, 6


@dataclass(frozen=True)
class BoardPrice:
    """What kinds of vehicle pay in a zone, with its tariff in words where one rate does not say it all."""

    price: PriceNow
    kinds: list[str]
    words: PriceWords | None


@dataclass(frozen=True)
class BoardZone:
    zone: ParkingZone
    prices: list[BoardPrice]


@require_safe
def board(request: HttpRequest, site_id: int) -> HttpResponse:
    """Show what each kind pays in each active zone, who is paid, and whom to call."""
    try:
        site = site_by_id(site_id, SYSTEM)
    except NotFound as error:
        raise Http404 from error
    now = clock.now()
    found = zones_with_counts(sites=frozenset({site.pk}))
    zones = [BoardZone(zone, _prices(zone, counts, now)) for zone, counts in found if zone.is_active]
    return page(
        request,
        "web/board.html",
        site=site,
        zones=zones,
        size=_size(zones),
        lost_fee=_lost_fee(zones),
        exempt=classes_at(site.pk),
        payee=profile_at(site, now),
        now=now,
    )


def _size(zones: list[BoardZone]) -> str:
    """Return how much stands on a board: the less, the larger it is printed."""
    lines = sum(1 + len(price.words.sentences) if price.words else 1 for zone in zones for price in zone.prices)
    return "few" if lines <= FEW else "many" if lines > SOME else "some"


def _lost_fee(zones: list[BoardZone]) -> Decimal | None:
    """Return what a lost ticket costs where it is the same for all; else each price says its own."""
    fees = {price.price.terms.lost_ticket_fee for zone in zones for price in zone.prices}
    return fees.pop() if len(fees) == 1 else None


def _prices(zone: ParkingZone, counts: ZoneCounts, now: datetime) -> list[BoardPrice]:
    """Return what cars pay, for all kinds that pay as they do, then the others; kinds that park here alone."""
    found = {price.vehicle_kind: price for price in prices_of(zone, now)}
    cars = found[VehicleKind.CAR]
    kinds: dict[str, list[str]] = {}
    for kind in kinds_with_slots(zone, counts.kinds):
        kinds.setdefault(found.get(kind, cars).vehicle_kind, []).append(kind)
    return [BoardPrice(found[of], names, words_of(found[of].terms, now)) for of, names in kinds.items()]
