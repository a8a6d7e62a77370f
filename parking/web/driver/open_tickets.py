"""Open bookings as cards of a list: the car inside first, then what is to be paid, then what is booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.checkout.bills import RunningBill, running_bill
from parking.core.qr import qr_data_uri
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.services import stay_until, terms_of
from parking.tariffs.rules import next_rise
from parking.web.driver.standing import Row

_TITLES = {"inside": _("Inside"), "pay": _("Needs payment"), "booked": _("Booked")}


@dataclass(frozen=True)
class OpenTicket:
    """An open booking with its bill at a moment."""

    session: ParkingSession
    state: str
    now: datetime

    @property
    def group(self) -> str:
        if self.session.status == SessionStatus.ACTIVE:
            return "inside"
        return "booked" if self.state == SessionStatus.BOOKED else "pay"

    @property
    def must_pay(self) -> bool:
        """Return whether the fee is to be paid, and no payment is being checked."""
        return self.group == "pay" and self.state == "FEE"

    @property
    def fee(self) -> Decimal:
        return terms_of(self.session).booking_fee

    @property
    def until(self) -> datetime | None:
        """Return the next deadline before entry: to pay or to come."""
        if self.group == "pay":
            return self.session.pay_by
        return None if self.session.is_waiting else self.session.enter_by

    @cached_property
    def bill(self) -> RunningBill:
        return running_bill(self.session, self.now)

    @cached_property
    def rise(self) -> tuple[datetime, Decimal] | None:
        """Return when the bill of a car inside grows next, and to what (rupees); None while it is frozen."""
        entry = self.session.entry_time
        if entry is None or self.bill.frozen_until:
            return None
        return next_rise(stay_until(self.session, entry, self.now), terms_of(self.session))

    @property
    def hour_percent(self) -> int:
        """Return how much of the time until the bill grows is over, of an hour."""
        left = self.rise[0] - self.now if self.rise else timedelta()
        return 100 - min(100 * left // timedelta(hours=1), 100)

    @property
    def picture(self) -> str:
        """Return the QR code as a data URI."""
        return qr_data_uri(self.session.qr_code)


@dataclass(frozen=True)
class Group:
    """The cards below one heading."""

    name: str
    title: Promise
    cards: list[OpenTicket]


def by_stage(rows: Iterable[Row], now: datetime) -> list[Group]:
    """Return the groups that have cards; what ends first stands first in each, a car inside by its entry."""
    cards = [OpenTicket(row.session, row.state, now) for row in rows]
    cards.sort(key=_moment)
    groups = [Group(name, title, [card for card in cards if card.group == name]) for name, title in _TITLES.items()]
    return [group for group in groups if group.cards]


def _moment(card: OpenTicket) -> datetime:
    return card.session.entry_time or card.until or card.session.starts_at
