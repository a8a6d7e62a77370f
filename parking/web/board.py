"""The price board of a car park, for everybody: on a screen at the gate, or printed."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import NotFound
from parking.edge.pages import page
from parking.facilities.models import ParkingZone
from parking.facilities.queries import present_zones
from parking.facilities.sites import site_by_id
from parking.invoices.profiles import profile_at
from parking.tariffs.queries import PriceNow, prices_of
from parking.web.price_words import PriceWords, words_of


@dataclass(frozen=True)
class BoardPrice:
    """What a kind of vehicle pays in a zone, with its tariff in words where one rate does not say it all."""

    price: PriceNow
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
    zones = present_zones(sites=frozenset({site.pk})).filter(is_active=True)
    return page(
        request,
        "web/board.html",
        site=site,
        zones=[BoardZone(zone, _prices(zone, now)) for zone in zones],
        payee=profile_at(site, now),
        now=now,
    )


def _prices(zone: ParkingZone, now: datetime) -> list[BoardPrice]:
    return [BoardPrice(price, words_of(price.terms, now)) for price in prices_of(zone, now)]
