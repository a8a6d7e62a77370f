"""Mandates by which a gateway charges the renewals of passes. Amounts are rupees."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q

from parking.passes.rules import Period
from parking.payments.models import OrderStatus, PaymentOrder


class MandateStatus(models.TextChoices):
    ASKED = "ASKED", "The gateway has not answered yet"
    OFFERED = "OFFERED", "Waits for the holder's consent"
    HELD = "HELD", "Given"
    ENDING = "ENDING", "To be cancelled at the gateway"
    ENDED = "ENDED", "Over"


# In force, or on its way to that.
OPEN_MANDATE = (MandateStatus.ASKED, MandateStatus.OFFERED, MandateStatus.HELD)


class MandatePlan(models.Model):
    """What the gateway calls a plan: a price every so often. Another price is another one; each is made once."""

    plan = models.ForeignKey("passes.Plan", on_delete=models.PROTECT, related_name="mandate_plans")
    period = models.CharField(max_length=8, choices=[(period.value, period.value.title()) for period in Period])
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    number = models.CharField(max_length=30, unique=True, help_text="Ours, by which a lost answer is found")
    gateway_id = models.CharField(max_length=64, blank=True, help_text="The gateway's; empty until it answered")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "period", "amount"], name="mandate_plan_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="mandate_plan_costs"),
        ]

    def __str__(self) -> str:
        return self.number


class Mandate(models.Model):
    """A holder's consent that a gateway charges the renewals of a pass. Its state is changed by `passes.mandates`."""

    number = models.CharField(max_length=30, unique=True, help_text="Ours, by which a lost answer is found")
    subscription = models.ForeignKey("passes.Subscription", on_delete=models.PROTECT, related_name="mandates")
    mandate_plan = models.ForeignKey(MandatePlan, on_delete=models.PROTECT, related_name="mandates")
    status = models.CharField(max_length=7, choices=MandateStatus.choices, default=MandateStatus.ASKED)
    starts_at = models.DateTimeField(help_text="When the first charge is due: the end of the pass")
    expires_at = models.DateTimeField(help_text="Until when it may be given")
    charges = models.PositiveSmallIntegerField(help_text="How many at most")
    gateway_id = models.CharField(max_length=64, blank=True, help_text="The gateway's; empty until it answered")
    gateway_status = models.CharField(max_length=20, blank=True, help_text="The gateway's own word")
    page = models.URLField(max_length=2000, blank=True, help_text="Where its holder agrees")
    charge_failed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a charge fails and is tried again"
    )
    end_reason = models.CharField(max_length=20, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway is asked after it")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription"], condition=~Q(status="ENDED"), name="one_mandate_of_a_pass"
            ),
            models.UniqueConstraint(fields=["gateway_id"], condition=~Q(gateway_id=""), name="mandate_gateway_id_once"),
            models.CheckConstraint(
                condition=Q(status="ENDED", ended_at__isnull=False, next_check_at=None)
                | (~Q(status="ENDED") & Q(ended_at=None, next_check_at__isnull=False)),
                name="mandate_state_fits_its_times",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_check_at"], condition=~Q(status="ENDED"), name="mandate_to_check")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Decimal:
        """Return what each charge takes, in rupees."""
        return self.mandate_plan.amount

    @property
    def paid_charges(self) -> int:
        """Return how many charges were paid; cheap with `made__order` prefetched."""
        return sum(charge.order.status == OrderStatus.COMPLETED for charge in self.made.all())

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_MANDATE

    @property
    def charges_alone(self) -> bool:
        """Return whether the next renewal is charged without anybody's doing: given, and no charge of it failed."""
        return self.status == MandateStatus.HELD and self.charge_failed_at is None


class MandateCharge(models.Model):
    """A charge that was paid: one row for each payment of the gateway, whoever told of it and how often."""

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="made")
    payment_id = models.CharField(max_length=64, unique=True)
    order = models.OneToOneField(PaymentOrder, on_delete=models.PROTECT, related_name="mandate_charge")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.payment_id


class MandateConsent(models.Model):
    """The small amount by which a holder agreed, one row for each payment; no bill of ours, and no income.

    The gateway gives it back by itself. Changed by `passes.consents`.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="consents")
    payment_id = models.CharField(max_length=64, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    paid_at = models.DateTimeField(help_text="By the gateway's clock, as refunded_at")
    refund_id = models.CharField(max_length=64, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True, help_text="Empty while the money is not back")
    next_check_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway is asked for its refund")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="consent_takes_something"),
            models.CheckConstraint(
                condition=Q(refunded_at=None) | (~Q(refund_id="") & Q(next_check_at=None)),
                name="consent_given_back_is_over",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_check_at"], condition=Q(refunded_at=None), name="consent_to_check")
        ]

    def __str__(self) -> str:
        return self.payment_id
