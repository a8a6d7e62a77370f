"""The dashboard's figures as they are drawn: four key figures, the line of revenue, and one list of what waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate, zip_longest
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from parking.core.money import ZERO
from parking.reports.alerts import AlertCode, AlertRow
from parking.reports.overview import Overview, ZoneOccupancy
from parking.reports.takings import Takings
from parking.reports.usual import DAYS, Days, Usual
from parking.web.components import Kpi, amount_text
from parking.web.office.day.alerts import AlertCard

# --- Key figures -------------------------------------------------------------------------------------------


def key_figures(board: Overview, usual: Usual, days: Days, query: str) -> list[Kpi]:
    """Return revenue, cars inside, bookings and what was left unpaid; `query` keeps the site in their links."""
    unpaid_stays, unpaid = board.unpaid
    revenue = board.money.today
    # The day of the same name a week ago, in a row of days that ends with today.
    same = DAYS - 7
    return [
        Kpi(
            label=gettext("Revenue today"),
            value=amount_text(revenue.net),
            aside=gettext("%(amount)s refunded") % {"amount": amount_text(revenue.refunds)} if revenue.refunds else "",
            href=reverse("office_revenue") + query,
            values=[takings.net for _, takings in board.money.days[-DAYS - 1 :]],
            same=same,
            **_against(revenue.net, usual.revenue, amount_text),
        ),
        Kpi(
            label=gettext("Inside now"),
            value=number_format(board.today.active, force_grouping=True),
            aside=_share_text(board),
            share=_share(board),
            href=f"{reverse('office_sessions')}?state=ACTIVE{query.replace('?', '&')}",
            **_against(board.today.active, usual.inside, str),
        ),
        Kpi(
            label=gettext("Bookings today"),
            value=number_format(board.today.bookings, force_grouping=True),
            aside=gettext("%(number)s cancelled") % {"number": board.today.cancelled} if board.today.cancelled else "",
            href=reverse("office_sessions") + query,
            values=[*days.bookings, board.today.bookings],
            same=same,
            **_against(board.today.bookings, usual.bookings, str),
        ),
        Kpi(
            label=gettext("Unpaid today"),
            value=amount_text(unpaid),
            aside=_sessions(unpaid_stays),
            href=reverse("office_debts") + query,
            values=[*days.unpaid, unpaid],
            same=same,
            **_against(unpaid, usual.unpaid, amount_text, more_is_good=False),
        ),
    ]


def _against(
    value: Decimal | int, usual: Decimal | int | None, text: Callable[..., str], *, more_is_good: bool = True
) -> dict[str, Any]:
    """Return the change against the usual figure, in per cent; nothing where there is none."""
    if not usual or usual < 0:
        return {}
    change = round((value - usual) / usual * 100)
    return {"change": change, "usual": text(usual), "is_good": change == 0 or (change > 0) == more_is_good}


def _sessions(number: int) -> str:
    return ngettext("%(number)s session", "%(number)s sessions", number) % {"number": number} if number else ""


def _places(board: Overview) -> int:
    return sum(zone.counts.total - zone.counts.out_of_service for zone in board.zones)


def _share(board: Overview) -> int | None:
    """Return how much of the slots in service is occupied, in per cent."""
    places = _places(board)
    return round(sum(zone.counts.occupied for zone in board.zones) / places * 100) if places else None


def _share_text(board: Overview) -> str:
    share = _share(board)
    if share is None:
        return ""
    return gettext("%(share)s %% of %(places)s slots") % {"share": share, "places": _places(board)}


# Of hundreds of zones these are the ones to look at; the list of zones has them all.
MOST_ZONES = 20


def fullest_first(zones: Sequence[ZoneOccupancy]) -> list[ZoneOccupancy]:
    """Return `MOST_ZONES` zones at most, those with the greatest share of their slots taken first."""
    return sorted(zones, key=attrgetter("counts.occupancy_percent"), reverse=True)[:MOST_ZONES]


# --- The line of revenue -------------------------------------------------------------------------------------

WIDTH, HEIGHT = 960, 240  # of the drawing: 40 for an hour


@dataclass(frozen=True)
class RevenueLine:
    """Rupees added up over the day: today until now, and the same weekday last week.

    `today_path` and `before_path` are paths of a picture of WIDTH by HEIGHT, `now_x` is where now stands in it; `ticks`
    the amounts beside it, the greatest first.
    """

    today_path: str
    area_path: str
    before_path: str
    now_x: int
    now_y: float
    ticks: list[str]
    today: Decimal
    before: Decimal
    is_empty: bool


def revenue_line(board: Overview, usual: Usual, local: datetime) -> RevenueLine:
    """Return the line of the day; `local` is now in the time zone of the site."""
    hour = local.hour + local.minute / 60
    today = _added_up(board.money.hours)[: local.hour + 1]
    before = _added_up(usual.last_week)
    top = _round_up(max([*today, *before, Decimal(1)]))
    # Money of the hour that runs is there already: the line ends at now, not at the end of the hour.
    points = [(0.0, ZERO), *((float(at + 1), amount) for at, amount in enumerate(today[:-1])), (hour, today[-1])]
    drawn = _path(points, top)
    now_x = round(hour / 24 * WIDTH)
    return RevenueLine(
        today_path=drawn,
        area_path=f"{drawn} V{HEIGHT} H0 Z",
        before_path=_path([(0.0, ZERO), *((float(at + 1), amount) for at, amount in enumerate(before))], top),
        now_x=now_x,
        now_y=_y(today[-1], top),
        ticks=[amount_text(top * part / 4) for part in (4, 3, 2, 1, 0)],
        today=today[-1],
        before=before[local.hour],
        is_empty=not any([*today, *before]),
    )


def _added_up(hours: Sequence[tuple[int, Takings]]) -> list[Decimal]:
    return list(accumulate(takings.net for _, takings in hours))


def _path(points: Sequence[tuple[float, Decimal]], top: Decimal) -> str:
    return "M" + " L".join(f"{round(hour / 24 * WIDTH)} {_y(amount, top)}" for hour, amount in points)


def _y(amount: Decimal, top: Decimal) -> float:
    return round(HEIGHT - max(float(amount / top), 0.0) * HEIGHT, 1)


def _round_up(amount: Decimal) -> Decimal:
    """Return the next of 1, 2, 4, 6, 8 times a power of ten: its quarters are round as well."""
    unit = Decimal(10) ** (len(str(int(amount))) - 1)
    return next(step * unit for step in (1, 2, 4, 6, 8, 10) if step * unit >= amount)


# --- What needs attention ------------------------------------------------------------------------------------

# With these and a line for the others the dashboard is one screen at 1440 by 900.
MOST_ROWS = 6
_TITLES: dict[AlertCode, Promise] = {
    AlertCode.ORDERS_IN_REVIEW: _("Payment in review"),
    AlertCode.REFUNDS_WITHOUT_BALANCE: _("Refund waits for balance"),
    AlertCode.REFUNDS_STUCK: _("Refund is stuck"),
    AlertCode.LONG_STAYS: _("Long stay"),
    AlertCode.OPEN_DEBTS: _("Open debt"),
    AlertCode.SERIES_NEARLY_USED_UP: _("Numbers run out"),
    AlertCode.SERIES_BEGINS_WITH_ZERO: _("Numbers begin with 0"),
}
_STEPS: dict[AlertCode, Promise] = {
    AlertCode.ORDERS_IN_REVIEW: _("Settle"),
    AlertCode.PAID_TWICE: _("Send back"),
    AlertCode.REFUNDS_WITHOUT_BALANCE: _("View refund"),
    AlertCode.REFUNDS_STUCK: _("View refund"),
    AlertCode.LONG_STAYS: _("Open session"),
    AlertCode.HOLDS_EXPIRED_TODAY: _("Open session"),
    AlertCode.NO_SHOWS_TODAY: _("Open session"),
    AlertCode.NO_PLACE_TODAY: _("Open session"),
    AlertCode.OPEN_DEBTS: _("View debt"),
    AlertCode.SERIES_NEARLY_USED_UP: _("Change prefix"),
    AlertCode.SERIES_BEGINS_WITH_ZERO: _("Change prefix"),
}
_ICONS: dict[AlertCode, str] = {
    AlertCode.LONG_STAYS: "clock",
    AlertCode.HOLDS_EXPIRED_TODAY: "hourglass",
    AlertCode.NO_SHOWS_TODAY: "car-off",
    AlertCode.NO_PLACE_TODAY: "parking",
    AlertCode.OPEN_DEBTS: "receipt",
    AlertCode.REFUNDS_WITHOUT_BALANCE: "receipt-refund",
    AlertCode.REFUNDS_STUCK: "receipt-refund",
    AlertCode.SERIES_NEARLY_USED_UP: "file-invoice",
    AlertCode.SERIES_BEGINS_WITH_ZERO: "file-invoice",
}
# Told by a number alone: nobody has to do anything.
_FOR_INFORMATION = {AlertCode.HOLDS_EXPIRED_TODAY, AlertCode.NO_SHOWS_TODAY, AlertCode.NO_PLACE_TODAY}


@dataclass(frozen=True)
class Task:
    """A line of what needs attention: its kind, what it is about, and the step that settles it."""

    card: AlertCard
    row: AlertRow
    title: Promise
    icon: str
    step: Promise
    address: str


@dataclass(frozen=True)
class More:
    """How many of a kind wait that the list has no line for."""

    card: AlertCard
    number: int


def tasks(cards: Sequence[AlertCard]) -> list[Task]:
    """Return the worst of each kind, then the next of each, `MOST_ROWS` at most; urgent kinds stand before others."""
    kinds = _kinds(cards)
    rounds = zip_longest(*([_task(card, row) for row in card.alert.rows] for card in kinds))
    found = [task for of_round in rounds for task in of_round if task is not None][:MOST_ROWS]
    return [task for card in kinds for task in found if task.card is card]


def more_tasks(cards: Sequence[AlertCard], shown: Sequence[Task]) -> list[More]:
    """Return of each kind what waits beside the lines that are shown, the greatest number first."""
    kinds = [More(card, card.alert.count - sum(task.card is card for task in shown)) for card in _kinds(cards)]
    return sorted((more for more in kinds if more.number > 0), key=attrgetter("number"), reverse=True)


def _kinds(cards: Sequence[AlertCard]) -> list[AlertCard]:
    kinds = [card for card in cards if card.alert.code not in _FOR_INFORMATION]
    return sorted(kinds, key=attrgetter("urgent"), reverse=True)


def _task(card: AlertCard, row: AlertRow) -> Task:
    code = card.alert.code
    opens_session = code == AlertCode.LONG_STAYS and row.session_id is not None
    address = reverse("office_session", args=[row.session_id]) if opens_session else card.address
    return Task(card, row, _TITLES.get(code, card.title), _ICONS.get(code, "currency-rupee"), _STEPS[code], address)


def waiting(cards: Sequence[AlertCard]) -> int:
    """Return how much waits for a person, in all."""
    return sum(card.alert.count for card in _kinds(cards))
