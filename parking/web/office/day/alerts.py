"""The alerts of the dashboard in words, with the page where each is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.reports.alerts import Alert, AlertCode
from parking.stays.models import EndReason

_TITLES: dict[AlertCode, Promise] = {
    AlertCode.ORDERS_IN_REVIEW: _("Payments in review"),
    AlertCode.PAID_TWICE: _("Paid twice"),
    AlertCode.REFUNDS_WITHOUT_BALANCE: _("Refunds that wait for balance at the payment service"),
    AlertCode.REFUNDS_STUCK: _("Refunds that are stuck"),
    AlertCode.LONG_STAYS: _("Long stays"),
    AlertCode.HOLDS_EXPIRED_TODAY: _("Bookings not paid in time today"),
    AlertCode.NO_SHOWS_TODAY: _("No-shows today"),
    AlertCode.NO_PLACE_TODAY: _("Reservations without a place today"),
    AlertCode.OPEN_DEBTS: _("Open debts"),
    AlertCode.SERIES_NEARLY_USED_UP: _("Document numbers that run out"),
    AlertCode.SERIES_BEGINS_WITH_ZERO: _("Document numbers that begin with 0"),
}
_REASONS: dict[AlertCode, str] = {
    AlertCode.HOLDS_EXPIRED_TODAY: EndReason.UNPAID,
    AlertCode.NO_SHOWS_TODAY: EndReason.NO_SHOW,
    AlertCode.NO_PLACE_TODAY: EndReason.NO_PLACE,
}
# What somebody has to decide about; the others are for information.
_URGENT = {
    AlertCode.ORDERS_IN_REVIEW, AlertCode.PAID_TWICE, AlertCode.REFUNDS_WITHOUT_BALANCE, AlertCode.REFUNDS_STUCK,
    AlertCode.SERIES_NEARLY_USED_UP,
}  # fmt: skip


@dataclass(frozen=True)
class AlertCard:
    """An alert in words, with the address of the page where it is settled."""

    alert: Alert
    title: Promise
    address: str
    urgent: bool


def alert_cards(alerts: Sequence[Alert], site_id: int | None, *, today: date) -> list[AlertCard]:
    """Return the alerts that have something in them, with pages of this site, or of all."""
    return [
        AlertCard(alert, _TITLES[alert.code], _address(alert.code, site_id, today), alert.code in _URGENT)
        for alert in alerts
        if alert.count
    ]


def _address(code: AlertCode, site_id: int | None, today: date) -> str:
    here = {"site": str(site_id)} if site_id else {}
    ended_today = {"days_of": "ended", "from": f"{today}", "to": f"{today}", **here}
    match code:
        case (
            AlertCode.ORDERS_IN_REVIEW
            | AlertCode.PAID_TWICE
            | AlertCode.REFUNDS_WITHOUT_BALANCE
            | AlertCode.REFUNDS_STUCK
        ):
            return reverse("office_review")
        case AlertCode.OPEN_DEBTS:
            return _with(reverse("office_debts"), here)
        case AlertCode.SERIES_NEARLY_USED_UP | AlertCode.SERIES_BEGINS_WITH_ZERO:
            return reverse("office_tax")
        case AlertCode.LONG_STAYS:
            return _sessions({"long": "on", **here})
        case AlertCode.HOLDS_EXPIRED_TODAY | AlertCode.NO_SHOWS_TODAY | AlertCode.NO_PLACE_TODAY:
            return _sessions({"reason": _REASONS[code], **ended_today})


def _sessions(wanted: dict[str, str]) -> str:
    return _with(reverse("office_sessions"), wanted)


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
