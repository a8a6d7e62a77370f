"""What the money of a pass brings about: settling comes here for bills of the kind PASS (`checkout.owners`)."""

from datetime import datetime

from parking.audit import services as audit
from parking.checkout.kept_slots import keep_again_for
from parking.checkout.queries import is_refused_at_booking
from parking.checkout.second_payments import send_second_back
from parking.core.actor import SYSTEM, Actor
from parking.core.money import ZERO
from parking.passes import services as passes
from parking.passes.events import PassGivenUp, PassPaid, PassRestored
from parking.passes.mandate_models import MandateCharge
from parking.passes.models import PassPeriod, PassStatus, Subscription
from parking.payments import bills, orders
from parking.payments.events import OrderFailed, OrderToReview, PaymentCaptured
from parking.payments.models import Payment, PaymentOrder, Refund, RefundStatus
from parking.payments.orders import Found
from parking.payments.queries import charge_of
from parking.tariffs.rules import Charge


def lock(bill_id: int) -> PassPeriod:
    """Lock the plates of a pass, the pass, and the period and bill that are paid."""
    passes.lock_with_vehicles(PassPeriod.objects.values_list("subscription_id", flat=True).get(bill_id=bill_id))
    return passes.lock_period(bill_id)


def about(period: PassPeriod) -> dict[str, int]:
    """Return the subject of events about the money of a pass."""
    return {"pass_id": period.subscription_id}


def may_see(bill_id: int, actor: Actor) -> bool:
    """Return whether somebody may pay the bill of a pass: its driver, and staff of its site."""
    held = Subscription.objects.filter(periods__bill_id=bill_id).select_related("plan").first()
    if held is None:
        return False
    is_own = actor.user_id is not None and held.driver_id == actor.user_id
    return is_own or (actor.sees_work and actor.works_at(held.plan.site_id))


def paid(period: PassPeriod, payment: Payment, _found: Found, now: datetime) -> tuple[Refund, ...]:
    """Count the money of an order in: the pass holds. What comes for one that is over or paid goes back.

    So does what comes for a time that a paid pass of the plate has by now, and for a renewal after its days of grace,
    also where no sweep has ended the pass yet.
    """
    order = payment.order
    if order is None:
        raise ValueError("only the payment of an order is settled")
    if period.bill.closed_at is None and (passes.is_taken(period) or passes.is_too_late(period, now)):
        _end_unpaid(period, now)
    if period.bill.closed_at is None:
        closed = bills.close(
            bill=period.bill,
            charge=charge_of(period.bill),
            refund_reason="Paid more than the pass costs",
            payment=payment,
            now=now,
        )
        orders.give_up(bill=period.bill, now=now)
        note_paid(period, actor=SYSTEM, order=order, now=now)
        return closed.refunds
    first = Payment.objects.filter(bill=period.bill, order__isnull=False).exclude(pk=payment.pk).order_by("pk").first()
    by_mandate = MandateCharge.objects.filter(order=order).exists()
    # What a mandate took for nothing goes back by itself: its holder did not even press a button.
    if period.paid_at is not None and first is not None and not by_mandate:
        refund = send_second_back(period.bill, about(period), payment=payment, order=order, first=first, now=now)
        return (refund,)
    refund = bills.return_payment(bill=period.bill, payment=payment, reason="Paid after the pass was over", now=now)
    captured = PaymentCaptured(
        **about(period),
        order_id=order.order_id,
        purpose=order.purpose,
        amount=order.amount,
        refunds=(refund.refund_id,),
    )
    audit.record(SYSTEM, captured, now)
    return (refund,)


def note_paid(period: PassPeriod, *, actor: Actor, order: PaymentOrder | None, now: datetime) -> None:
    """Let a pass hold for a period whose bill was closed, and record it."""
    passes.mark_paid(period=period, now=now)
    event = PassPaid(
        pass_id=period.subscription_id,
        period=period.number,
        amount=period.bill.charged,
        order_id=order.order_id if order else None,
        ends_at=period.ends_at.isoformat(),
    )
    audit.record(actor, event, now)


def paid_twice(period: PassPeriod, payment: Payment, now: datetime) -> Refund:
    """Write down that a second payment of an order goes back."""
    order = payment.second_of
    if order is None:
        raise ValueError("only a second payment is settled so")
    first = Payment.objects.get(order=order)
    return send_second_back(period.bill, about(period), payment=payment, order=order, first=first, now=now)


def failed(period: PassPeriod, order: PaymentOrder, now: datetime) -> None:
    """Note that a gateway refused an order; one refused in answer to the purchase itself ends the pass."""
    audit.record(SYSTEM, OrderFailed(**about(period), order_id=order.order_id, purpose=order.purpose), now)
    if period.subscription.status == PassStatus.PENDING and is_refused_at_booking(order):
        give_up(period, now, reason="declined")


def give_up(period: PassPeriod, now: datetime, *, actor: Actor = SYSTEM, reason: str = "not_paid") -> None:
    """End a pass that was never paid; period, bill and pass must be locked. For `reason` see `PassGivenUp`."""
    close_unpaid(period, now)
    passes.give_up(subscription=period.subscription, now=now)
    audit.record(actor, PassGivenUp(pass_id=period.subscription_id, reason=reason), now)


def _end_unpaid(period: PassPeriod, now: datetime) -> None:
    if period.subscription.status == PassStatus.PENDING:
        give_up(period, now)
    else:
        close_unpaid(period, now)


def close_unpaid(period: PassPeriod, now: datetime) -> None:
    """Close the bill of a period that nobody pays any more. Money that still comes goes back."""
    orders.give_up(bill=period.bill, now=now)
    bills.close(bill=period.bill, charge=Charge(()), refund_reason="Not needed any more", now=now)


def differs(period: PassPeriod, order: PaymentOrder, now: datetime) -> None:
    """Note that money came which is not the order's."""
    review = OrderToReview(
        **about(period), order_id=order.order_id, purpose=order.purpose, amount=order.amount, refunds=()
    )
    audit.record(SYSTEM, review, now)


def refunded(period: PassPeriod, now: datetime) -> None:
    """Let a pass run on that was cancelled, where a second person refused that its money goes back.

    Raises Refused `pass_overlap` if another pass took its place meanwhile; `no_slot_to_keep`.
    """
    held = period.subscription
    if held.status != PassStatus.CANCELLED or held.ended_at is None or period.bill.refunded > ZERO:
        return
    with_the_end = Refund.objects.filter(
        payment__bill=period.bill, status=RefundStatus.REFUSED, created_at=held.ended_at
    )
    if with_the_end.exists():
        keep_again_for(held, now)
        passes.restore(subscription=held, now=now)
        restored = PassRestored(pass_id=held.pk, ends_at=held.ends_at.isoformat(), slot_id=held.slot_id)
        audit.record(SYSTEM, restored, now)
