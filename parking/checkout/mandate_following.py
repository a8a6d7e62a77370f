"""What a gateway says of mandates becomes their state, and each charge the payment of a renewal.

Our own calls, webhooks and the worker all come through `follow_mandate`: it reads the mandate and its charges by GET,
whatever the event was called, so it is safe to repeat and to be called in any order.
"""

from datetime import datetime

import structlog
from django.db import transaction

from parking.audit import services as audit
from parking.checkout.consent_following import follow_consent, follow_consents, note_consent
from parking.checkout.settling import collect
from parking.core.actor import SYSTEM
from parking.core.errors import Refused, Unavailable
from parking.core.money import to_paise
from parking.passes import mandates
from parking.passes import services as passes
from parking.passes.events import PassMandateChargeFailed, PassMandateEnded, PassMandateGiven
from parking.passes.mandate_models import Mandate, MandateCharge, MandatePlan, MandateStatus
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import waiting_period
from parking.passes.rules import RENEW_BEFORE
from parking.payments import orders
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayError, GatewayRefused
from parking.payments.gateways.mandates import ChargeMade, MandateAnswer, MandateRequest, MandateState, PlanRequest
from parking.payments.gateways.razorpay.mandates import RazorpayMandates
from parking.payments.models import Bill, PaymentOrder
from parking.vehicles.models import Vehicle

log = structlog.get_logger(__name__)

GATEWAY = "RAZORPAY"
MOST_AT_ONCE = 50


def follow_mandates(*, now: datetime) -> int:
    """Ask after the mandates whose time has come, and what consents took; answers after how many the gateway answered.

    This finds charges whose webhook never came. Safe to repeat, and to run twice at once.
    """
    answered = 0
    for mandate in mandates.due_mandates(now=now, most=MOST_AT_ONCE):
        if not mandates.claim_check(mandate=mandate, now=now):
            continue
        try:
            follow_mandate(mandate=mandate, now=now)
            answered += 1
        except Unavailable:
            log.info("mandate_not_answered", mandate=mandate.number)
    return answered + follow_consents(now=now)


def follow_mandate(
    *, mandate: Mandate, now: datetime, fresh: bool = False, consent: str = "", is_awaited: bool = False
) -> None:
    """Bring a mandate to what the gateway says, and count its charges in. Raises Unavailable.

    One that never arrived is made, one that is to end is cancelled; of one that is over only charges are read,
    which may come late. `fresh`: this very call has just written it. `consent` is the payment by which it was given,
    if that was told; where somebody waits for the answer (`is_awaited`) it is not looked for.
    """
    if mandate.status == MandateStatus.ENDED and not mandate.gateway_id:
        return
    try:
        answer, charges = _asked(registry.mandates(), mandate, now, fresh)
    except GatewayRefused as error:
        log.warning("mandate_refused", mandate=mandate.number, code=error.code)
        if mandate.gateway_id or not error.permanent:
            raise Unavailable("gateway_unavailable", "The payment gateway does not take this now") from error
        _note_refused(mandate, now)
        return
    except GatewayError as error:
        log.warning("mandate_gateway_unreachable", mandate=mandate.number)
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error
    if answer is None:
        # Nobody wants it any more, and the gateway has none of its number.
        _note_refused(mandate, now)
        return
    # The number first: a charge that is counted in must find its mandate again.
    _keep(mandate, answer, now)
    for charge in charges:
        _take(mandate, charge, now)
    _note(mandate, answer, now)
    note_consent(mandate=mandate, payer="" if is_awaited else answer.payer, told=consent, now=now)


def _asked(
    gateway: RazorpayMandates, mandate: Mandate, now: datetime, fresh: bool
) -> tuple[MandateAnswer | None, list[ChargeMade]]:
    """Make, read or cancel a mandate at the gateway; one that nobody wants any more is not made, only looked for."""
    if not mandate.gateway_id:
        answer = _made(gateway, mandate, now, fresh)
    elif mandate.status == MandateStatus.ENDING:
        answer = gateway.cancel(mandate.gateway_id)
    else:
        answer = gateway.fetch(mandate.gateway_id)
    if answer is None or (fresh and not mandate.gateway_id):
        return answer, []
    return answer, gateway.charges(answer.gateway_id)


