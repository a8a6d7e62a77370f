"""Buying a pass: by its driver through a gateway, or at the counter, where it may cost nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parking.accounts.models import User
from parking.audit import services as audit
from parking.checkout import pass_mandates, pass_money
from parking.checkout.collecting import Collection, refuse_missing_proof, refuse_unknown_method, tender_of
from parking.checkout.kept_slots import keep_for, refuse_hoarding
from parking.checkout.organisation_money import name_customer
from parking.checkout.paying import Due, collect_with_page, refresh_order, sent_with_page, waiting_order
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused, Unavailable
from parking.core.idempotency import RequestKey
from parking.core.ids import new_pass_code
from parking.core.money import ZERO
from parking.passes import services as passes
from parking.passes.events import PassBought
from parking.passes.models import Organisation, PassPeriod, PassStatus, Subscription
from parking.passes.organisations import organisation_by_id
from parking.passes.plans import plan_for_driver, plan_for_sale
from parking.passes.queries import find_pass, pass_again, pass_of_code, waiting_period
from parking.passes.services import Wanted
from parking.payments import bills, orders
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus, PaymentMethod, PaymentOrder
from parking.payments.queries import charge_of, open_order, orders_in_review
from parking.payments.takings import Tender


@dataclass(frozen=True)
class Bought:
    """A pass with everything that it shows, and the newest order of its money, if there is one."""

    subscription: Subscription
    order: PaymentOrder | None


def buy(
    *, actor: Actor, plan_id: int, wanted: Wanted, gateway: str | None, now: datetime, key: RequestKey | None = None
) -> Bought:
    """Make out a pass for the caller and collect its price; one that costs nothing is given at the counter alone.

    Pass, bill, order and key are committed before the gateway is called. Raises NotFound `plan_not_found`; Refused
    `vehicle_invalid`, `pass_overlap`, `no_slot_to_keep`, `booking_limit`, `gateway_invalid`, `payment_failed` (the pass
    is given up); InvalidInput; RepeatedRequest.
    """
    if actor.user_id is None:
        raise ValueError("a pass is bought by an account")
    code = chosen_gateway(gateway).code
    plan = plan_for_driver(plan_id)
    pass_code = new_pass_code()
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=pass_code, now=now)
        refuse_hoarding(plan, actor.user_id)
        period = passes.open_pass(pass_code=pass_code, plan=plan, driver_id=actor.user_id, wanted=wanted, now=now)
        keep_for(period.subscription, now)
        _record_bought(actor, period, now)
        order = orders.place(
            bill=period.bill,
            purpose=OrderPurpose.PASS,
            gateway=code,
            amount=plan.price,
            attendant_id=None,
            now=now,
            is_first=True,
        )
    return _collect(period.subscription, order, now, fresh=True)


def resume_buying(*, subject: str, now: datetime) -> Bought:
    """Go on with a purchase whose answer was lost: its order is asked after, no second pass is made out."""
    subscription = pass_of_code(subject)
    return _collect(subscription, newest_order_of(subscription), now, fresh=False)


@dataclass(frozen=True)
class Buyer:
    """Who buys a pass at the counter: an account, or an organisation whose contact then holds it."""

    driver_id: int
    organisation: Organisation | None = None


def buyer_of(*, actor: Actor, user_id: int | None = None, organisation_id: int | None = None) -> Buyer:
    """Return the buyer of these ids, of which one is given.

    Raises NotFound `user_not_found`, `organisation_not_found`; Refused `organisation_without_contact`.
    """
    if organisation_id is None:
        if user_id is None or not User.objects.filter(pk=user_id, is_active=True).exists():
            raise NotFound("user_not_found", "User not found")
        return Buyer(user_id)
    organisation = organisation_by_id(organisation_id, sites=actor.sites)
    if organisation.contact is None or not organisation.contact.is_active:
        raise Refused("organisation_without_contact", "A pass is held by the contact of an organisation: it has none")
    return Buyer(organisation.contact.pk, organisation)


def sell(
    *,
    actor: Actor,
    buyer: Buyer,
    plan_id: int,
    wanted: Wanted,
    collection: Collection,
    now: datetime,
    key: RequestKey | None = None,
) -> Bought:
    """Sell a pass at the counter, paid at once by CASH, UPI or CARD, at one of the actor's sites.

    The documents of one that an organisation buys are made out to it. Raises NotFound `plan_not_found`; Refused
    `payment_method_invalid`, `vehicle_invalid`, `pass_overlap`, `no_slot_to_keep`, and as the money of an exit;
    InvalidInput; RepeatedRequest.
    """
    _refuse_other_methods(collection)
    plan = plan_for_sale(plan_id, sites=actor.sites)
    refuse_missing_proof(collection, plan.site_id)
    tender, pass_code = tender_of(collection, actor), new_pass_code()
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=pass_code, now=now)
        period = passes.open_pass(
            pass_code=pass_code,
            plan=plan,
            driver_id=buyer.driver_id,
            wanted=wanted,
            now=now,
            bought_for=buyer.organisation,
            # Who pays now goes before who has not paid yet: nobody blocks another's plate at the counter.
            states=(PassStatus.ACTIVE,),
        )
        keep_for(period.subscription, now)
        if buyer.organisation is not None:
            name_customer(period.bill, buyer.organisation, actor=actor, now=now)
        _record_bought(actor, period, now, method=tender.method)
        _close_and_activate(period, actor=actor, tender=tender if plan.price > ZERO else None, now=now)
    return Bought(pass_again(period.subscription), None)


def _refuse_other_methods(collection: Collection) -> None:
    if collection.method == PaymentMethod.ONLINE:
        raise Refused("payment_method_invalid", "A pass is paid here by CASH, UPI or CARD; the driver pays online")
    refuse_unknown_method(collection)


def _record_bought(actor: Actor, period: PassPeriod, now: datetime, method: str | None = None) -> None:
    subscription = period.subscription
    event = PassBought(
        pass_id=subscription.pk,
        plan_id=subscription.plan_id,
        driver_id=subscription.driver_id or 0,
        price=period.bill.total,
        vehicle_ids=tuple(subscription.vehicles.order_by("pk").values_list("vehicle_id", flat=True)),
        starts_at=period.starts_at.isoformat(),
        ends_at=period.ends_at.isoformat(),
        method=method,
        organisation_id=subscription.bought_for_id,
        slot_id=subscription.slot_id,
    )
    audit.record(actor, event, now)


def _close_and_activate(period: PassPeriod, *, actor: Actor, tender: Tender | None, now: datetime) -> None:
    charge = charge_of(period.bill)
    bills.close(bill=period.bill, charge=charge, refund_reason="Pass", tender=tender, now=now)
    pass_money.note_paid(period, actor=actor, order=None, now=now)


# --- Its money -----------------------------------------------------------------------------------------


def pay(*, actor: Actor, number: str, gateway: str | None, now: datetime) -> Bought:
    """Start to pay what is due on a pass of the caller's, or go on with the order that waits.

    The gateway is asked first whether a waiting order was paid meanwhile. Raises NotFound `pass_not_found`; Refused
    `nothing_due`, `payment_in_review`, `charged_by_mandate`, `gateway_invalid`, `payment_declined`; Unavailable.
    """
    code = chosen_gateway(gateway).code
    subscription = find_pass(number, driver_id=actor.user_id)
    period = _unpaid_period(subscription)
    if orders_in_review([period.bill_id]):
        raise Refused("payment_in_review", "A payment for this pass is being checked")
    present = open_order(period.bill)
    if present is not None and refresh_order(order=present, now=now).status == OrderStatus.COMPLETED:
        return Bought(pass_again(subscription), newest_order_of(subscription))
    with transaction.atomic(durable=True):
        locked = passes.lock_period(period.bill_id)
        if locked.bill.closed_at is not None or passes.is_too_late(locked, now):
            raise _nothing_due()
        if locked.number > 1:
            pass_mandates.refuse_to_pay(actor=actor, subscription=locked.subscription, now=now)
        due = Due(OrderPurpose.PASS, locked.bill.due)
        waiting = waiting_order(locked, gateway=code, due=due, actor=actor, now=now)
    order = sent_with_page(waiting, now)
    return Bought(pass_again(subscription), order)


def _unpaid_period(subscription: Subscription) -> PassPeriod:
    """Return the period that waits for its money. Raises Refused `nothing_due`."""
    found = waiting_period(subscription.periods.all())
    if found is None:
        raise _nothing_due()
    return found


def _nothing_due() -> Refused:
    return Refused("nothing_due", "Nothing is due on this pass")


def _collect(subscription: Subscription, order: PaymentOrder | None, now: datetime, *, fresh: bool) -> Bought:
    if order is not None and order.is_open:
        try:
            _, order = collect_with_page(order, now=now, fresh=fresh)
        except Unavailable:
            # Nobody knows whether the gateway has the order. The pass waits; the worker asks again.
            return Bought(pass_again(subscription), order)
    shown = pass_again(subscription)
    if order is not None and order.status == OrderStatus.FAILED and shown.status == PassStatus.CANCELLED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Bought(shown, order)


def newest_order_of(subscription: Subscription) -> PaymentOrder | None:
    """Return the newest order of a pass, with its bill."""
    return orders_of_passes([subscription]).get(subscription.pk)


def orders_of_passes(subscriptions: "list[Subscription]") -> dict[int, PaymentOrder]:
    """Return the newest order of each pass, by its id, in one statement."""
    ids = [subscription.pk for subscription in subscriptions]
    rows = PaymentOrder.objects.filter(bill__pass_period__subscription_id__in=ids).select_related("bill__pass_period")
    return {order.bill.pass_period.subscription_id: order for order in rows.order_by("pk")}


def pass_of_order(order: PaymentOrder) -> Subscription:
    """Return the pass that an order pays."""
    return Subscription.objects.get(periods__bill_id=order.bill_id)


# --- Sweeps ----------------------------------------------------------------------------------------------


def give_up_unpaid_passes(*, now: datetime) -> int:
    """End passes that were never paid in time; answers how many. Safe to repeat, and to run twice at once."""
    overdue = PassPeriod.objects.filter(subscription__status=PassStatus.PENDING, subscription__pay_by__lt=now)
    given_up = 0
    for bill_id in list(overdue.values_list("bill_id", flat=True)):
        with transaction.atomic(durable=True):
            period = passes.lock_period(bill_id)
            held = period.subscription
            if held.status == PassStatus.PENDING and held.pay_by is not None and held.pay_by < now:
                pass_money.give_up(period, now)
                given_up += 1
    return given_up
