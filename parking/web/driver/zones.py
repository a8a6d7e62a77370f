"""The list of zones, for comparing them."""

from typing import Any, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge import requests
from parking.edge.pages import page
from parking.stays.watching import all_zones_text, counts_now
from parking.web.access import driver_of
from parking.web.driver.again import again_of
from parking.web.driver.cards import ZoneCard, by_site, kept_for, own_places
from parking.web.driver.wanted import Wanted, read_wanted
from parking.web.live import drawn_once, live, minute

# The page asks the browser for the place when its button is pressed; no other page may.
_MAY_LOCATE = "geolocation=(self)"


def _state() -> str:
    return f"{minute()} {all_zones_text()}"


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show all active zones with rate, free slots and features, to everybody."""
    view = csp_update({"img-src": _tile_host()})(_overview) if settings.MAP_TILES else _overview
    return cast("HttpResponse", view(request))


def _overview(request: HttpRequest) -> HttpResponse:
    wanted, now = read_wanted(request.GET), clock.now()
    cards = wanted.all_cards(now, kept_for(request, now))
    driver = driver_of(request)
    response = page(
        request,
        "driver/zones.html",
        section="zones",
        again=again_of(driver.pk, cards, hours=wanted.hours, now=now) if driver else None,
        key=requests.new_form_key(),
        map_tiles=settings.MAP_TILES if any(card.directions for card in cards) else "",
        map_credit=settings.MAP_CREDIT,
        **_listed(wanted, wanted.of(cards)),
    )
    response.headers["Permissions-Policy"] = _MAY_LOCATE
    return response


def _listed(wanted: Wanted, cards: list[ZoneCard]) -> dict[str, Any]:
    """Return the first zones by site, and of the rest what the link to more of them and the map need."""
    groups = by_site(cards)
    ordered = [card for group in groups for card in group.cards]
    shown, rest = ordered[: wanted.shown], ordered[wanted.shown :]
    return {
        "wanted": wanted,
        "groups": by_site(shown),
        "several": len(groups) > 1,
        "number": len(cards),
        "rest": rest,
        "on_map": [card for card in rest if card.directions] if settings.MAP_TILES else [],
    }


def _tile_host() -> str:
    """Return the origin of the map tiles, as the CSP names it."""
    address = urlsplit(settings.MAP_TILES)
    return f"{address.scheme}://{address.netloc.replace('{s}', '*')}"


@live(state=_state)
@require_safe
@drawn_once(state=_state, seen_by=own_places)
def overview_live(request: HttpRequest) -> HttpResponse:
    """Show the cards without the page around them."""
    wanted, now = read_wanted(request.GET), clock.now()
    cards = wanted.of(wanted.all_cards(now, kept_for(request, now), counts_now()))
    return page(request, "driver/parts/zone_cards.html", **_listed(wanted, cards))