def _made(gateway: RazorpayMandates, mandate: Mandate, now: datetime, fresh: bool) -> MandateAnswer | None:
    is_new_price = mandate.mandate_plan.created_at == mandate.created_at
    price = _plan_of(gateway, mandate.mandate_plan, fresh=fresh and is_new_price)
    request = MandateRequest(
        number=mandate.number,
        gateway_plan_id=price,
        charges=mandate.charges,
        starts_at=mandate.starts_at,
        expires_at=mandate.expires_at,
        asked_at=mandate.created_at,
        fresh=fresh,
    )
    if mandate.status == MandateStatus.ENDING or now >= mandate.expires_at:
        return gateway.find(request)
    return gateway.create(request)


def _plan_of(gateway: RazorpayMandates, price: MandatePlan, *, fresh: bool) -> str:
    """Return the gateway's number of a price, which is made once and remembered."""
    if not price.gateway_id:
        name = f"{price.plan.name}, {price.plan.site.name}"
        request = PlanRequest(price.number, name, price.period, to_paise(price.amount), price.created_at, fresh=fresh)
        mandates.note_plan(price=price, gateway_id=gateway.create_plan(request))
    return price.gateway_id


def _note_refused(mandate: Mandate, now: datetime) -> None:
    with transaction.atomic(durable=True):
        held = passes.lock_pass(mandate.subscription_id)
        row = mandates.lock_mandate(mandate.pk)
        if row.status != MandateStatus.ENDED:
            _end(held, row, "refused", now)


# --- Its state ---------------------------------------------------------------------------------------------


def _keep(mandate: Mandate, answer: MandateAnswer, now: datetime) -> None:
    with transaction.atomic(durable=True):
        passes.lock_pass(mandate.subscription_id)
        row = mandates.lock_mandate(mandate.pk)
        if row.status != MandateStatus.ENDED:
            mandates.note_answer(mandate=row, answer=answer, now=now)


def _note(mandate: Mandate, answer: MandateAnswer, now: datetime) -> None:
    """Act on the state that the gateway named."""
    with transaction.atomic(durable=True):
        held = passes.lock_pass(mandate.subscription_id)
        row = mandates.lock_mandate(mandate.pk)
        if row.status == MandateStatus.ENDED:
            return
        if answer.state == MandateState.OVER:
            _end(held, row, answer.word, now)
        elif row.status == MandateStatus.ENDING or answer.state == MandateState.UNKNOWN:
            return
        elif answer.state == MandateState.STOPPED:
            _stop(held, row, answer.word, now)
        elif answer.state != MandateState.WAITING:
            _hold(held, row, answer, now)


def _hold(held: Subscription, row: Mandate, answer: MandateAnswer, now: datetime) -> None:
    if row.status == MandateStatus.OFFERED:
        mandates.note_given(mandate=row, now=now)
        given = PassMandateGiven(
            pass_id=held.pk, mandate=row.number, amount=row.amount, starts_at=row.starts_at.isoformat()
        )
        audit.record(SYSTEM, given, now)
    if answer.state == MandateState.FAILING and row.charge_failed_at is None:
        mandates.note_charge_failed(mandate=row, failed_at=now, now=now)
        failed = PassMandateChargeFailed(
            pass_id=held.pk, mandate=row.number, amount=row.amount, ends_at=held.ends_at.isoformat()
        )
        audit.record(SYSTEM, failed, now)
    elif answer.state == MandateState.HELD and row.charge_failed_at is not None:
        mandates.note_charge_failed(mandate=row, failed_at=None, now=now)
    elif answer.charge_at is not None and abs(answer.charge_at - held.ends_at) > RENEW_BEFORE:
        # The pass was lengthened, or a renewal came by another way: money would come at a wrong time.
        _stop(held, row, "dates_moved", now)


def _stop(held: Subscription, row: Mandate, reason: str, now: datetime) -> None:
    """Give up a mandate that charges nothing more; the renewal is by link, and the gateway is told."""
    was_given = row.status == MandateStatus.HELD
    mandates.begin_end(mandate=row, reason=reason, now=now)
    _record_end(held, row, reason, was_given, now)


