"""The end of passes: renewals that are offered three days before, reminders, and what is over."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from parking.audit import services as audit
from parking.checkout import pass_money
from parking.checkout.mandate_following import stop_for_price
from parking.checkout.pass_lengthening import lengthen_passes
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.passes import mandates
from parking.passes import services as passes
from parking.passes.events import PassEndsSoon, PassExpired, PassNotRenewed, PassRenewalOffered
from parking.passes.models import PassPeriod, PassStatus, Subscription
from parking.passes.rules import REMINDERS, RENEW_BEFORE, RENEWAL_GRACE, days_left, due_reminder
from parking.payments import bills
from parking.payments.queries import charge_of

_ACTIVE = PassStatus.ACTIVE

# --- Renewals --------------------------------------------------------------------------------------------


def offer_renewals(*, now: datetime) -> int:
    """Write the next period of passes that end within three days and are to be renewed; answers how many.

    One that costs nothing is renewed at once. Where the plan is sold no more, or another pass of a plate holds then,
    the pass is not renewed, and its holder is told. Safe to repeat, and to run twice at once.
    """
    ending = Subscription.objects.filter(
        status=_ACTIVE, auto_renew=True, ends_at__lte=now + RENEW_BEFORE, ends_at__gt=now - RENEWAL_GRACE
    )
    waiting = PassPeriod.objects.filter(bill__closed_at=None).values("subscription_id")
    ids = list(ending.exclude(pk__in=waiting).values_list("pk", flat=True))
    return sum(_offer(pk, now) for pk in ids)


def _offer(pk: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        held, locked = passes.lock_with_vehicles(pk)
        if not _is_to_be_renewed(held, now):
            return False
        try:
            period = passes.open_next_period(subscription=held, locked=locked, now=now)
        except Refused as refusal:
            passes.set_auto_renew(subscription=held, auto_renew=False)
            _record_not_renewed(held, refusal.code, now)
            return False
        if period.bill.total == ZERO:
            stop_for_price(held, now)
            bills.close(bill=period.bill, charge=charge_of(period.bill), refund_reason="Pass", now=now)
            pass_money.note_paid(period, actor=SYSTEM, order=None, now=now)
        else:
            _record_offer(held, period, now)
    return True


def _is_to_be_renewed(held: Subscription, now: datetime) -> bool:
    is_near = held.ends_at - RENEW_BEFORE <= now < held.ends_at + RENEWAL_GRACE
    has_offer = held.periods.filter(bill__closed_at=None).exists()
    return held.status == _ACTIVE and held.auto_renew and is_near and not has_offer


def _record_not_renewed(held: Subscription, reason: str, now: datetime) -> None:
    event = PassNotRenewed(pass_id=held.pk, reason=reason, ends_at=held.ends_at.isoformat())
    audit.record(SYSTEM, event, now)


def _record_offer(held: Subscription, period: PassPeriod, now: datetime) -> None:
    charged = _charged(held)
    if charged is not None and charged != period.bill.total:
        # A mandate takes one price only; the renewal is by link, and its holder is told why.
        stop_for_price(held, now)
        charged = None
    offered = PassRenewalOffered(
        pass_id=held.pk,
        period=period.number,
        amount=period.bill.total,
        ends_at=held.ends_at.isoformat(),
        pay_by=(held.ends_at + RENEWAL_GRACE).isoformat(),
        by_mandate=charged is not None,
    )
    audit.record(SYSTEM, offered, now)


def _charged(held: Subscription) -> Decimal | None:
    """Return what a mandate will take for the next renewal, None where nobody gave one."""
    mandate = mandates.mandate_of(held) if held.auto_renew else None
    return mandate.amount if mandate is not None and mandate.charges_alone else None


# --- Reminders -------------------------------------------------------------------------------------------


def remind_of_ends(*, now: datetime) -> int:
    """Remind holders 7, 3 and 1 days before the last day of a pass, and on it; answers how many.

    By the site's calendar. A pass that is renewed has its offer in the place of the reminder of three days. Safe to
    repeat, and to run twice at once.
    """
    near = Subscription.objects.filter(
        status=_ACTIVE, reminded_days__gt=0, ends_at__gt=now, ends_at__lt=now + RENEW_BEFORE * len(REMINDERS)
    )
    return sum(_remind(pk, now) for pk in list(near.values_list("pk", flat=True)))


def _remind(pk: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        held = passes.lock_pass(pk)
        left = days_left(held.ends_at, now, ZoneInfo(held.plan.site.time_zone))
        due = due_reminder(left, held.reminded_days)
        if held.status != _ACTIVE or due is None or now >= held.ends_at:
            return False
        passes.note_reminded(subscription=held, days=due)
        is_offered = held.auto_renew and due == RENEW_BEFORE.days
        if not is_offered:
            soon = PassEndsSoon(
                pass_id=held.pk,
                days=due,
                ends_at=held.ends_at.isoformat(),
                renews=held.auto_renew,
                charged=_charged(held),
            )
            audit.record(SYSTEM, soon, now)
    return not is_offered


# --- The end ---------------------------------------------------------------------------------------------


def expire_passes(*, now: datetime) -> int:
    """Note that passes are over whose end, or the two days in which a renewal may be paid, passed; answers how many.

    Days that they lost because their zone was closed are given back before. Safe to repeat, and to run twice at once.
    """
    lengthen_passes(now=now)
    over = Q(ends_at__lte=now, auto_renew=False) | Q(ends_at__lte=now - RENEWAL_GRACE)
    ended = 0
    for pk in list(Subscription.objects.filter(over, status=_ACTIVE).values_list("pk", flat=True)):
        with transaction.atomic(durable=True):
            held = passes.lock_pass(pk)
            if held.status == _ACTIVE and held.admits_until <= now:
                _expire(held, now)
                ended += 1
    return ended


def _expire(held: Subscription, now: datetime) -> None:
    periods = passes.lock_periods(held)
    for period in periods:
        if period.bill.closed_at is None:
            pass_money.close_unpaid(period, now)
    passes.expire(subscription=held, now=now)
    if held.auto_renew:
        # Without an offer no worker ran in the days before the end. Money that came too late has closed its bill.
        is_offered = any(period.paid_at is None for period in periods)
        _record_not_renewed(held, "not_paid" if is_offered else "not_offered", now)
    audit.record(SYSTEM, PassExpired(pass_id=held.pk), now)


def forget_ended_vehicles(*, now: datetime) -> int:
    """Unmark vehicles that are on no pass any more; answers how many."""
    with transaction.atomic(durable=True):
        return passes.forget_ended_vehicles(now=now)
