"""What a driver looks for in the list of zones, as the address of the page says it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core import clock
from parking.facilities.queries import ZoneCounts
from parking.facilities.rules import read_point
from parking.stays.kept_places import KeptPlace
from parking.vehicles.models import VehicleKind
from parking.web.driver.cards import SORTINGS, USUAL_HOURS, Point, ZoneCard, zone_cards

HOURS = (1, 2, 3, 4, 8, 24)
# So many zones are shown at first, and so many more each time that a driver asks for more.
ZONES_SHOWN = 30
_SORT_NAMES = {"free": _("Most free"), "price": _("Cheapest"), "name": _("By name"), "distance": _("Nearest")}
# Each filter with its word and icon. Two-wheelers are a kind of vehicle, the others features of a zone.
_FILTERS: dict[str, tuple[Promise, str]] = {
    "ev_charging": (_("EV"), "plug-connected"),
    "covered": (_("Covered"), "home"),
    VehicleKind.TWO_WHEELER.value: (_("Two-wheeler"), "motorbike"),
    "accessible": (_("Accessible"), "disabled"),
}


@dataclass(frozen=True)
class Chip:
    """A filter as a link that sets it, or takes it away where it is set."""

    label: Promise
    mark: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Wanted:
    """The order of the list, what zones must have, for how many hours, and from where distances are counted.

    `shown` is how many zones are listed at most.
    """

    sorting: str = SORTINGS[0]
    near: Point | None = None
    near_text: str = ""
    hours: int = USUAL_HOURS
    text: str = ""
    having: tuple[str, ...] = ()
    shown: int = ZONES_SHOWN

    @property
    def kind(self) -> str:
        """Return the kind of vehicle whose prices are compared."""
        two_wheeler = VehicleKind.TWO_WHEELER.value
        return two_wheeler if two_wheeler in self.having else VehicleKind.CAR.value

    def all_cards(
        self,
        now: datetime,
        own: Mapping[int, Sequence[KeptPlace]] | None = None,
        counts: Mapping[int, ZoneCounts] | None = None,
    ) -> list[ZoneCard]:
        """Return the cards of all zones; `own` are the free slots that are kept for whoever looks, by zone.

        `counts` are those of the zones where they are known already.
        """
        return zone_cards(
            sorting=self.sorting,
            near=self.near,
            hours=self.hours,
            kind=self.kind,
            own=own,
            counts=counts,
            now=now,
        )

    def of(self, cards: Iterable[ZoneCard]) -> list[ZoneCard]:
        """Return those cards that fit the search and the filters."""
        return [card for card in cards if _names(card, self.text) and all(_has(card, name) for name in self.having)]

    @property
    def narrows(self) -> bool:
        """Return whether zones are left out of the list."""
        return bool(self.text or self.having)

    @property
    def query(self) -> str:
        """Return this as the query of an address, with `?`; what is as usual is left out."""
        parts = [
            ("q", self.text),
            ("hours", "" if self.hours == USUAL_HOURS else str(self.hours)),
            ("sort", "" if self.sorting == SORTINGS[0] else self.sorting),
            ("near", self.near_text if self.near else ""),
            *(("with", name) for name in self.having),
            ("shown", "" if self.shown == ZONES_SHOWN else str(self.shown)),
        ]
        text = urlencode([(name, value) for name, value in parts if value], safe=",")
        return f"?{text}" if text else ""

    @property
    def more_query(self) -> str:
        """Return the query of the same list with more zones."""
        return replace(self, shown=self.shown + ZONES_SHOWN).query

    @property
    def zone_query(self) -> str:
        """Return the query for the page of a zone, which keeps the hours."""
        return "" if self.hours == USUAL_HOURS else f"?hours={self.hours}"

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(label, mark, self._toggled(name).query or "?", name in self.having)
            for name, (label, mark) in _FILTERS.items()
        ]

    def _toggled(self, name: str) -> "Wanted":
        others = tuple(other for other in self.having if other != name)
        return replace(self, having=others if name in self.having else (*others, name), shown=ZONES_SHOWN)

    @property
    def sortings(self) -> list[tuple[str, Promise]]:
        """Return the orders to choose from; by distance only from a known place."""
        return [(name, label) for name, label in _SORT_NAMES.items() if name != "distance" or self.near]

    @property
    def hour_choices(self) -> list[tuple[int, datetime]]:
        return hour_choices(clock.now())


def hour_choices(now: datetime) -> list[tuple[int, datetime]]:
    """Return the numbers of hours to choose from, each with its end."""
    return [(hours, now + timedelta(hours=hours)) for hours in HOURS]


def read_hours(values: QueryDict) -> int:
    """Return the hours of an address; what is no choice counts as usual."""
    text = values.get("hours", "")
    return int(text) if text in {str(hours) for hours in HOURS} else USUAL_HOURS


def _read_shown(values: QueryDict) -> int:
    """Return how many zones an address asks for; what is no number, or too few, counts as usual."""
    text = values.get("shown", "")
    return max(int(text), ZONES_SHOWN) if text.isascii() and text.isdecimal() and len(text) < 6 else ZONES_SHOWN


def read_wanted(values: QueryDict) -> Wanted:
    """Return what an address asks for; what is no order, place, number of hours or filter is left out."""
    sorting, near_text = values.get("sort", ""), values.get("near", "")
    near = read_point(near_text)
    if sorting not in SORTINGS or (sorting == "distance" and near is None):
        sorting = SORTINGS[0]
    having = tuple(name for name in _FILTERS if name in values.getlist("with"))
    text = values.get("q", "").strip()[:60]
    return Wanted(sorting, near, near_text, read_hours(values), text, having, _read_shown(values))


def _names(card: ZoneCard, text: str) -> bool:
    """Return whether each word is found in the names and places of a zone and its site."""
    zone = card.zone
    found = " ".join((zone.name, zone.place, zone.site.name, zone.site.place, zone.site.address)).casefold()
    return all(word in found for word in text.casefold().split())


def _has(card: ZoneCard, name: str) -> bool:
    if name == VehicleKind.TWO_WHEELER:
        return card.takes(name)
    return name in card.zone.features
