"""What a bill of each kind is for, and what its money brings about.

Settling knows bills and orders; the owner of a bill says how it is locked, and what happens when its order is paid or
refused. A new kind of bill is a new line of the table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from parking.audit import services as audit
from parking.checkout import collecting, ending, organisation_orders, pass_money
from parking.checkout.queries import is_refused_at_booking
from parking.checkout.second_payments import send_second_back
from parking.core.actor import SYSTEM, Actor
from parking.core.money import ZERO
from parking.core.site_settings import PAID_AHEAD_MINUTES
from parking.offers import points
from parking.payments import bills, orders
from parking.payments.events import OrderFailed, OrderToReview, PaymentCaptured
from parking.payments.models import Bill, BillKind, OrderPurpose, Payment, PaymentOrder, Refund
from parking.payments.orders import Found
from parking.payments.queries import Frozen, paid_already, state_of
from parking.stays import access
from parking.stays.access import OfBill
from parking.stays.marks import Mark
from parking.stays.models import EndReason, ParkingSession, SessionStatus


class Billed(Protocol):
    """What a bill is for, with the bill."""

    @property
    def bill(self) -> Bill: ...


Subject = TypeVar("Subject", bound=Billed)


@dataclass(frozen=True)
class Owner(Generic[Subject]):
    """What a bill of one kind is for.

    `lock` takes the id of a bill and locks it with what it is for. `paid` counts a payment in that was written for an
    order, acts on it, and answers the refunds to be sent; `paid_twice` does so with one that was written for an order
    which another payment had paid; `failed` acts on an order that the gateway refused, `differs` on one whose money is
    not the order's, `refunded` on a refund that was written or taken back. Each records what happened. `about` is the
    subject of events about its money, `may_see` says whether an actor may pay the bill of this id and see how that
    stands.
    """

    lock: Callable[[int], Subject]
    paid: Callable[[Subject, Payment, Found, datetime], tuple[Refund, ...]]
    paid_twice: Callable[[Subject, Payment, datetime], Refund]
    failed: Callable[[Subject, PaymentOrder, datetime], None]
    differs: Callable[[Subject, PaymentOrder, datetime], None]
    about: Callable[[Subject], dict[str, int]]
    may_see: Callable[[int, Actor], bool]
    refunded: Callable[[Subject, datetime], None]


def owner_of(bill: Bill) -> Owner[Any]:
    """Return the owner of a bill, by its kind."""
    return _OWNERS[BillKind(bill.kind)]


def lock_owner(bill: Bill) -> tuple[Billed, dict[str, int]]:
    """Lock what a bill is for with it, inside a transaction; return it and the subject of events about its money."""
    owner = owner_of(bill)
    subject = owner.lock(bill.pk)
    return subject, owner.about(subject)


def after_refund(subject: Billed, now: datetime) -> None:
    """Let what a bill is for follow a refund of its money, which was written or taken back."""
    owner_of(subject.bill).refunded(subject, now)


# --- A stay ------------------------------------------------------------------------------------------


def _lock_stay(bill_id: int) -> ParkingSession:
    return access.lock(OfBill(bill_id), SYSTEM)


def _stay_paid(session: ParkingSession, payment: Payment, found: Found, now: datetime) -> tuple[Refund, ...]:
    order = payment.order
    if order is None:
        raise ValueError("only the payment of an order is settled")
    state = state_of(session.bill, now=now)
    if not session.is_open:
        pays_debt = order.purpose == OrderPurpose.DEBT or Mark.PAY_LATER in session.marks
        if pays_debt and collecting.credit(session.bill, payment, now):
            _record_captured(session, order, (), now)
            return ()
        return _money_too_late(session, payment, order, now)
    if order.purpose in ending.ENDS_STAY and found == Found.WAITING and isinstance(state, Frozen):
        # The end of the stay is in the record with its order; the payment needs no line of its own.
        reason = EndReason.EXIT if order.purpose == OrderPurpose.EXIT else EndReason.TERMINATED
        return ending.complete(
            session=session, charge=state.charge, method="ONLINE", reason=reason, payment=payment, now=now
        ).refunds
    first = paid_already(bill=session.bill, payment=payment)
    if first is not None:
        return (_goes_back(session, payment, order, first, now),)
    frozen_until = session.bill.frozen_until
    if order.purpose == OrderPurpose.AHEAD and isinstance(state, Frozen):
        frozen_until = now + timedelta(minutes=PAID_AHEAD_MINUTES.at(session.zone.site_id))
    bills.credit(bill=session.bill, payment=payment, frozen_until=frozen_until)
    if order.purpose == OrderPurpose.FEE and found == Found.GIVEN_UP:
        # The fee is here: nobody waits any longer for the order that took this one's place.
        orders.give_up(bill=session.bill, now=now)
    _record_captured(session, order, (), now)
    return ()


def _money_too_late(
    session: ParkingSession, payment: Payment, order: PaymentOrder, now: datetime
) -> tuple[Refund, ...]:
    refund = bills.return_payment(bill=session.bill, payment=payment, reason="Paid after the stay had ended", now=now)
    _record_captured(session, order, (refund,), now)
    return (refund,)


def _stay_paid_twice(session: ParkingSession, payment: Payment, now: datetime) -> Refund:
    order = payment.second_of
    if order is None:
        raise ValueError("only a second payment is settled so")
    return _goes_back(session, payment, order, Payment.objects.get(order=order), now)


def _goes_back(session: ParkingSession, payment: Payment, order: PaymentOrder, first: Payment, now: datetime) -> Refund:
    return send_second_back(session.bill, _about_stay(session), payment=payment, order=order, first=first, now=now)


def _about_stay(session: ParkingSession) -> dict[str, int]:
    return {"session_id": session.pk}


def _stay_seen(bill_id: int, actor: Actor) -> bool:
    return access.may_see(OfBill(bill_id), actor)


def _record_captured(session: ParkingSession, order: PaymentOrder, refunds: tuple[Refund, ...], now: datetime) -> None:
    captured = PaymentCaptured(
        session_id=session.pk,
        order_id=order.order_id,
        purpose=order.purpose,
        amount=order.amount,
        refunds=tuple(refund.refund_id for refund in refunds),
    )
    audit.record(SYSTEM, captured, now)


def _stay_not_paid(session: ParkingSession, order: PaymentOrder, now: datetime) -> None:
    audit.record(SYSTEM, OrderFailed(session_id=session.pk, order_id=order.order_id, purpose=order.purpose), now)
    unpaid = session.status == SessionStatus.BOOKED and session.bill.captured == ZERO
    if order.purpose == OrderPurpose.FEE and unpaid and is_refused_at_booking(order):
        ending.expire(session=session, reason=EndReason.UNPAID, actor=SYSTEM, now=now)


def _stay_paid_otherwise(session: ParkingSession, order: PaymentOrder, now: datetime) -> None:
    review = OrderToReview(
        session_id=session.pk, order_id=order.order_id, purpose=order.purpose, amount=order.amount, refunds=()
    )
    audit.record(SYSTEM, review, now)


_OWNERS: dict[BillKind, Owner[Any]] = {
    BillKind.STAY: Owner(
        lock=_lock_stay,
        paid=_stay_paid,
        paid_twice=_stay_paid_twice,
        failed=_stay_not_paid,
        differs=_stay_paid_otherwise,
        about=_about_stay,
        may_see=_stay_seen,
        refunded=points.follow_refund,
    ),
    BillKind.PASS: Owner(
        lock=pass_money.lock,
        paid=pass_money.paid,
        paid_twice=pass_money.paid_twice,
        failed=pass_money.failed,
        differs=pass_money.differs,
        about=pass_money.about,
        may_see=pass_money.may_see,
        refunded=pass_money.refunded,
    ),
    BillKind.ORGANISATION: Owner(
        lock=organisation_orders.lock,
        paid=organisation_orders.paid,
        paid_twice=organisation_orders.paid_twice,
        failed=organisation_orders.failed,
        differs=organisation_orders.differs,
        about=organisation_orders.about,
        may_see=organisation_orders.may_see,
        refunded=organisation_orders.refunded,
    ),
}
