"""A holder's choice that a gateway charges the renewals of a pass, and its end; calls no gateway but to begin."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.mandate_following import follow_mandate
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import Refused, Unavailable
from parking.passes import mandates
from parking.passes import services as passes
from parking.passes.events import PassMandateAsked, PassMandateEnding
from parking.passes.mandate_models import Mandate, MandateStatus
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import pass_again, waiting_period
from parking.payments.gateways import registry


def may_begin(subscription: Subscription, now: datetime) -> bool:
    """Return whether the holder of a pass may give a mandate now."""
    is_open = subscription.status == PassStatus.ACTIVE and subscription.auto_renew
    in_time = now + mandates.NOTICE <= subscription.ends_at
    return registry.mandates_on() and is_open and in_time and mandates.can_be_charged(subscription.plan)


def next_price(subscription: Subscription) -> Decimal:
    """Return what the next renewal costs: what is due on it, or the plan's present price."""
    waiting = waiting_period(subscription.periods.all())
    return Decimal(waiting.bill.due if waiting is not None else subscription.plan.price)


def begin_mandate(*, actor: Actor, subscription: Subscription, now: datetime) -> Subscription:
    """Ask the gateway for a mandate over the renewals of a pass, or go on with the one that waits for consent.

    Raises Refused `mandates_off`, `mandate_not_possible`, `mandate_ending`, `mandate_refused`. Where the gateway is
    silent the mandate waits, and the worker asks again.
    """
    if not registry.mandates_on():
        raise Refused("mandates_off", "Renewals are not charged by mandate here")
    with transaction.atomic(durable=True):
        held = passes.lock_pass(subscription.pk)
        passes.refuse_over(held)
        mandate = mandates.mandate_of(held)
        if mandate is not None and mandate.status == MandateStatus.ENDING:
            raise Refused("mandate_ending", "The last mandate is being ended; try again in a minute")
        is_new = mandate is None
        if mandate is None:
            mandate = _opened(actor, held, now)
    # Of several taps one asks the gateway: two that ask whether it has the mandate both hear no, and both make it.
    if is_new or (mandate.status == MandateStatus.ASKED and _may_ask_again(mandate, now)):
        _send(mandate, is_new, now)
    return pass_again(subscription)


def _may_ask_again(mandate: Mandate, now: datetime) -> bool:
    due = mandate.next_check_at
    return due is not None and due <= now and mandates.claim_check(mandate=mandate, now=now)


def _opened(actor: Actor, held: Subscription, now: datetime) -> Mandate:
    if not may_begin(held, now):
        raise Refused(
            "mandate_not_possible",
            "A mandate needs a pass of a week, a month or a quarter that is to be renewed and runs 24 hours more",
        )
    mandate = mandates.open_mandate(subscription=held, amount=next_price(held), now=now)
    asked = PassMandateAsked(
        pass_id=held.pk, mandate=mandate.number, amount=mandate.amount, starts_at=mandate.starts_at.isoformat()
    )
    audit.record(actor, asked, now)
    return mandate


def _send(mandate: Mandate, is_new: bool, now: datetime) -> None:
    try:
        follow_mandate(mandate=mandate, now=now, fresh=is_new, is_awaited=True)
    except Unavailable:
        return
    mandate.refresh_from_db()
    if mandate.status == MandateStatus.ENDED:
        raise Refused("mandate_refused", "The payment gateway does not take this mandate")


def end_mandate(*, actor: Actor, subscription: Subscription, now: datetime) -> Subscription:
    """End the mandate of a pass, if it has one: the worker cancels it at the gateway, until the gateway says so."""
    with transaction.atomic():
        held = passes.lock_pass(subscription.pk)
        end_locked(actor=actor, subscription=held, reason="holder", now=now)
    return pass_again(subscription)


def end_locked(*, actor: Actor, subscription: Subscription, reason: str, now: datetime) -> None:
    """End the mandate of a pass that is locked, if it has one that is open."""
    mandate = mandates.mandate_of(subscription)
    if mandate is None or not mandate.is_open:
        return
    was_given = mandate.status == MandateStatus.HELD
    mandates.begin_end(mandate=mandate, reason=reason, now=now)
    ending = PassMandateEnding(
        pass_id=subscription.pk,
        mandate=mandate.number,
        reason=reason,
        was_given=was_given,
        ends_at=subscription.ends_at.isoformat(),
    )
    audit.record(actor, ending, now)


def end_unwanted(*, now: datetime) -> int:
    """End the mandates of passes that are over or not to be renewed any more; answers how many. Safe to repeat."""
    ended = 0
    for row in mandates.unwanted_mandates():
        with transaction.atomic(durable=True):
            held = passes.lock_pass(row.subscription_id)
            if held.status != PassStatus.ACTIVE or not held.auto_renew:
                end_locked(actor=SYSTEM, subscription=held, reason="not_renewed", now=now)
                ended += 1
    return ended


def refuse_to_pay(*, actor: Actor, subscription: Subscription, now: datetime) -> None:
    """Raise Refused `charged_by_mandate` where the gateway will charge a renewal that somebody wants to pay.

    A mandate whose charge failed ends by that, so that nobody pays twice. The pass must be locked.
    """
    mandate = mandates.mandate_of(subscription)
    if mandate is not None and mandate.charges_alone:
        raise Refused("charged_by_mandate", "This renewal is charged by mandate; end the mandate to pay it yourself")
    end_locked(actor=actor, subscription=subscription, reason="paid_otherwise", now=now)


def confirm_return(*, subscription: Subscription, payment_id: str, signature: str, now: datetime) -> Subscription:
    """Read the mandate of a pass after a checkout that the gateway signed. Raises Refused `signature_invalid`."""
    mandate = mandates.mandate_of(subscription)
    gateway_id = mandate.gateway_id if mandate is not None else ""
    genuine = registry.mandates().return_is_genuine(gateway_id=gateway_id, payment_id=payment_id, signature=signature)
    if mandate is None or not genuine:
        raise Refused("signature_invalid", "This was not signed by the payment gateway")
    follow_mandate(mandate=mandate, now=now, consent=payment_id, is_awaited=True)
    return pass_again(subscription)


def look_again(*, subscription: Subscription, now: datetime) -> None:
    """Ask the gateway after the mandate of a pass, for a holder who comes back from its page. Raises Unavailable."""
    mandate = mandates.mandate_of(subscription)
    if mandate is not None:
        follow_mandate(mandate=mandate, now=now, is_awaited=True)
