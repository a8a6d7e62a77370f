"""Money that goes back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.core.money import LEAST_ONLINE
from parking.payments.models.fields import amount_field
from parking.payments.models.payments import Payment, PaymentMethod


class RefundStatus(models.TextChoices):
    INITIATED = "INITIATED", "Written, gateway not asked yet"
    PENDING = "PENDING", "Gateway is at it"
    COMPLETED = "COMPLETED", "Done"
    FAILED = "FAILED", "Refused by the gateway"
    REVIEW = "REVIEW", "A person must look"
    # Of money that was paid by hand alone: asked for, and refused by the second person. Nothing goes back.
    REFUSED = "REFUSED", "Refused by the second person"


class RefundQuerySet(models.QuerySet["Refund"]):
    def owed(self) -> "RefundQuerySet":
        """Return refunds that went back or are to go back: all but those that a second person refused."""
        return self.exclude(status=RefundStatus.REFUSED)


class Refund(models.Model):
    """Money that goes back by the way it came. Written before the gateway is asked."""

    refund_id = models.CharField(max_length=40, unique=True, help_text="Our number of the refund")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = amount_field()
    status = models.CharField(max_length=10, choices=RefundStatus.choices, default=RefundStatus.INITIATED)
    reason = models.CharField(max_length=200)
    gateway_refund_id = models.CharField(max_length=64, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1, help_text="Failed ones are tried again under a new number")
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="When a failed one is tried again")
    failure = models.CharField(max_length=200, blank=True, help_text="Why the gateway refused, in its words")
    unfunded_tries = models.PositiveSmallIntegerField(
        default=0, help_text="How many attempts the gateway refused for want of balance: they do not count"
    )
    lacks_balance = models.BooleanField(
        default=False, help_text="Waits for balance at the gateway: its last attempt was refused for that"
    )
    paid_already = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The payment that had paid before, where a second payment goes back",
    )
    is_held = models.BooleanField(default=False, help_text="Not sent before a manager says so: a second payment")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds_asked_for"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Refund"]] = RefundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(
                condition=Q(status="COMPLETED", completed_at__isnull=False)
                | (~Q(status="COMPLETED") & Q(completed_at=None)),
                name="refund_completed_has_time",
            ),
            models.CheckConstraint(condition=Q(is_held=False) | Q(status="INITIATED"), name="refund_held_is_not_sent"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["completed_at"], name="refund_by_time"),
            models.Index(
                fields=["gateway_refund_id"],
                condition=~Q(gateway_refund_id=""),
                name="refund_by_gateway_id",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(
                fields=["updated_at"],
                condition=Q(status__in=["INITIATED", "PENDING"]),
                name="refund_open_by_time",
            ),
            # Those of which some wait for a person: every page of the office counts them.
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["INITIATED", "FAILED", "REVIEW"]),
                name="refund_not_at_the_gateway",
            ),
        ]

    def __str__(self) -> str:
        return self.refund_id

    @property
    def by_hand(self) -> bool:
        """Return whether no gateway sends it: money of the counter, and less than a gateway takes."""
        return self.payment.method != PaymentMethod.ONLINE or self.amount < LEAST_ONLINE

    @property
    def attempt_id(self) -> str:
        """The number that the gateway knows this attempt by: it takes no number twice."""
        return self.refund_id if self.attempt == 1 else f"{self.refund_id}-R{self.attempt}"
