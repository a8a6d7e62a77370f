"""Reads for the pages of the gate."""

from parking.payments.models import Payment


def newest_payment_id(bill_id: int) -> int | None:
    """The last payment of a bill, whose receipt the driver may want; None where nothing was paid."""
    return Payment.objects.filter(bill_id=bill_id).order_by("-pk").values_list("pk", flat=True).first()
