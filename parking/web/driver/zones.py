"""The list of zones, for comparing them."""

from typing import cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge.pages import page
from parking.stays.watching import all_zones_text
from parking.web.driver.cards import SORTINGS, zone_cards
from parking.web.live import live, minute

_NAMES = {"free": _("Free slots"), "price": _("Price"), "name": _("Name")}


def _sorting(request: HttpRequest) -> str:
    wanted = request.GET.get("sort", "")
    return wanted if wanted in SORTINGS else SORTINGS[0]


def _state() -> str:
    return f"{minute()} {all_zones_text()}"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all active zones with rate, free slots and features, to everybody."""
    view = csp_update({"img-src": _tile_host()})(_overview) if settings.MAP_TILES else _overview
    return cast("HttpResponse", view(request))


def _overview(request: HttpRequest) -> HttpResponse:
    sorting = _sorting(request)
    cards = zone_cards(sorting=sorting, now=clock.now())
    return page(
        request,
        "driver/zones.html",
        section="zones",
        cards=cards,
        sorting=sorting,
        sortings=_NAMES.items(),
        map_tiles=settings.MAP_TILES if any(card.directions for card in cards) else "",
        map_credit=settings.MAP_CREDIT,
    )


def _tile_host() -> str:
    """Return the origin of the map tiles, as the CSP names it."""
    address = urlsplit(settings.MAP_TILES)
    return f"{address.scheme}://{address.netloc.replace('{s}', '*')}"


@live(state=_state)
@require_safe
def overview_live(request: HttpRequest) -> HttpResponse:
    """Show the cards without the page around them."""
    return page(request, "driver/parts/zone_cards.html", cards=zone_cards(sorting=_sorting(request), now=clock.now()))
