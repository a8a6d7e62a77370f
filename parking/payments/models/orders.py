"""What is asked of gateways, and what they send."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.payments.models.bills import Bill
from parking.payments.models.fields import amount_field


class OrderPurpose(models.TextChoices):
    FEE = "FEE", "Booking fee"
    EXIT = "EXIT", "Online payment at the exit"
    ENTRY = "ENTRY", "Payment at the entry"
    AHEAD = "AHEAD", "Payment before going to the gate"
    TERMINATION = "TERMINATION", "Termination by staff"
    DEBT = "DEBT", "What a closed bill is short of"
    PASS = "PASS", "Pass, bought or renewed"
    INVOICE = "INVOICE", "Invoice of an organisation"


class OrderStatus(models.TextChoices):
    INITIATED = "INITIATED", "Just made"
    PENDING = "PENDING", "Waiting"
    COMPLETED = "COMPLETED", "Money is ours"
    FAILED = "FAILED", "Refused"
    EXPIRED = "EXPIRED", "Given up"
    REVIEW = "REVIEW", "A person must look"


OPEN_ORDER = (OrderStatus.INITIATED, OrderStatus.PENDING)


SETTLED_ORDER = (OrderStatus.COMPLETED, OrderStatus.REVIEW)


class PaymentOrder(models.Model):
    """One attempt to collect an amount through a gateway. Written before the gateway is asked."""

    order_id = models.CharField(max_length=40, unique=True, help_text="Our number, the gateway's merchant order id")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="orders")
    purpose = models.CharField(max_length=12, choices=OrderPurpose.choices)
    gateway = models.CharField(max_length=12)
    amount = amount_field()
    status = models.CharField(max_length=10, choices=OrderStatus.choices, default=OrderStatus.INITIATED)
    is_definite = models.BooleanField(default=False, help_text="Nobody asks the gateway after it any more")
    next_check_at = models.DateTimeField(
        null=True, blank=True, help_text="When the worker asks the gateway after it; empty once it is definite"
    )
    gateway_order_id = models.CharField(max_length=64, blank=True)
    pay_url = models.URLField(max_length=2000, blank=True)
    upi_link = models.CharField(max_length=2000, blank=True)
    attendant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders_asked_for",
    )
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When a client last had the gateway asked after it"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    review_closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When an administrator had looked at an order in review"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(status__in=["INITIATED", "PENDING"]),
                name="one_open_order_per_bill",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_check_at"], condition=Q(is_definite=False), name="order_to_check"),
            models.Index(
                fields=["created_at"], condition=Q(status="REVIEW", review_closed_at=None), name="order_in_review"
            ),
            # Of those given up alone: an order that is made pays nothing for it.
            models.Index(
                fields=["created_at"], condition=Q(gateway_order_id="", status="EXPIRED"), name="order_unanswered"
            ),
        ]

    def __str__(self) -> str:
        return self.order_id

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_ORDER

    @property
    def is_settled(self) -> bool:
        """Whether nothing that a gateway may still say changes it: its money is ours, or a person must look."""
        return self.status in SETTLED_ORDER


class GatewayEvent(models.Model):
    """What a gateway sent us, kept as it came, once. A hint: what it speaks of is read again from the gateway."""

    gateway = models.CharField(max_length=12)
    event_key = models.CharField(max_length=64, help_text="The same when the event comes again")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=60, blank=True, help_text="The gateway's word for what happened")
    order_id = models.CharField(max_length=64, blank=True, help_text="Our number of the order, or else the gateway's")
    refund_id = models.CharField(max_length=64, blank=True, help_text="Our number of the refund, or else the gateway's")
    body = models.TextField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "event_key"], name="gateway_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=Q(processed_at=None), name="gateway_event_unworked"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.name}"
