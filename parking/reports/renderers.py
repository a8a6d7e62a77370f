"""What managers are told: what waits, once each morning; at once a gateway that is silent, an emergency, and a series
of numbers that is nearly used up.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parking.accounts.models import User
from parking.core.money import ZERO, from_paise, indian
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.calendars import zone_of
from parking.facilities.events import EmergencyAsked, EmergencyBegun
from parking.facilities.models import ParkingSite
from parking.notifications.alerting import Critical, register_digest, register_watch
from parking.notifications.kinds import MANAGERS, Kind, Lines, Message, ValueType, register_kind
from parking.notifications.models import Channel
from parking.notifications.queries import managers_at
from parking.notifications.rendering import register_renderer
from parking.payments.gateways.registry import gateway_label
from parking.payments.trouble import silent_gateways, unanswered_orders
from parking.reports.alerts import Alert, AlertCode, alerts, nearly_used_up, passes_not_renewed, tickets_unanswered
from parking.reports.sums import paise_of

# No alerts of the overview, because they are over by the morning, or the gates themselves ask.
GATEWAY_SILENT = "GATEWAY_SILENT"
PASSES_NOT_RENEWED = "PASSES_NOT_RENEWED"
TICKETS_UNANSWERED = "TICKETS_UNANSWERED"
_NAMES: dict[str, Promise] = {
    AlertCode.ORDERS_IN_REVIEW: gettext_lazy("Payments in review"),
    AlertCode.PAID_TWICE: gettext_lazy("Paid twice"),
    AlertCode.REFUNDS_WITHOUT_BALANCE: gettext_lazy("Refunds without balance at the gateway"),
    AlertCode.REFUNDS_STUCK: gettext_lazy("Stuck refunds"),
    AlertCode.LONG_STAYS: gettext_lazy("Long stays"),
    AlertCode.OPEN_DEBTS: gettext_lazy("Open debts"),
    AlertCode.SERIES_NEARLY_USED_UP: gettext_lazy("Invoice numbers nearly used up"),
    GATEWAY_SILENT: gettext_lazy("Payments that a payment service did not answer"),
    TICKETS_UNANSWERED: gettext_lazy("Tickets without an answer, entered or gone"),
    PASSES_NOT_RENEWED: gettext_lazy("Passes that were not renewed yesterday"),
}


class _Waiting(Lines):
    """One line for each alert: how many, how much, since when."""

    def words(self, rows: list[dict[str, Any]]) -> list[str]:
        return [_line(row) for row in rows]


def _line(row: dict[str, Any]) -> str:
    facts = {"name": _NAMES.get(row["code"], row["code"]), "count": row["count"], "days": row["days"]}
    if row["amount"]:
        facts["amount"] = f"₹{indian(Decimal(row['amount'])).removesuffix('.00')}"
        if not row["days"]:
            return _("%(name)s: %(count)s, %(amount)s, since today") % facts
        text = ngettext(
            "%(name)s: %(count)s, %(amount)s, the oldest for %(days)s day",
            "%(name)s: %(count)s, %(amount)s, the oldest for %(days)s days",
            row["days"],
        )
        return text % facts
    return _("%(name)s: %(count)s") % facts


DIGEST = Kind(
    "digest",
    gettext_lazy("Needs attention: %(count)s, %(amount)s in all"),
    gettext_lazy("This is what needs attention this morning, by amount and age:"),
    {"count": ValueType.NUMBER, "amount": ValueType.MONEY, "waiting": ValueType.LINES},
    free_title=gettext_lazy("Needs attention: %(count)s"),
    channels=frozenset({Channel.MAIL}),
    audience=MANAGERS,
    button=gettext_lazy("Open the office"),
    name=gettext_lazy("What needs attention, each morning"),
    lines=_Waiting(),
)
SERIES_ENDS = Kind(
    "series_ends",
    gettext_lazy("Invoice numbers of %(site)s are nearly used up"),
    gettext_lazy(
        "The series %(series)s has given 99 percent of its numbers. Without a new prefix no invoice can be issued."
    ),
    {"site": ValueType.TEXT, "series": ValueType.TEXT},
    audience=MANAGERS,
    urgent=True,
    button=gettext_lazy("Open the tax profiles"),
)
GATEWAY_DOWN = Kind(
    "gateway_down",
    gettext_lazy("%(gateway)s does not answer"),
    gettext_lazy(
        "%(count)s payments in a row had no answer from %(gateway)s. Let people pay by another method meanwhile; "
        "payments under way are checked again."
    ),
    {"gateway": ValueType.TEXT, "count": ValueType.NUMBER},
    audience=MANAGERS,
    urgent=True,
    button=gettext_lazy("Open the office"),
)
EMERGENCY_ASKED = Kind(
    "emergency_asked",
    gettext_lazy("Emergency at %(site)s: a second person is needed"),
    gettext_lazy("Someone wants every car of %(site)s let out for %(minutes)s minutes. The reason: %(reason)s"),
    {"site": ValueType.TEXT, "minutes": ValueType.NUMBER, "reason": ValueType.TEXT},
    audience=MANAGERS,
    urgent=True,
    button=gettext_lazy("Open the approvals"),
)
EMERGENCY_BEGUN = Kind(
    "emergency_begun",
    gettext_lazy("Emergency at %(site)s: every car is let out"),
    gettext_lazy("Until %(until)s nobody pays at %(site)s. The reason: %(reason)s"),
    {"site": ValueType.TEXT, "until": ValueType.TIME, "reason": ValueType.TEXT},
    audience=MANAGERS,
    urgent=True,
    button=gettext_lazy("Open the emergencies"),
)


def digest_of(sites: Sites, now: datetime) -> Callable[[int], Message] | None:
    """Return what makes the digest of these sites for a manager.

    None where nothing waits, and nothing is news of the last day.
    """
    waiting = [_waiting_of(alert, now) for alert in alerts(now=now, sites=sites) if alert.code in _NAMES]
    lost = passes_not_renewed(zone=_zone_of_first(sites), sites=sites, now=now)
    news = (_unanswered(sites, now), _tickets(sites, now), _OneOfWaiting(PASSES_NOT_RENEWED, lost, ZERO, now))
    waiting = [one for one in (*waiting, *news) if one.count]
    if not waiting:
        return None
    # By rupees, then age.
    waiting.sort(key=lambda one: (one.amount, now - one.oldest), reverse=True)
    values = {
        "count": sum(one.count for one in waiting),
        "amount": str(sum((one.amount for one in waiting), ZERO)),
        "waiting": [_row(one, now) for one in waiting],
    }
    return partial(_digest_message, values)


def _digest_message(values: dict[str, Any], person_id: int) -> Message:
    return Message(person_id, DIGEST.code, values, path="/office/")


@dataclass(frozen=True)
class _OneOfWaiting:
    """So many of one kind wait, worth so many rupees, the oldest since then."""

    code: str
    count: int
    amount: Decimal
    oldest: datetime


def _waiting_of(alert: Alert, now: datetime) -> _OneOfWaiting:
    # Series from before their last use was noted have no time.
    oldest = min((row.at for row in alert.rows if row.at), default=now)
    return _OneOfWaiting(str(alert.code), alert.count, alert.amount or ZERO, oldest)


def _unanswered(sites: Sites, now: datetime) -> _OneOfWaiting:
    """Return the orders of the last day that had no answer. It may be over by the morning, and still is news."""
    orders = unanswered_orders(since=now - timedelta(days=1), now=now, sites=sites)
    about = orders.aggregate(count=Count("pk"), paise=paise_of("amount"), oldest=Min("created_at"))
    return _OneOfWaiting(GATEWAY_SILENT, about["count"], from_paise(about["paise"] or 0), about["oldest"] or now)


def _tickets(sites: Sites, now: datetime) -> _OneOfWaiting:
    """Return the tickets that keep their slots until somebody says whether their cars are inside."""
    about = tickets_unanswered(sites=sites, now=now).aggregate(count=Count("pk"), oldest=Min("booked_at"))
    return _OneOfWaiting(TICKETS_UNANSWERED, about["count"], ZERO, about["oldest"] or now)


def zone_of_manager(user: User) -> ZoneInfo:
    """Return the time zone of a manager's first site; the operator's for those of all sites."""
    return _zone_of_first(user.site_ids)


def _zone_of_first(sites: Collection[int] | None) -> ZoneInfo:
    return zone_of(min(sites) if sites else None)


def _row(one: _OneOfWaiting, now: datetime) -> dict[str, Any]:
    amount = str(one.amount) if one.amount else ""
    return {"code": one.code, "count": one.count, "amount": amount, "days": max((now - one.oldest).days, 0)}


# --- At once -----------------------------------------------------------------------------------------


def watch_series(now: datetime) -> Iterable[Critical]:
    """Find the series of numbers that have given 99 % of them."""
    for series in nearly_used_up(now=now, sites=ALL_SITES):
        values = {"site": series.site.name, "series": f"{series.prefix} {series.year}"}
        yield Critical(f"series:{series.pk}", _message(values, series.site_id), series.site_id)


def _message(values: dict[str, str], site_id: int) -> Callable[[int], Message]:
    def message(person_id: int) -> Message:
        return Message(person_id, SERIES_ENDS.code, values, path="/office/tax/", site_id=site_id)

    return message


def watch_gateways(now: datetime) -> Iterable[Critical]:
    """Find gateways that do not answer, once an hour."""
    for code, count in silent_gateways(now=now).items():
        message = partial(_gateway_message, {"gateway": gateway_label(code), "count": count})
        yield Critical(f"gateway_down:{code}:{now:%Y-%m-%dT%H}", message)


def _gateway_message(values: dict[str, Any], person_id: int) -> Message:
    return Message(person_id, GATEWAY_DOWN.code, values, path="/office/")


def render_emergency_asked(event: EmergencyAsked, _at: datetime) -> Iterable[Message]:
    values = {"minutes": event.minutes, "reason": event.reason}
    return _to_managers(EMERGENCY_ASKED, event.site_id, values, "/office/approvals/")


def render_emergency_begun(event: EmergencyBegun, _at: datetime) -> Iterable[Message]:
    values = {"until": event.ends_at, "reason": event.reason}
    return _to_managers(EMERGENCY_BEGUN, event.site_id, values, "/office/emergencies/")


def _to_managers(kind: Kind, site_id: int, values: dict[str, Any], path: str) -> list[Message]:
    site = ParkingSite.objects.get(pk=site_id)
    about = {"site": site.name, **values}
    return [
        Message(manager.pk, kind.code, about, path=path, site_id=site.pk, time_zone=site.time_zone)
        for manager in managers_at({site.pk})
    ]


for _kind in (DIGEST, SERIES_ENDS, GATEWAY_DOWN, EMERGENCY_ASKED, EMERGENCY_BEGUN):
    register_kind(_kind)
register_digest(digest_of, zone_of=zone_of_manager)
register_watch(watch_series)
register_watch(watch_gateways)
register_renderer(EmergencyAsked, render_emergency_asked)
register_renderer(EmergencyBegun, render_emergency_begun)
