"""The only writer of what consents to mandates took. The pass must be locked, except to claim a check."""

from datetime import datetime, timedelta

from parking.core.money import from_paise
from parking.passes.mandate_models import Mandate, MandateCharge, MandateConsent
from parking.payments.gateways.mandates import ConsentPaid

# How often the gateway is asked whether the money is back: by how long ago it was taken. Then a person looks.
_PAUSES = (
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=30), timedelta(hours=12)),
)
# For how long after the time to agree the payment of a consent is looked for, where nobody told of it: each time all
# payments of those hours are read. One that is not found by then is left to the reconciliation, and a person.
_SOUGHT_FOR = timedelta(days=7)


def note(*, mandate: Mandate, paid: ConsentPaid, now: datetime) -> tuple[MandateConsent, bool, bool]:
    """Keep what a consent took, and that it is back; return the row, whether it is new, and whether it is back now.

    Each payment is one row, whoever tells of it and how often.
    """
    row, is_new = MandateConsent.objects.get_or_create(
        payment_id=paid.payment_id,
        defaults={
            "mandate": mandate,
            "amount": from_paise(paid.amount),
            "paid_at": paid.paid_at,
            "next_check_at": now + _PAUSES[0][1],
            "created_at": now,
        },
    )
    was_back = row.refunded_at is not None
    if not was_back and (row.refund_id, row.refunded_at) != (paid.refund_id, paid.refunded_at):
        row.refund_id, row.refunded_at = paid.refund_id, paid.refunded_at
        row.next_check_at = row.next_check_at if paid.refunded_at is None else None
        row.save(update_fields=["refund_id", "refunded_at", "next_check_at"])
    return row, is_new, not was_back and row.refunded_at is not None


def claim_check(*, consent: MandateConsent, now: datetime) -> bool:
    """Return whether this caller may ask the gateway now, and write when the next check is due."""
    due = MandateConsent.objects.filter(pk=consent.pk, next_check_at=consent.next_check_at, refunded_at=None)
    age = now - consent.paid_at
    pause = next((pause for until, pause in _PAUSES if age < until), None)
    return due.update(next_check_at=now + pause if pause else None) == 1


def is_charge(payment_id: str) -> bool:
    """Return whether a payment was counted in as a charge, so that it is no consent."""
    return MandateCharge.objects.filter(payment_id=payment_id).exists()


def is_sought(mandate: Mandate, *, now: datetime) -> bool:
    """Return whether the consent of a mandate is still to be looked for.

    Not when somebody told of it, a charge made the question idle, or it was looked for long enough: some banks take
    nothing for a consent.
    """
    is_time = now < mandate.expires_at + _SOUGHT_FOR
    return is_time and not mandate.consents.exists() and not mandate.made.exists()


def is_of_another(payment_id: str, mandate: Mandate) -> bool:
    """Return whether a payment is known as the consent of another mandate, of the same payer."""
    return MandateConsent.objects.filter(payment_id=payment_id).exclude(mandate=mandate).exists()


def consent_by(payment_id: str) -> MandateConsent | None:
    """Return the consent that a payment of the gateway is, None if it is none that is known."""
    rows = MandateConsent.objects.select_related("mandate__mandate_plan")
    return rows.filter(payment_id=payment_id).first() if payment_id else None


def due_consents(*, now: datetime, most: int) -> list[MandateConsent]:
    """Return the consents whose money is not back, of which the gateway is to be asked, the oldest first."""
    rows = MandateConsent.objects.filter(refunded_at=None, next_check_at__lte=now)
    return list(rows.select_related("mandate__mandate_plan").order_by("next_check_at", "pk")[:most])
