"""The small amount that a bank takes for the consent to a mandate, and that Razorpay gives back by itself.

It pays no bill of ours and is no income. It is written down so that reconciliation knows both halves of it, and a
person hears of it where it does not go back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import Unavailable
from parking.passes import consents
from parking.passes import services as passes
from parking.passes.events import PassMandateConsentPaid, PassMandateConsentReturned
from parking.passes.mandate_models import Mandate, MandateConsent, MandateStatus
from parking.payments.gateways import registry
from parking.payments.gateways.base import GatewayError, GatewayNotFound
from parking.payments.models import PaymentOrder

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 50
# A payer may have agreed before, or shortly after, the time that the gateway was given.
_AROUND = timedelta(hours=1)


def note_consent(*, mandate: Mandate, payer: str, told: str, now: datetime) -> None:
    """Write down what the consent to a mandate took. Raises Unavailable.

    `told` is its payment, if somebody named it; else it is looked for among the payments of its payer while none is
    known, because a webhook may be lost. That may take many calls: nobody waits for it (`payer` is empty then).
    """
    if told:
        follow_consent(mandate=mandate, payment_id=told, now=now)
    if not payer or not consents.is_sought(mandate, now=now):
        return
    since, until = mandate.created_at - _AROUND, mandate.expires_at + _AROUND
    with _asking(mandate.number):
        found = list(registry.mandates().consents_of(payer, since=since, until=until, others=_orders(since, until)))
    # One for each mandate, the oldest first: a payer may have given several in the same hour.
    for payment_id in reversed(found):
        if not consents.is_of_another(payment_id, mandate):
            follow_consent(mandate=mandate, payment_id=payment_id, now=now)
        if mandate.consents.exists():
            return


def _orders(since: datetime, until: datetime) -> set[str]:
    """Return the orders of that time that are ours, whose payments are no consents."""
    rows = PaymentOrder.objects.filter(gateway="RAZORPAY", created_at__range=(since - _AROUND, until))
    return set(rows.exclude(gateway_order_id="").values_list("gateway_order_id", flat=True))


def follow_consent(*, mandate: Mandate, payment_id: str, now: datetime) -> None:
    """Write down what a payment took for the consent to a mandate, and whether it is back. Raises Unavailable.

    A payment that took nothing, or that was counted in as a charge, is left out. Safe to repeat.
    """
    if consents.is_charge(payment_id):
        return
    with _asking(mandate.number):
        try:
            paid = registry.mandates().consent(payment_id)
        except GatewayNotFound:
            return
    if paid is None:
        return
    with transaction.atomic(durable=True):
        passes.lock_pass(mandate.subscription_id)
        row, is_new, is_back = consents.note(mandate=mandate, paid=paid, now=now)
        if is_new:
            _record_paid(mandate, row, now)
        if is_back:
            _record_back(mandate, row, now)


def _record_paid(mandate: Mandate, row: MandateConsent, now: datetime) -> None:
    event = PassMandateConsentPaid(
        pass_id=mandate.subscription_id, mandate=mandate.number, amount=row.amount, payment_id=row.payment_id
    )
    audit.record(SYSTEM, event, now)


def _record_back(mandate: Mandate, row: MandateConsent, now: datetime) -> None:
    event = PassMandateConsentReturned(
        pass_id=mandate.subscription_id,
        mandate=mandate.number,
        amount=row.amount,
        payment_id=row.payment_id,
        refund_id=row.refund_id,
    )
    audit.record(SYSTEM, event, now)


def follow_consents(*, now: datetime) -> int:
    """Ask after the consents whose money is not back; answers after how many the gateway answered.

    Safe to repeat, and to run twice at once.
    """
    answered = 0
    for row in consents.due_consents(now=now, most=MOST_AT_ONCE):
        if not consents.claim_check(consent=row, now=now):
            continue
        try:
            follow_consent(mandate=row.mandate, payment_id=row.payment_id, now=now)
            answered += 1
        except Unavailable:
            log.info("consent_not_answered", mandate=row.mandate.number)
    return answered


def is_of_consent(*, payment_id: str, now: datetime) -> bool:
    """Return whether a webhook about a payment, or its refund, that no order of ours has is about a consent.

    One that is known is read again. While somebody is agreeing it is taken for one: which mandate it belongs to is
    found when that is followed, so nothing is lost. Raises Unavailable.
    """
    known = consents.consent_by(payment_id)
    if known is not None:
        follow_consent(mandate=known.mandate, payment_id=payment_id, now=now)
        return True
    given = Mandate.objects.exclude(status__in=[MandateStatus.ASKED, MandateStatus.ENDED])
    is_likely = given.filter(expires_at__gte=now - _AROUND, consents=None).exists()
    if is_likely:
        log.info("webhook_taken_for_consent", payment_id=payment_id)
    return is_likely


@contextmanager
def _asking(number: str) -> Iterator[None]:
    try:
        yield
    except GatewayNotFound:
        raise
    except GatewayError as error:
        log.warning("consent_gateway_unreachable", mandate=number)
        raise Unavailable("gateway_unavailable", "The payment gateway does not answer, please try again") from error
