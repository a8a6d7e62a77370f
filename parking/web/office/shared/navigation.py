"""The office's side navigation: groups of pages, with how much waits on each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.accounts.models import Role, User
from parking.checkout.queries import refunds
from parking.core import clock
from parking.core.actor import Actor
from parking.core.sites import Sites
from parking.reports.alerts import open_debts, orders_in_review


@dataclass(frozen=True)
class Entry:
    """A page of the navigation. `section` is what its own pages call it; `keeps_site` where it shows one site."""

    section: str
    label: Promise
    icon: str
    page: str = ""
    path: str = ""
    keeps_site: bool = False

    def address(self, query: str) -> str:
        """Return the address; `query` keeps the site that is looked at."""
        return (self.path or reverse(self.page)) + (query if self.keeps_site else "")


@dataclass(frozen=True)
class Shown:
    """An entry as it is drawn. An alert's number is work that waits; another only counts."""

    label: str
    icon: str
    address: str
    is_current: bool
    count: int = 0
    is_alert: bool = False


@dataclass(frozen=True)
class Group:
    """Entries below a heading; the first group has none."""

    heading: str
    entries: Sequence[Shown]


_FIRST = (
    Entry("office", _("Dashboard"), "dashboard", "office", keeps_site=True),
    Entry("review", _("Needs attention"), "alert-circle", "office_review"),
)
_OPERATION = (
    Entry("sessions", _("Sessions"), "car", "office_sessions", keeps_site=True),
    Entry("left_behind", _("Left behind"), "hourglass", "office_left_behind"),
)
_GATE = Entry("gate", _("Gate"), "barrier-block", "gate")
_MONEY = (
    Entry("payments", _("Payments"), "currency-rupee", "office_payments", keeps_site=True),
    Entry("debts", _("Debts"), "receipt", "office_debts", keeps_site=True),
    Entry("emergencies", _("Emergencies"), "alert-triangle", "office_emergencies"),
    Entry("passes", _("Passes"), "id", "office_passes", keeps_site=True),
    Entry("organisations", _("Organisations"), "building", "office_organisations", keeps_site=True),
    Entry("revenue", _("Revenue"), "chart-bar", "office_revenue", keeps_site=True),
    Entry("approvals", _("Approvals"), "shield-check", "office_approvals"),
    Entry("tax", _("Tax"), "file-invoice", "office_tax"),
)
_PEOPLE = (
    Entry("users", _("Users"), "users", "office_users"),
    Entry("undelivered", _("Undelivered messages"), "bell", "office_undelivered"),
)
_SETUP = (
    Entry("sites", _("Car parks"), "building", "office_sites"),
    Entry("zones", _("Zones"), "parking", "office_zones", keeps_site=True),
    Entry("replays", _("What if"), "chart-bar", "office_replays"),
    Entry("shops", _("Shops"), "receipt", "office_shops"),
    Entry("promo_codes", _("Promo codes"), "ticket", "office_promo_codes"),
    Entry("tokens", _("Tokens and slips"), "coins", "office_tokens"),
    Entry("exempt_classes", _("Exempt classes"), "ambulance", "office_exempt_classes"),
    Entry("settings", _("Settings"), "adjustments", "office_settings"),
)
_WHOLE = (
    Entry("record", _("Record"), "history", "office_record"),
    Entry("look_up", _("Look-up site"), "search", path="/office/admin/"),
)
_API = (Entry("api", _("API description"), "plug-connected", path="/api/docs"),)
_ALERTS = frozenset({"review"})


def pages_named(text: str, user: User, *, actor: Actor) -> list[Shown]:
    """Return the pages of this person whose name in the active language has `text` in it."""
    entries = (entry for _heading, group in _tables(user, actor) for entry in group)
    named = (entry for entry in entries if text.casefold() in str(entry.label).casefold())
    return [_shown(entry, section="", query="", waiting={}) for entry in named]


def groups(user: User, *, actor: Actor, section: str, query: str) -> list[Group]:
    """Return the navigation of this person."""
    waiting = waiting_counts(sites=actor.sites)
    return [
        Group(str(heading), [_shown(entry, section, query, waiting) for entry in entries])
        for heading, entries in _tables(user, actor)
    ]


def _tables(user: User, actor: Actor) -> list[tuple[str | Promise, Sequence[Entry]]]:
    operation = (*_OPERATION, _GATE) if user.role == Role.ADMIN else _OPERATION
    setup = (*_SETUP, *(_WHOLE if actor.sites is None else ()), *_API)
    return [
        ("", _FIRST),
        (_("Operation"), operation),
        (_("Money"), _MONEY),
        (_("People"), _PEOPLE),
        (_("Setup"), setup),
    ]


def waiting_counts(*, sites: Sites) -> Mapping[str, int]:
    """Return how much waits, by section; in one statement, which each page of the office sends."""
    waiting: list[tuple[str, QuerySet[Any]]] = [
        ("review", orders_in_review(sites=sites)),
        ("review", refunds(sites=sites)),
        ("debts", open_debts(now=clock.now(), sites=sites)),
    ]
    first, *others = (
        rows.order_by().values(section=Value(section)).annotate(number=Count("pk")) for section, rows in waiting
    )
    counts: Counter[str] = Counter()
    for row in first.union(*others, all=True):
        counts[row["section"]] += row["number"]
    return counts


def _shown(entry: Entry, section: str, query: str, waiting: Mapping[str, int]) -> Shown:
    return Shown(
        label=str(entry.label),
        icon=entry.icon,
        address=entry.address(query),
        is_current=entry.section == section,
        count=waiting.get(entry.section, 0),
        is_alert=entry.section in _ALERTS,
    )
