"""What becomes of a pass after it was bought: other vehicles, its renewal, and its end before the time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import pass_mandates, pass_money
from parking.checkout.hand_backs import ask_second_person
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import new_refund_id
from parking.core.money import ZERO
from parking.passes import exchanging
from parking.passes import services as passes
from parking.passes.events import PassCancelled, PassRenewalChosen, PassVehiclesChanged
from parking.passes.models import PassPeriod, PassStatus, Subscription
from parking.passes.queries import pass_again
from parking.passes.rules import WHOLE_REFUND_WITHIN
from parking.payments import bills
from parking.payments.asking import send_refunds
from parking.payments.models import Payment, Refund
from parking.payments.queries import left_of
from parking.stays.models import ParkingSession


def choose_renewal(*, actor: Actor, subscription: Subscription, auto_renew: bool, now: datetime) -> Subscription:
    """Let a pass be renewed at its end, or no longer. Raises Refused `pass_over`."""
    with transaction.atomic():
        held = passes.lock_pass(subscription.pk)
        passes.refuse_over(held)
        if held.auto_renew != auto_renew:
            passes.set_auto_renew(subscription=held, auto_renew=auto_renew)
            audit.record(actor, PassRenewalChosen(pass_id=held.pk, auto_renew=auto_renew), now)
        if not auto_renew:
            pass_mandates.end_locked(actor=actor, subscription=held, reason="not_renewed", now=now)
    return pass_again(subscription)


def change_vehicles(
    *, actor: Actor, subscription: Subscription, plates: tuple[str, ...], now: datetime
) -> Subscription:
    """Put other plates on a pass, from the next midnight on. Raises as `passes.exchanging.change_vehicles`."""
    with transaction.atomic():
        exchange = exchanging.change_vehicles(subscription_id=subscription.pk, plates=plates, now=now)
        if exchange.added or exchange.removed:
            event = PassVehiclesChanged(
                pass_id=subscription.pk,
                added=tuple(vehicle.pk for vehicle in exchange.added),
                removed=tuple(vehicle.pk for vehicle in exchange.removed),
                from_at=exchange.from_at.isoformat(),
            )
            audit.record(actor, event, now)
    return pass_again(subscription)


# --- The end before its time -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Ended:
    """A pass that was cancelled, and what goes back of its money (rupees)."""

    subscription: Subscription
    refund: Decimal


def is_refundable(subscription: Subscription, now: datetime) -> bool:
    """Return whether all of a pass's money goes back: paid within 24 hours, once, and never used."""
    if subscription.status != PassStatus.ACTIVE:
        return False
    paid = [period.paid_at for period in subscription.periods.all() if period.paid_at is not None]
    in_time = len(paid) == 1 and now <= paid[0] + WHOLE_REFUND_WITHIN
    return in_time and not ParkingSession.objects.filter(subscription_id=subscription.pk).exists()


def cancel_pass(*, actor: Actor, subscription: Subscription, reason: str, now: datetime) -> Ended:
    """End a pass that was not paid yet, or one of the last 24 hours that was never used: all of its money goes back.

    Money of the counter goes back by hand, on a second person's word. Raises Refused `pass_over`,
    `pass_not_cancellable`.
    """
    refunds: list[Refund] = []
    with transaction.atomic(durable=True):
        held = passes.lock_pass(subscription.pk)
        passes.refuse_over(held)
        periods = passes.lock_periods(held)
        if held.status == PassStatus.PENDING:
            pass_money.give_up(periods[0], now, actor=actor, reason="holder")
            return Ended(pass_again(subscription), ZERO)
        if not is_refundable(held, now):
            raise Refused(
                "pass_not_cancellable", "A pass is cancelled within 24 hours of its payment, if it was never used"
            )
        refunds = _give_back(periods, actor, reason, now)
        amount = sum((refund.amount for refund in refunds), ZERO)
        passes.cancel(subscription=held, now=now)
        audit.record(actor, PassCancelled(pass_id=held.pk, refund=amount, reason=reason), now)
    send_refunds(refunds, now=now, fresh=True)
    return Ended(pass_again(subscription), amount)


def _give_back(periods: list[PassPeriod], actor: Actor, reason: str, now: datetime) -> list[Refund]:
    """Write down that all money of these periods goes back; bills that wait for money are closed."""
    written: list[Refund] = []
    for period in periods:
        if period.bill.closed_at is None:
            pass_money.close_unpaid(period, now)
        payments = Payment.objects.select_related("bill").filter(bill=period.bill).order_by("pk")
        written += [_refund(period, payment, actor, reason, now) for payment in payments if left_of(payment) > ZERO]
    return written


def _refund(period: PassPeriod, payment: Payment, actor: Actor, reason: str, now: datetime) -> Refund:
    refund = bills.refund_by_decision(
        bill=period.bill,
        payment=payment,
        amount=left_of(payment),
        reason=reason or "Pass cancelled",
        refund_id=new_refund_id(),
        asked_by_id=actor.user_id,
        now=now,
    )
    if refund.by_hand:
        ask_second_person(refund, pass_money.about(period), now)
    return refund
