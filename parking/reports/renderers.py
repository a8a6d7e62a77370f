"""What managers are told: what waits, once each morning, and at once a series of numbers that is nearly used up."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parking.accounts.models import User
from parking.core.money import ZERO, indian
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.calendars import zone_of
from parking.notifications.alerting import Critical, register_digest, register_watch
from parking.notifications.kinds import MANAGERS, Kind, Lines, Message, ValueType, register_kind
from parking.notifications.models import Channel
from parking.reports.alerts import Alert, AlertCode, alerts, nearly_used_up, passes_not_renewed

_NOT_RENEWED = "PASSES_NOT_RENEWED"
_NAMES: dict[str, Promise] = {
    AlertCode.ORDERS_IN_REVIEW: gettext_lazy("Payments in review"),
    AlertCode.PAID_TWICE: gettext_lazy("Paid twice"),
    AlertCode.REFUNDS_WITHOUT_BALANCE: gettext_lazy("Refunds without balance at the gateway"),
    AlertCode.REFUNDS_STUCK: gettext_lazy("Stuck refunds"),
    AlertCode.LONG_STAYS: gettext_lazy("Long stays"),
    AlertCode.OPEN_DEBTS: gettext_lazy("Open debts"),
    AlertCode.SERIES_NEARLY_USED_UP: gettext_lazy("Invoice numbers nearly used up"),
    _NOT_RENEWED: gettext_lazy("Passes that were not renewed yesterday"),
}


class _Waiting(Lines):
    """One line for each alert: how many, how much, since when."""

    def words(self, rows: list[dict[str, Any]]) -> list[str]:
        return [_line(row) for row in rows]


def _line(row: dict[str, Any]) -> str:
    facts = {"name": _NAMES.get(row["code"], row["code"]), "count": row["count"], "days": row["days"]}
    if row["amount"]:
        facts["amount"] = f"₹{indian(Decimal(row['amount']))}"
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
        "The series %(series)s has given 99 percent of its numbers. Without a new prefix no invoice is issued."
    ),
    {"site": ValueType.TEXT, "series": ValueType.TEXT},
    audience=MANAGERS,
    urgent=True,
    button=gettext_lazy("Open the tax profiles"),
)


def digest_of(user: User, sites: Sites, now: datetime) -> Message | None:
    """Return the digest of a manager's sites; None where nothing waits, and no pass was left unrenewed yesterday."""
    waiting = [alert for alert in alerts(now=now, sites=sites) if alert.count and alert.code in _NAMES]
    lost = passes_not_renewed(zone=zone_of_manager(user), sites=sites, now=now)
    if not waiting and not lost:
        return None
    waiting.sort(key=partial(_weight, now=now), reverse=True)
    rows = [_row(alert, now) for alert in waiting]
    if lost:
        rows.append({"code": _NOT_RENEWED, "count": lost, "amount": "", "days": 0})
    values = {
        "count": sum(row["count"] for row in rows),
        "amount": str(sum((alert.amount or ZERO for alert in waiting), ZERO)),
        "waiting": rows,
    }
    return Message(user.pk, DIGEST.code, values, path="/office/")


def zone_of_manager(user: User) -> ZoneInfo:
    """Return the time zone of a manager's first site; the operator's for those of all sites."""
    return zone_of(min(user.site_ids) if user.site_ids else None)


def _weight(alert: Alert, now: datetime) -> tuple[Decimal, float]:
    """Return by what alerts are sorted: rupees, then age."""
    return alert.amount or ZERO, (now - _oldest(alert, now)).total_seconds()


def _oldest(alert: Alert, now: datetime) -> datetime:
    """Return since when the oldest waits. Series from before their last use was noted have no time."""
    return min((row.at for row in alert.rows if row.at), default=now)


def _row(alert: Alert, now: datetime) -> dict[str, Any]:
    oldest = _oldest(alert, now)
    amount = str(alert.amount) if alert.amount else ""
    return {"code": str(alert.code), "count": alert.count, "amount": amount, "days": max((now - oldest).days, 0)}


def watch_series(now: datetime) -> Iterable[Critical]:
    """Find the series of numbers that have given 99 % of them."""
    for series in nearly_used_up(now=now, sites=ALL_SITES):
        values = {"site": series.site.name, "series": f"{series.prefix} {series.year}"}
        yield Critical(f"series:{series.pk}", _message(values, series.site_id), series.site_id)


def _message(values: dict[str, str], site_id: int) -> Callable[[int], Message]:
    def message(person_id: int) -> Message:
        return Message(person_id, SERIES_ENDS.code, values, path="/office/tax/", site_id=site_id)

    return message


register_kind(DIGEST)
register_kind(SERIES_ENDS)
register_digest(digest_of, zone_of=zone_of_manager)
register_watch(watch_series)
