"""The site that the office looks at: kept in the address (`?site=`), chosen at the head of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from parking.core.errors import NotFound
from parking.core.ids import MAX_ID
from parking.core.sites import Sites
from parking.edge.callers import actor_of
from parking.facilities.sites import present_sites
from parking.web.office.shared.lists import NO_PLACE, address_with


@dataclass(frozen=True)
class Choice:
    """One site of the switch, or all of them, with the address of this page for it."""

    site_id: int
    name: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class SiteSwitch:
    """What the address asks for: `sites` is what queries take, `site_id` None for all.

    `choices` are the actor's sites by name; the switch is shown for two or more.
    """

    site_id: int | None
    sites: Sites
    choices: Sequence[Choice] = ()
    all_address: str = ""

    @property
    def is_shown(self) -> bool:
        return len(self.choices) > 1

    @property
    def name(self) -> str:
        """Return the name of the site that is looked at; empty for all."""
        return next((choice.name for choice in self.choices if choice.is_chosen), "")

    @property
    def shows_several(self) -> bool:
        """Return whether rows of several sites stand together."""
        return self.is_shown and self.site_id is None

    @property
    def query(self) -> str:
        """Return the query that keeps the site, for links to other pages."""
        return f"?site={self.site_id}" if self.site_id else ""

    @property
    def and_query(self) -> str:
        """Return the same for links that have a query already."""
        return f"&site={self.site_id}" if self.site_id else ""


def site_id_of(request: HttpRequest) -> int | None:
    """Return the site of the address, None without one; what is no number is an id that no site has."""
    text = request.GET.get("site", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else MAX_ID


def site_switch(request: HttpRequest) -> SiteSwitch:
    """Return the site that is looked at. Raises NotFound `site_not_found` for one that is not the actor's."""
    actor, site_id = actor_of(request), site_id_of(request)
    names = list(present_sites(actor).values_list("pk", "name"))
    if site_id is not None and site_id not in dict(names):
        raise NotFound("site_not_found", "Site not found")
    choices = [Choice(pk, name, _address(request, str(pk)), pk == site_id) for pk, name in names]
    sites = actor.sites if site_id is None else frozenset({site_id})
    return SiteSwitch(site_id, sites, choices, _address(request, None))


def _address(request: HttpRequest, site: str | None) -> str:
    """Return the address of this page for a site; a zone and a page of rows belong to what was shown before."""
    return address_with(request, **NO_PLACE, site=site, zone=None)
