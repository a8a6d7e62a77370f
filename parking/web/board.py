"""The price board of a car park, for everybody: on a screen at the gate, or printed."""

from dataclasses import dataclass
from datetime import datetime

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
    zones = zones_with_counts(sites=frozenset({site.pk}))
    return page(
        request,
        "web/board.html",
        site=site,
        zones=[BoardZone(zone, _prices(zone, counts, now)) for zone, counts in zones if zone.is_active],
        exempt=classes_at(site.pk),
        payee=profile_at(site, now),
        now=now,
    )


def _prices(zone: ParkingZone, counts: ZoneCounts, now: datetime) -> list[BoardPrice]:
    """Return what cars pay, for all kinds that pay as they do, then the others; kinds that park here alone."""
    found = {price.vehicle_kind: price for price in prices_of(zone, now)}
    cars = found[VehicleKind.CAR]
    kinds: dict[str, list[str]] = {}
    for kind in kinds_with_slots(zone, counts.kinds):
        kinds.setdefault(found.get(kind, cars).vehicle_kind, []).append(kind)
    return [BoardPrice(found[of], names, words_of(found[of].terms, now)) for of, names in kinds.items()]
