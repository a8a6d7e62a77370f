"""The list of zones, for comparing them."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge.pages import page
from parking.facilities.rules import read_point
from parking.stays.watching import all_zones_text
from parking.web.driver.cards import SORTINGS, Point, ZoneCard, by_site, zone_cards
from parking.web.live import live, minute

_NAMES = {"free": _("Free slots"), "price": _("Price"), "name": _("Name")}
# The page asks the browser for the place when its button is pressed; no other page may.
_MAY_LOCATE = "geolocation=(self)"


@dataclass(frozen=True)
class Wanted:
    """The order of the list, and from where distances are counted."""

    sorting: str
    near: Point | None
    near_text: str = ""

    def cards(self) -> list[ZoneCard]:
        return zone_cards(sorting=self.sorting, near=self.near, now=clock.now())

    @property
    def and_near(self) -> str:
        """Return the rest of a query that keeps the place."""
        return f"&near={self.near_text}" if self.near else ""


def _wanted(request: HttpRequest) -> Wanted:
    """Return what the address asks for; what is no order or no place is left out."""
    sorting, near_text = request.GET.get("sort", ""), request.GET.get("near", "")
    near = read_point(near_text)
    if sorting not in SORTINGS or (sorting == "distance" and near is None):
        sorting = SORTINGS[0]
    return Wanted(sorting, near, near_text)


def _state() -> str:
    return f"{minute()} {all_zones_text()}"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all active zones with rate, free slots and features, to everybody."""
    view = csp_update({"img-src": _tile_host()})(_overview) if settings.MAP_TILES else _overview
    return cast("HttpResponse", view(request))


def _overview(request: HttpRequest) -> HttpResponse:
    wanted = _wanted(request)
    cards = wanted.cards()
    response = page(
        request,
        "driver/zones.html",
        section="zones",
        groups=by_site(cards),
        wanted=wanted,
        sortings=_NAMES.items(),
        map_tiles=settings.MAP_TILES if any(card.directions for card in cards) else "",
        map_credit=settings.MAP_CREDIT,
    )
    response.headers["Permissions-Policy"] = _MAY_LOCATE
    return response


def _tile_host() -> str:
    """Return the origin of the map tiles, as the CSP names it."""
    address = urlsplit(settings.MAP_TILES)
    return f"{address.scheme}://{address.netloc.replace('{s}', '*')}"


@live(state=_state)
@require_safe
def overview_live(request: HttpRequest) -> HttpResponse:
    """Show the cards without the page around them."""
    return page(request, "driver/parts/zone_cards.html", groups=by_site(_wanted(request).cards()))
