"""The only writer of mandates. The pass of a mandate must be locked, except where a function says otherwise."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from parking.core.ids import crockford
from parking.core.statements import change
from parking.passes.mandate_models import (
    OPEN_MANDATE,
    Mandate,
    MandateCharge,
    MandatePlan,
    MandateStatus,
)
from parking.passes.models import PassStatus, Plan, Subscription
from parking.passes.rules import Period
from parking.payments.gateways.mandates import MandateAnswer
from parking.payments.models import PaymentOrder

# How many charges a mandate covers: a year of them. A day is no period of the gateway's.
CHARGES = {Period.WEEK: 52, Period.MONTH: 12, Period.QUARTER: 4}
# How long the gateway's page takes the consent, and how long before the first charge it must be given at the latest.
GIVEN_WITHIN = timedelta(hours=1)
NOTICE = timedelta(hours=24)
# How often the gateway is asked: while its holder agrees, while a charge is due, otherwise, and while it is to end.
_SOON, _DUE, _SELDOM = timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=6)
_DUE_FOR = timedelta(days=5)
_NUMBER_LENGTH = 12


def open_mandate(*, subscription: Subscription, amount: Decimal, now: datetime) -> Mandate:
    """Write down a mandate before the gateway is asked for it. Of a pass there is one that is not over."""
    plan = subscription.plan
    price, _ = MandatePlan.objects.get_or_create(
        plan=plan,
        period=plan.period,
        amount=amount,
        defaults={"number": f"MP-{crockford(_NUMBER_LENGTH)}", "created_at": now},
    )
    return Mandate.objects.create(
        number=f"MD-{crockford(_NUMBER_LENGTH)}",
        subscription=subscription,
        mandate_plan=price,
        starts_at=subscription.ends_at,
        expires_at=now + GIVEN_WITHIN,
        charges=CHARGES[Period(plan.period)],
        next_check_at=now + _SOON,
        created_at=now,
        updated_at=now,
    )


def note_plan(*, price: MandatePlan, gateway_id: str) -> None:
    """Remember the gateway's number of a price. Needs no lock: the first that is written stays."""
    if not change(MandatePlan, price.pk, when={"gateway_id": ""}, gateway_id=gateway_id):
        price.refresh_from_db(fields=["gateway_id"])
        return
    price.gateway_id = gateway_id


def note_answer(*, mandate: Mandate, answer: MandateAnswer, now: datetime) -> None:
    """Keep what the gateway says of a mandate beside its state."""
    mandate.gateway_id, mandate.gateway_status = answer.gateway_id, answer.word
    mandate.page = answer.page or mandate.page
    if mandate.status == MandateStatus.ASKED:
        mandate.status = MandateStatus.OFFERED
    _save(mandate, now, "gateway_id", "gateway_status", "page", "status")


def note_given(*, mandate: Mandate, now: datetime) -> None:
    mandate.status = MandateStatus.HELD
    _save(mandate, now, "status")


def note_charge_failed(*, mandate: Mandate, failed_at: datetime | None, now: datetime) -> None:
    """Note that a charge fails and is tried again, or with None that it does no longer."""
    mandate.charge_failed_at = failed_at
    _save(mandate, now, "charge_failed_at")


def begin_end(*, mandate: Mandate, reason: str, now: datetime) -> None:
    """Note that a mandate is to be cancelled at the gateway; from now on nobody counts on it."""
    mandate.status, mandate.end_reason, mandate.next_check_at = MandateStatus.ENDING, reason, now
    _save(mandate, now, "status", "end_reason", "next_check_at")


def end(*, mandate: Mandate, reason: str, now: datetime) -> None:
    """Note that a mandate is over, also at the gateway."""
    mandate.status, mandate.end_reason = MandateStatus.ENDED, mandate.end_reason or reason
    mandate.next_check_at, mandate.ended_at = None, now
    _save(mandate, now, "status", "end_reason", "next_check_at", "ended_at")


def note_charge(*, mandate: Mandate, payment_id: str, order: PaymentOrder, now: datetime) -> MandateCharge:
    """Write down which order of ours a payment of the gateway is. Raises IntegrityError for the second time."""
    return MandateCharge.objects.create(mandate=mandate, payment_id=payment_id, order=order, created_at=now)


def _save(mandate: Mandate, now: datetime, *names: str) -> None:
    mandate.updated_at = now
    mandate.save(update_fields=[*names, "updated_at"])


# --- Reads and the schedule --------------------------------------------------------------------------------


def mandate_of(subscription: Subscription) -> Mandate | None:
    """Return the mandate of a pass that is not over, None for none."""
    rows = Mandate.objects.exclude(status=MandateStatus.ENDED).select_related("mandate_plan")
    return rows.filter(subscription_id=subscription.pk).first()


def open_mandates(subscriptions: Sequence[Subscription]) -> dict[int, Mandate]:
    """Return the mandates of passes that are not over, by pass, with their consents and charges."""
    ids = [subscription.pk for subscription in subscriptions]
    found = _with_charges().exclude(status=MandateStatus.ENDED).filter(subscription_id__in=ids)
    return {mandate.subscription_id: mandate for mandate in found}


def mandates_of(subscription: Subscription) -> QuerySet[Mandate]:
    """Return all mandates that a pass ever had, the newest first, with their consents and charges."""
    return _with_charges().filter(subscription=subscription).order_by("-pk")


def _with_charges() -> QuerySet[Mandate]:
    return Mandate.objects.select_related("mandate_plan").prefetch_related("consents", "made__order")


def lock_mandate(pk: int) -> Mandate:
    """Lock a mandate whose pass is locked, and return it as it is now."""
    return Mandate.objects.select_related("mandate_plan").select_for_update(of=("self",), no_key=True).get(pk=pk)


def due_mandates(*, now: datetime, most: int) -> list[Mandate]:
    """Return the mandates that the gateway is to be asked after, those that wait longest first."""
    rows = Mandate.objects.exclude(status=MandateStatus.ENDED).filter(next_check_at__lte=now)
    rows = rows.select_related("mandate_plan__plan__site", "subscription").order_by("next_check_at", "pk")
    return list(rows[:most])


def unwanted_mandates() -> list[Mandate]:
    """Return the mandates that are open although their pass is over, or is not to be renewed any more."""
    over = ~Q(subscription__status=PassStatus.ACTIVE) | Q(subscription__auto_renew=False)
    return list(Mandate.objects.filter(over, status__in=OPEN_MANDATE).order_by("pk"))


def claim_check(*, mandate: Mandate, now: datetime) -> bool:
    """Return whether this caller may ask the gateway now, and write when the next check is due. Needs no lock."""
    due = Mandate.objects.filter(pk=mandate.pk, next_check_at=mandate.next_check_at)
    return due.exclude(status=MandateStatus.ENDED).update(next_check_at=now + _pause(mandate, now)) == 1


def _pause(mandate: Mandate, now: datetime) -> timedelta:
    if mandate.status != MandateStatus.HELD:
        return _SOON
    ends_at = mandate.subscription.ends_at
    if mandate.charge_failed_at is not None or ends_at <= now <= ends_at + _DUE_FOR:
        return _DUE
    return min(_SELDOM, max(ends_at - now, _DUE))


def can_be_charged(plan: Plan) -> bool:
    """Return whether a plan has a period and a price that a mandate can have."""
    return plan.is_active and plan.period in CHARGES and plan.price >= 1
