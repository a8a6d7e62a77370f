"""The saved views at the head of a list: addresses of its filters, so that each can be sent to a colleague."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from parking.accounts.models import SavedView
from parking.accounts.saved_views import MOST_VIEWS, views_of
from parking.core.sites import Sites
from parking.edge.callers import actor_of
from parking.facilities.calendars import calendar_of
from parking.web.access import user_of
from parking.web.office.shared.saved_lists import SITE, list_named
from parking.web.office.shared.site_switch import SiteSwitch

Query = Mapping[str, str]
_DAYS = ("from", "to")
_MOVING = re.compile(r"0|-[1-9][0-9]{0,3}")
# None of it makes another view of the same rows.
_ASIDE = frozenset({SITE, "sort"})


@dataclass(frozen=True)
class ShownView:
    """A view as it is drawn; where its site is none of this person's any more, `href` leads to its own page."""

    pk: int
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class SavedViews:
    """The views of a list, and the present filter, which can be saved while it is none of them."""

    list_name: str
    views: Sequence[ShownView]
    all_href: str
    present: Query
    is_filtered: bool

    @property
    def current(self) -> ShownView | None:
        return next((view for view in self.views if view.is_current), None)

    @property
    def may_save(self) -> bool:
        return self.is_filtered and self.current is None and len(self.views) < MOST_VIEWS

    @property
    def is_shown(self) -> bool:
        return bool(self.views) or self.may_save


def saved_views(request: HttpRequest, list_name: str, switch: SiteSwitch | None = None) -> SavedViews:
    """Return the views of whoever asks, in one statement."""
    saved_list, sites = list_named(list_name), actor_of(request).sites
    present = known_query(list_name, request.GET)
    rows = [(view, resolved(view.query, sites)) for view in views_of(user_of(request).pk, list_name)]
    return SavedViews(
        list_name,
        [
            ShownView(view.pk, view.name, _href(view, query, switch), _without_order(query) == _without_order(present))
            for view, query in rows
        ],
        reverse(saved_list.page) + (switch.query if switch else ""),
        present,
        is_filtered=not _ASIDE.issuperset(present),
    )


def known_query(list_name: str, values: Query) -> dict[str, str]:
    """Return what of these values belongs to the filter of a list."""
    return {name: values[name] for name in sorted(list_named(list_name).names) if values.get(name)}


def address_of(list_name: str, query: Query) -> str:
    """Return the address of a list with this filter."""
    return f"{reverse(list_named(list_name).page)}?{urlencode(sorted(query.items()))}"


def moving(query: Query, sites: Sites) -> dict[str, str]:
    """Return a filter as it is kept: days that end today move along with the days to come."""
    today = calendar_of(sites).today()
    days = {name: (day - today).days for name in _DAYS if (day := _day(query.get(name, "")))}
    is_moving = days.get("to") == 0 and all(-10_000 < number <= 0 for number in days.values())
    return {**query, **{name: str(number) for name, number in days.items() if is_moving}}


def resolved(query: Query, sites: Sites) -> dict[str, str]:
    """Return a filter that was kept as the address has it today."""
    if not any(_MOVING.fullmatch(query.get(name, "")) for name in _DAYS):
        return dict(query)
    today = calendar_of(sites).today()
    days = {name: int(query[name]) for name in _DAYS if _MOVING.fullmatch(query.get(name, ""))}
    return {**query, **{name: f"{today + timedelta(days=number)}" for name, number in days.items()}}


def _href(view: SavedView, query: Query, switch: SiteSwitch | None) -> str:
    if not may_open(query, switch):
        return reverse("office_view", args=[view.pk])
    return address_of(view.list_name, query)


def may_open(query: Query, switch: SiteSwitch | None) -> bool:
    """Return whether the site of a view, if it names one, is still one of this person's."""
    choices = switch.choices if switch else ()
    return SITE not in query or query[SITE] in {str(choice.site_id) for choice in choices}


def _without_order(query: Query) -> dict[str, str]:
    return {name: value for name, value in query.items() if name != "sort"}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