def _end(held: Subscription, row: Mandate, reason: str, now: datetime) -> None:
    was_given, was_ending = row.status == MandateStatus.HELD, row.status == MandateStatus.ENDING
    mandates.end(mandate=row, reason=reason, now=now)
    if not was_ending:
        _record_end(held, row, reason, was_given, now)


def _record_end(held: Subscription, row: Mandate, reason: str, was_given: bool, now: datetime) -> None:
    ended = PassMandateEnded(
        pass_id=held.pk,
        mandate=row.number,
        reason=reason,
        was_given=was_given and held.status == PassStatus.ACTIVE,
        ends_at=held.ends_at.isoformat(),
    )
    audit.record(SYSTEM, ended, now)


def stop_for_price(held: Subscription, now: datetime) -> None:
    """Give the mandate of a locked pass up because its plan has another price by now; its holder is told."""
    row = mandates.mandate_of(held)
    if row is not None and row.is_open:
        _stop(held, row, "price_changed", now)


# --- Its charges -------------------------------------------------------------------------------------------


def _take(mandate: Mandate, charge: ChargeMade, now: datetime) -> None:
    """Count a charge in, once for each payment of the gateway: an order of ours for it, then as any other order."""
    if charge.amount != to_paise(mandate.amount) and charge.made_at < mandate.starts_at:
        # What is asked for before the first charge is due, and is not its price, is the consent.
        follow_consent(mandate=mandate, payment_id=charge.payment_id, now=now)
        return
    order = PaymentOrder.objects.filter(mandate_charge__payment_id=charge.payment_id).select_related("bill").first()
    if order is None:
        order = _written(mandate, charge, now)
    if order.is_open:
        collect(order=order, now=now)


def _written(mandate: Mandate, charge: ChargeMade, now: datetime) -> PaymentOrder:
    with transaction.atomic(durable=True):
        held, locked = passes.lock_with_vehicles(mandate.subscription_id)
        row = mandates.lock_mandate(mandate.pk)
        known = MandateCharge.objects.filter(payment_id=charge.payment_id).select_related("order__bill").first()
        if known is not None:
            return known.order
        bill = _bill_of(held, row, locked, now)
        order = orders.place_charged(
            bill=bill, gateway=GATEWAY, amount=row.amount, gateway_order_id=charge.gateway_order_id, now=now
        )
        mandates.note_charge(mandate=row, payment_id=charge.payment_id, order=order, now=now)
    return order


def _bill_of(held: Subscription, row: Mandate, locked: list[Vehicle], now: datetime) -> Bill:
    """Return the bill that a charge pays: the renewal that waits, or the next one, if it is its time and price.

    Otherwise that of the last period: money on a bill that is closed goes back.
    """
    periods = passes.lock_periods(held)
    waiting = waiting_period(periods)
    if waiting is not None and waiting.bill.due == row.amount:
        return waiting.bill
    is_time = held.status == PassStatus.ACTIVE and now >= held.ends_at - RENEW_BEFORE
    if waiting is None and is_time and held.plan.price == row.amount:
        try:
            return passes.open_next_period(subscription=held, locked=locked, now=now).bill
        except Refused as refusal:
            log.warning("mandate_charge_not_needed", mandate=row.number, code=refusal.code)
    return next(period.bill for period in reversed(periods) if period.bill.closed_at is not None)


# --- Webhooks ----------------------------------------------------------------------------------------------


def follow_event(*, gateway_id: str, now: datetime, consent: str = "") -> bool:
    """Read the mandate that a webhook names; answers whether it is one of ours. Raises Unavailable.

    `consent` is the payment by which its holder agreed, if the webhook is about that.
    """
    rows = Mandate.objects.select_related("mandate_plan__plan__site", "subscription")
    mandate = rows.filter(gateway_id=gateway_id).first() if gateway_id else None
    if mandate is not None:
        follow_mandate(mandate=mandate, now=now, consent=consent)
    return mandate is not None


def follow_invoice(*, invoice_id: str, now: datetime) -> bool:
    """Read the mandate that a payment's invoice charges; answers whether there is one. Raises Unavailable."""
    if not invoice_id:
        return False
    try:
        gateway_id = registry.mandates().mandate_of_invoice(invoice_id)
    except GatewayRefused:
        return False
    except GatewayError as error:
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error
    return follow_event(gateway_id=gateway_id, now=now)
