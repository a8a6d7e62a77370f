"""The state of a driver's booking at a moment: all that its ticket shows, and nothing that the gate would deny."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from parking.checkout.bills import CancellationOffer, RunningBill, cancellation_offer, running_bill
from parking.checkout.placing import claimed_from
from parking.checkout.queries import latest_orders
from parking.core.money import ZERO
from parking.core.qr import qr_data_uri
from parking.core.site_settings import PAID_AHEAD_MINUTES
from parking.facilities.admitting import closed_place
from parking.payments.models import Debt, Payment, PaymentOrder, Refund, RefundStatus
from parking.payments.queries import open_debt, orders_in_review
from parking.stays.changing import extensions
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.services import terms_of
from parking.tariffs.rules import Terms
from parking.web.driver.cards import directions_to

# The buttons that put the end of a reservation off.
_MORE_MINUTES = (30, 60, 120)
# How long before the last exit a driver inside is warned.
_NEAR = timedelta(hours=1)


@dataclass(frozen=True)
class Ticket:
    """A booking with its bill and newest payment order; when it is over, with what was paid, refunded and is owed.

    `in_review` is an order whose money came but does not fit: a person checks it, and nobody is to pay again.
    """

    session: ParkingSession
    terms: Terms
    bill: RunningBill
    offer: CancellationOffer
    order: PaymentOrder | None
    in_review: PaymentOrder | None
    payments: list[Payment]
    refunds: list[Refund]
    now: datetime
    debt: Debt | None = None

    @property
    def stage(self) -> str:
        """Return what is next.

        FEE (the booking fee is not paid yet), RESERVED (no slot yet), READY to enter, INSIDE, COVERED (paid ahead) or
        OVER.
        """
        if self.session.status == SessionStatus.BOOKED:
            if self.session.bill.paid < self.terms.booking_fee:
                return "FEE"
            return "RESERVED" if self.session.is_waiting else "READY"
        if self.session.status == SessionStatus.ACTIVE:
            return "COVERED" if self.bill.frozen_until and self.bill.due == ZERO else "INSIDE"
        return "OVER"

    @property
    def to_pay(self) -> Decimal:
        """Return what a payment would take now (rupees)."""
        if self.stage == "OVER":
            return self.debt.amount if self.debt else ZERO
        return self.terms.booking_fee - self.session.bill.paid if self.stage == "FEE" else self.bill.due

    @property
    def can_pay(self) -> bool:
        """Return whether the page for paying is of use: before the entry for the fee, inside, and for what is owed."""
        return self.stage in {"FEE", "INSIDE"} or self.to_pay > ZERO

    @property
    def is_waited_for(self) -> bool:
        """Return whether the car left without paying all, and nobody calls that a debt yet."""
        return self.debt is not None and self.debt.is_waited_for(self.now)

    @property
    def until(self) -> datetime | None:
        """Return the next deadline of the driver: to pay, to enter, to leave."""
        moments = {"FEE": self.session.pay_by, "READY": self.session.enter_by, "COVERED": self.bill.frozen_until}
        return moments.get(self.stage)

    @property
    def left_percent(self) -> int:
        """Return how much of the time to pay or to enter is left."""
        if self.until is None or self.until <= self.session.booked_at:
            return 0
        return max(min(100 * (self.until - self.now) // (self.until - self.session.booked_at), 100), 0)

    @property
    def is_late(self) -> bool:
        return self.until is not None and self.now > self.until

    @property
    def shows_code(self) -> bool:
        """Return whether the code opens a gate, as far as we know."""
        return self.stage in {"RESERVED", "READY", "INSIDE", "COVERED"}

    @property
    def enter_from(self) -> datetime:
        """Return when the car of a reservation may come in."""
        return claimed_from(self.session.starts_at, self.session.zone.site_id)

    @property
    def later_ends(self) -> list[datetime]:
        """Return the later ends that are offered with one press."""
        return list(extensions(self.session, _MORE_MINUTES, self.now)) if self.stage != "FEE" else []

    @property
    def picture(self) -> str:
        """Return the QR code as a data URI."""
        return qr_data_uri(self.session.qr_code)

    @property
    def directions(self) -> str:
        return directions_to(self.session.zone) if self.stage in {"FEE", "RESERVED", "READY"} else ""

    @property
    def last_exit(self) -> time | None:
        """Return the time of day after which no car gets out, while this one is inside."""
        return self.session.zone.site.last_exit_at if self.stage in {"INSIDE", "COVERED"} else None

    @property
    def last_exit_is_near(self) -> bool:
        """Return whether the last exit is within the hour."""
        if self.last_exit is None:
            return False
        local = self.now.astimezone(ZoneInfo(self.session.zone.site.time_zone))
        left = datetime.combine(local, self.last_exit, local.tzinfo) - local
        return timedelta() <= left <= _NEAR or timedelta() <= left + timedelta(days=1) <= _NEAR

    @property
    def closes_before(self) -> time | None:
        """Return when the car park or zone closes, if that is before the time to come is over."""
        closed = closed_place(self.session.zone, self.session.enter_by) if self.stage in {"FEE", "READY"} else None
        return closed.closes_at if closed else None

    @property
    def covers_minutes(self) -> int:
        return PAID_AHEAD_MINUTES.at(self.session.zone.site_id)

    @property
    def kept_later(self) -> Decimal:
        """Return what is kept of the money (rupees) when the time for a refund is over."""
        return self.offer.refund + self.offer.kept

    @property
    def refund_state(self) -> str:
        """Return DONE, UNDER_WAY or LOOKED_AFTER (by a person) for the refunded money; empty without any."""
        states = {refund.status for refund in self.refunds}
        if not states:
            return ""
        if states == {RefundStatus.COMPLETED}:
            return "DONE"
        return "LOOKED_AFTER" if states & {RefundStatus.FAILED, RefundStatus.REVIEW} else "UNDER_WAY"

    @property
    def going_back(self) -> Decimal:
        return self.session.bill.refunded


def ticket_of(session: ParkingSession, *, now: datetime) -> Ticket:
    """Return the ticket of a booking, in two statements while it is open, four when it is over, five if it is owed."""
    over, bill = not session.is_open, running_bill(session, now)
    return Ticket(
        session=session,
        terms=terms_of(session),
        bill=bill,
        offer=cancellation_offer(session, now),
        order=latest_orders([session.bill_id]).get(session.bill_id),
        in_review=orders_in_review([session.bill_id]).get(session.bill_id),
        payments=list(Payment.objects.filter(bill_id=session.bill_id).order_by("pk")) if over else [],
        refunds=list(Refund.objects.filter(payment__bill_id=session.bill_id).owed().order_by("pk")) if over else [],
        now=now,
        debt=open_debt(session.bill_id) if over and bill.due > ZERO else None,
    )


@dataclass(frozen=True)
class Row:
    """A booking in a list of the driver's, with its state as the driver sees it (a code with a word)."""

    session: ParkingSession
    state: str


def rows_of(sessions: Iterable[ParkingSession]) -> list[Row]:
    """Return bookings as rows: CHECKED while a payment is being checked, FEE while the booking fee is to be paid."""
    rows = list(sessions)
    checked = orders_in_review([session.bill_id for session in rows])
    return [Row(session, "CHECKED" if session.bill_id in checked else _state(session)) for session in rows]


def _state(session: ParkingSession) -> str:
    unpaid = session.status == SessionStatus.BOOKED and session.bill.paid < terms_of(session).booking_fee
    return "FEE" if unpaid else session.status


def hangs(order: PaymentOrder, *, now: datetime) -> bool:
    """Return whether a payment waits for longer than payers usually need."""
    return now - order.created_at > timedelta(minutes=3)
