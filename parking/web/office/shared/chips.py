"""The usual filters of a list, each one press away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from parking.core.sites import Sites
from parking.facilities.calendars import calendar_of
from parking.web.office.shared.lists import NO_PLACE

Query = Mapping[str, str]


@dataclass(frozen=True)
class Chip:
    """A filter that one asks for again and again; how many rows it leaves, where that was counted."""

    label: str
    href: str
    is_current: bool
    number: int | None = None


def chips_of(request: HttpRequest, wanted: Sequence[tuple[str, Query, int | None]]) -> list[Chip]:
    """Return chips of labels, filters and numbers, which take the place of the present filter.

    The site that is looked at stays. The present one, pressed again, leaves no filter.
    """
    present = {name: value for name, value in request.GET.items() if value and name not in {"site", "sort", *NO_PLACE}}
    site = {"site": request.GET["site"]} if request.GET.get("site") else {}
    return [
        Chip(label, f"?{urlencode(site if present == query else {**query, **site})}", present == query, number)
        for label, query, number in wanted
    ]


def today_of(sites: Sites) -> tuple[str, Query]:
    """Return the chip of today, and its filter."""
    today = f"{calendar_of(sites).today()}"
    return gettext("Today"), {"from": today, "to": today}
