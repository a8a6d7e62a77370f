"""Bills."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.core.money import ZERO
from parking.facilities.models import ParkingSite
from parking.payments.models.fields import amount_field


class BillKind(models.TextChoices):
    """What a bill is for. Who owns a bill of each kind stands in `checkout.owners`."""

    STAY = "STAY", "Parking"
    PASS = "PASS", "Pass"
    ORGANISATION = "ORGANISATION", "Month of an organisation"


class Bill(models.Model):
    """What is charged, as lines, and how much of it was paid. Written by `payments.bills` alone.

    Open until it is closed for good; in between it may be frozen (a quote, a waiting online payment, a payment
    ahead) until a time. `captured` and `refunded` are the sums of the payment and refund rows, kept under the bill's
    lock; `refunded` counts what is to go back from the moment it is written down: a refund row is the obligation.
    """

    kind = models.CharField(max_length=12, choices=BillKind.choices, default=BillKind.STAY)
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, null=True, related_name="bills")
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bills",
        help_text="The account that pays; empty for who has none",
    )
    lines = models.JSONField(default=list, help_text="Kind, label, quantity, unit price, amount; they make the total")
    total = amount_field(default=ZERO)
    captured = amount_field(default=ZERO)
    refunded = amount_field(default=ZERO)
    charged = amount_field(default=ZERO, help_text="What the closing itself collected")
    billed_until = models.DateTimeField(null=True, blank=True, help_text="The moment that the lines were made for")
    frozen_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total__gte=0, captured__gte=0, refunded__gte=0), name="bill_amounts_not_negative"
            ),
            models.CheckConstraint(condition=Q(refunded__lte=F("captured")), name="bill_refunds_within_captured"),
            models.CheckConstraint(
                condition=Q(frozen_until=None) | Q(billed_until__isnull=False), name="bill_frozen_was_made"
            ),
            models.CheckConstraint(condition=Q(kind__in=BillKind.values), name="bill_kind_known"),
        ]

    def __str__(self) -> str:
        return f"Bill {self.pk}"

    @property
    def paid(self) -> Decimal:
        """What we keep: captured less what goes back."""
        return self.captured - self.refunded

    @property
    def due(self) -> Decimal:
        return max(self.total - self.paid, ZERO)
