"""What drivers are told about their stays and their money."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from parking.checkout import (
    document_mails,
    last_exits,
    left_behind,
    objection_renderers,
    organisation_renderers,
    pass_renderers,
    refund_renderers,
    reservation_renderers,
    slip_messages,
)
from parking.checkout.driver_messages import PAID, REFUNDED, to_driver
from parking.checkout.notice_documents import attached_documents
from parking.core.money import ZERO
from parking.notifications.attachments import register_attachment
from parking.notifications.kinds import NO_SLOT, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel
from parking.notifications.rendering import register_renderer
from parking.offers.events import PointsLapsed
from parking.payments.events import (
    OrderPaidTwice,
    PaymentCaptured,
    PaymentRefunded,
    RefundApproved,
    RefundMoved,
    SecondPaymentSentBack,
)
from parking.payments.models import OrderPurpose, Payment, Refund, RefundStatus
from parking.stays.events import (
    SessionBooked,
    SessionCancelled,
    SessionEntered,
    SessionExited,
    SessionExpired,
    SessionTerminated,
    WaitingEnded,
)
from parking.stays.models import EndReason, ParkingSession
from parking.stays.waiting_models import WaitingEntry, WaitingState

TEXT, MONEY, TIME = ValueType.TEXT, ValueType.MONEY, ValueType.TIME
_PLACE = {"plate": ValueType.PLATE, "zone": TEXT, "site": TEXT}
_TICKET = _("Open the ticket")
_KEPT = _("Kept: %(kept)s.")
MAIL_ONLY = frozenset({Channel.MAIL})
# By choice: told in the application alone until somebody wants more.
NOT_SENT: frozenset[Channel] = frozenset()

# --- Kinds ---------------------------------------------------------------------------------------------

BOOKED = Kind(
    "booked",
    _("%(plate)s is booked at %(zone)s"),
    _("Slot %(slot)s of %(zone)s, %(site)s is reserved for %(plate)s. Please come by %(enter_by)s."),
    {**_PLACE, "slot": TEXT, "enter_by": TIME, "amount": MONEY},
    sums={"amount": PAID},
    unnumbered=(
        _("%(plate)s is booked at %(zone)s"),
        _("A place at %(zone)s, %(site)s is reserved for %(plate)s. Please come by %(enter_by)s."),
    ),
    button=_TICKET,
    name=_("Booking confirmed"),
)
PAYMENT_RECEIVED = Kind(
    "payment_received",
    _("We received %(amount)s"),
    _("Your payment of %(amount)s for %(plate)s at %(zone)s, %(site)s was received."),
    {**_PLACE, "amount": MONEY},
    button=_TICKET,
    name=_("Payment received"),
)
REFUND_WRITTEN = Kind(
    "refund_written",
    _("%(amount)s will be refunded"),
    _("%(amount)s for %(plate)s at %(zone)s, %(site)s will be refunded by the way you paid."),
    {**_PLACE, "amount": MONEY},
    button=_TICKET,
    name=_("Refund started"),
)
REFUND_DONE = Kind(
    "refund_done",
    _("%(amount)s was refunded"),
    _("The refund of %(amount)s for %(plate)s at %(zone)s, %(site)s is complete. Banks can take some days to show it."),
    {**_PLACE, "amount": MONEY},
    button=_TICKET,
    name=_("Refund complete"),
)
CANCELLED = Kind(
    "cancelled",
    _("The booking of %(plate)s is cancelled"),
    _("The booking of %(plate)s at %(zone)s, %(site)s is cancelled."),
    {**_PLACE, "refund": MONEY, "kept": MONEY},
    sums={"refund": REFUNDED, "kept": _KEPT},
    button=_TICKET,
    name=_("Booking cancelled"),
)
NO_SHOW = Kind(
    "no_show",
    _("The booking of %(plate)s has expired"),
    _("%(plate)s did not come to %(zone)s, %(site)s in time, so the slot was released."),
    {**_PLACE, "kept": MONEY},
    sums={"kept": _KEPT},
    button=_TICKET,
    name=_("Booking expired"),
)
HOLD_EXPIRED = Kind(
    "hold_expired",
    _("The booking of %(plate)s was not paid"),
    _("The fee for %(plate)s at %(zone)s, %(site)s was not paid in time, so the slot was released. You owe nothing."),
    _PLACE,
    button=_TICKET,
    name=_("Booking not paid in time"),
)
ENTERED = Kind(
    "entered",
    _("%(plate)s has entered %(zone)s"),
    _("%(plate)s entered %(zone)s, %(site)s on %(at)s."),
    {**_PLACE, "at": TIME},
    channels=NOT_SENT,
    button=_TICKET,
    name=_("Vehicle entered"),
)
LEFT = Kind(
    "left",
    _("%(plate)s has left %(zone)s: %(total)s"),
    _("%(plate)s left %(zone)s, %(site)s on %(at)s."),
    {**_PLACE, "at": TIME, "total": MONEY},
    sums={"total": _("The parking cost %(total)s.")},
    free_title=_("%(plate)s has left %(zone)s"),
    channels=MAIL_ONLY,
    button=_TICKET,
    name=_("Vehicle left, with the bill"),
)
PAID_TWICE = Kind(
    "paid_twice",
    _("%(amount)s was paid twice"),
    _("A second payment of %(amount)s came for %(plate)s at %(zone)s, %(site)s. You get it back; you need do nothing."),
    {**_PLACE, "amount": MONEY},
    button=_TICKET,
    name=_("Paid twice"),
)
PAID_LATE = Kind(
    "paid_late",
    _("%(amount)s came too late and is refunded"),
    _("Your payment of %(amount)s for %(plate)s at %(zone)s, %(site)s came when nothing was due. It is refunded."),
    {**_PLACE, "amount": MONEY},
    button=_TICKET,
    name=_("Payment that came too late"),
)
POINTS_LAPSED = Kind(
    "points_lapsed",
    _("%(points)s of your points have lapsed"),
    _("%(points)s points were not used in time and have lapsed. See what you still have, and until when."),
    {"points": ValueType.NUMBER},
    channels=MAIL_ONLY,
    button=_("See the points"),
    name=_("Points lapsed"),
)
DEBT_OPENED = Kind(
    "debt_opened",
    _("%(debt)s of the parking of %(plate)s is unpaid"),
    _("Of %(total)s for %(plate)s at %(zone)s, %(site)s, %(debt)s is unpaid. Pay it online, or object to it."),
    {**_PLACE, "total": MONEY, "debt": MONEY},
    button=_("See what is unpaid"),
    name=_("Unpaid amount"),
)

for _kind in (
    BOOKED,
    PAYMENT_RECEIVED,
    PAID_TWICE,
    PAID_LATE,
    CANCELLED,
    REFUND_WRITTEN,
    REFUND_DONE,
    NO_SHOW,
    HOLD_EXPIRED,
    ENTERED,
    LEFT,
    DEBT_OPENED,
    POINTS_LAPSED,
):
    register_kind(_kind)

# --- Messages ------------------------------------------------------------------------------------------


def _stay(session_id: int | None) -> ParkingSession | None:
    """Return a stay; None for the money of something else."""
    return None if session_id is None else ParkingSession.objects.whole().filter(pk=session_id).first()


def _stay_of_bill(bill_id: int) -> ParkingSession | None:
    return ParkingSession.objects.whole().filter(bill_id=bill_id).first()


def _document(payment: Payment | None) -> str:
    return "" if payment is None else f"payment:{payment.pk}"


# --- Bookings ------------------------------------------------------------------------------------------


def _is_free(event: SessionBooked) -> bool:
    """Return whether nothing is to be paid first; a booking with a fee is told when the fee has come."""
    return event.fee == ZERO


def render_booked(event: SessionBooked, _at: datetime) -> Iterable[Message]:
    session = _stay(event.session_id)
    # An offer of the waiting list is told as such, and is no booking before it is accepted.
    return [] if session is None or session.pay_by is not None else _booked_free(session)


def _is_taken(event: WaitingEnded) -> bool:
    return event.state == WaitingState.TAKEN


def render_taken(event: WaitingEnded, _at: datetime) -> Iterable[Message]:
    """Tell of an offer that was accepted; one with a fee is told when the fee has come."""
    entry = WaitingEntry.objects.filter(pk=event.waiting_id).first()
    session = _stay(entry.session_id) if entry else None
    return [] if session is None or session.bill.captured > ZERO else _booked_free(session)


def _booked_free(session: ParkingSession) -> list[Message]:
    """Return the confirmation of a booking without a fee, which the booking tells or the end of the waiting."""
    return [replace(message, fact=f"booked:{session.pk}") for message in _booked(session, ZERO, "")]


def _booked(session: ParkingSession | None, amount: Decimal, attachment: str) -> list[Message]:
    if session is None:
        return []
    if session.is_waiting:
        return reservation_renderers.reserved(session, amount, attachment)
    slot = session.slot_number or NO_SLOT
    return to_driver(session, BOOKED, attachment=attachment, slot=slot, enter_by=session.enter_by, amount=amount)


def render_cancelled(event: SessionCancelled, _at: datetime) -> Iterable[Message]:
    return to_driver(_stay(event.session_id), CANCELLED, refund=event.refund, kept=event.kept)


def render_expired(event: SessionExpired, _at: datetime) -> Iterable[Message]:
    session = _stay(event.session_id)
    if event.reason == EndReason.NO_SHOW:
        return to_driver(session, NO_SHOW, kept=event.kept)
    return to_driver(session, HOLD_EXPIRED)


# --- At the gate ---------------------------------------------------------------------------------------


def render_entered(event: SessionEntered, at: datetime) -> Iterable[Message]:
    return to_driver(_stay(event.session_id), ENTERED, at=at)


def render_left(event: SessionExited | SessionTerminated, at: datetime) -> Iterable[Message]:
    session = _stay(event.session_id)
    if event.debt > ZERO:
        return to_driver(session, DEBT_OPENED, total=event.total, debt=event.debt, path="/debts/")
    last = None if session is None else Payment.objects.filter(bill_id=session.bill_id).order_by("-pk").first()
    return to_driver(session, LEFT, attachment=_document(last), at=at, total=event.total)


# --- Money ---------------------------------------------------------------------------------------------


def render_captured(event: PaymentCaptured, _at: datetime) -> Iterable[Message]:
    """Tell of a payment. That which ends a stay has no event of its own, as the bill tells it."""
    if event.pass_id is not None:
        return _back_of_pass(event.pass_id, event.amount, *event.refunds) if event.refunds else []
    session = _stay(event.session_id)
    payment = Payment.objects.filter(order__order_id=event.order_id).first()
    if event.refunds:
        return to_driver(session, PAID_LATE, amount=event.amount)
    if event.purpose == OrderPurpose.FEE:
        return _booked(session, event.amount, _document(payment))
    return to_driver(session, PAYMENT_RECEIVED, attachment=_document(payment), amount=event.amount)


def _back_of_pass(pass_id: int, amount: Decimal, refund_id: str, *_more: str) -> list[Message]:
    of_organisation = organisation_renderers.money_back(pass_id, amount, refund_id)
    return of_organisation or pass_renderers.money_back(pass_id, amount, refund_id)


def render_paid_twice(event: OrderPaidTwice, _at: datetime) -> Iterable[Message]:
    if event.pass_id is not None and event.held:
        return pass_renderers.paid_twice(event.pass_id, event.amount)
    if event.pass_id is not None:
        return _back_of_pass(event.pass_id, event.amount, event.refund_id)
    return to_driver(_stay(event.session_id), PAID_TWICE, amount=event.amount)


def render_refund_written(event: PaymentRefunded | SecondPaymentSentBack, _at: datetime) -> Iterable[Message]:
    if event.pass_id is not None:
        return _back_of_pass(event.pass_id, event.amount, event.refund_id)
    return to_driver(_stay(event.session_id), REFUND_WRITTEN, amount=event.amount)


def _is_done(event: RefundMoved) -> bool:
    return event.status == RefundStatus.COMPLETED


def render_refund_done(event: RefundMoved | RefundApproved, _at: datetime) -> Iterable[Message]:
    """Tell once that a refund is done: two workers may hear of it from its gateway."""
    refund = Refund.objects.filter(refund_id=event.refund_id).select_related("payment").first()
    if refund is None:
        return []
    return [replace(message, fact=f"refund_done:{refund.pk}") for message in _refund_done(refund)]


def _refund_done(refund: Refund) -> list[Message]:
    attachment, bill_id = _document(refund.payment), refund.payment.bill_id
    if session := _stay_of_bill(bill_id):
        return to_driver(session, REFUND_DONE, attachment=attachment, amount=refund.amount)
    of_pass = pass_renderers.refund_done(bill_id, refund.amount, attachment)
    return of_pass or organisation_renderers.refund_done(bill_id, refund.amount)


def render_lapsed(event: PointsLapsed, _at: datetime) -> Iterable[Message]:
    return [Message(event.user_id, POINTS_LAPSED.code, {"points": event.points}, path="/points/")]


document_mails.register()
slip_messages.register()
pass_renderers.register()
reservation_renderers.register()
organisation_renderers.register()
left_behind.register()
last_exits.register()
objection_renderers.register()
refund_renderers.register()
register_attachment("payment", attached_documents)
register_renderer(SessionBooked, render_booked, when=_is_free)
register_renderer(SessionCancelled, render_cancelled)
register_renderer(SessionExpired, render_expired)
register_renderer(SessionEntered, render_entered)
register_renderer(SessionExited, render_left)
register_renderer(SessionTerminated, render_left)
register_renderer(WaitingEnded, render_taken, when=_is_taken)
register_renderer(PaymentCaptured, render_captured)
register_renderer(OrderPaidTwice, render_paid_twice)
register_renderer(SecondPaymentSentBack, render_refund_written)
register_renderer(PaymentRefunded, render_refund_written)
register_renderer(RefundMoved, render_refund_done, when=_is_done)
register_renderer(RefundApproved, render_refund_done)
register_renderer(PointsLapsed, render_lapsed)
