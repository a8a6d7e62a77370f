"""Money that was taken."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.core.money import ZERO
from parking.payments.models.bills import Bill
from parking.payments.models.fields import amount_field
from parking.payments.models.orders import PaymentOrder


class PaymentMethod(models.TextChoices):
    CASH = "CASH", "Cash"
    ONLINE = "ONLINE", "Online"
    # A UPI QR that no gateway watches over: the attendant reads the reference off the driver's phone.
    UPI = "UPI", "UPI at the counter"
    # A terminal of the bank that nothing connects to us: the attendant types what its slip says.
    CARD = "CARD", "Card at the counter"
    # Of organisations alone, entered by the office: a transfer or cheque, and tax that the customer deducted and paid
    # to the State in our name.
    BANK = "BANK", "Bank transfer"
    TDS = "TDS", "Tax deducted at source"


# What drivers pay with, at gates and on pages.
DRIVERS_METHODS = (PaymentMethod.CASH, PaymentMethod.ONLINE, PaymentMethod.UPI, PaymentMethod.CARD)


# Shown in reports also where they took nothing; others only where they took something.
ALWAYS_SHOWN = (PaymentMethod.CASH, PaymentMethod.ONLINE, PaymentMethod.UPI)


# What an attendant types of money that went another way: a claim until the statement of bank or terminal agrees.
CLAIMS = (PaymentMethod.UPI, PaymentMethod.CARD)


class Payment(models.Model):
    """Money that we took. A row is written once and never edited."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    order = models.OneToOneField(PaymentOrder, on_delete=models.PROTECT, null=True, related_name="payment")
    second_of = models.ForeignKey(
        PaymentOrder,
        on_delete=models.PROTECT,
        null=True,
        related_name="second_payments",
        help_text="The order that another payment had paid already; `order` is empty then",
    )
    amount = amount_field()
    customer_fee = amount_field(
        default=ZERO,
        help_text="What the gateway charged its customer on top of the amount, and keeps: never ours",
    )
    method = models.CharField(max_length=6, choices=PaymentMethod.choices)
    gateway = models.CharField(max_length=12, blank=True, help_text="Empty for money at the counter")
    reference = models.CharField(
        max_length=64, blank=True, help_text="The gateway's number, UPI's 12 digits, a card's approval, or the bank's"
    )
    card_last4 = models.CharField(max_length=4, blank=True, default="", help_text="Of a card at the counter")
    terminal = models.CharField(
        max_length=16, blank=True, default="", help_text="The number (TID) on the slip of the card"
    )
    card_day: "models.DateField[date | None, date | None]" = models.DateField(
        null=True, blank=True, help_text="Of the slip, by the calendar of the site: approvals come again"
    )
    tendered = amount_field(null=True, help_text="Cash handed over")
    attendant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="payments_taken"
    )
    captured_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(method="CASH", order=None, second_of=None, gateway="")
                | (Q(method="ONLINE", order__isnull=False, second_of=None) & ~Q(gateway=""))
                | (Q(method="ONLINE", order=None, second_of__isnull=False) & ~Q(gateway="") & ~Q(reference=""))
                | (Q(method="UPI", order=None, second_of=None, gateway="", attendant__isnull=False) & ~Q(reference=""))
                | (Q(method="CARD", order=None, second_of=None, gateway="", attendant__isnull=False) & ~Q(reference=""))
                | (Q(method="BANK", order=None, second_of=None, gateway="", attendant__isnull=False) & ~Q(reference=""))
                | Q(method="TDS", order=None, second_of=None, gateway="", attendant__isnull=False),
                name="payment_cash_or_gateway",
            ),
            models.CheckConstraint(
                condition=Q(customer_fee=0) | Q(method="ONLINE", customer_fee__gt=0), name="payment_customer_fee"
            ),
            models.UniqueConstraint(
                fields=["gateway", "reference"], condition=~Q(gateway=""), name="gateway_payment_once"
            ),
            models.CheckConstraint(
                condition=(Q(method="CARD", card_day__isnull=False) & ~Q(card_last4="") & ~Q(terminal=""))
                | (~Q(method="CARD") & Q(card_last4="", terminal="", card_day=None)),
                name="payment_card_has_its_slip",
            ),
            models.UniqueConstraint(fields=["reference"], condition=Q(method="UPI"), name="upi_reference_once"),
            models.UniqueConstraint(
                fields=["terminal", "card_day", "reference"], condition=Q(method="CARD"), name="card_approval_once"
            ),
            # One transfer may pay several invoices, but each of them once.
            models.UniqueConstraint(
                fields=["bill", "reference"], condition=Q(method="BANK"), name="bank_reference_once_on_bill"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["captured_at"], name="payment_by_time"),
            models.Index(
                fields=["reference"],
                condition=~Q(reference=""),
                name="payment_by_reference",
                opclasses=["varchar_pattern_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.pk}"

    @property
    def is_claim(self) -> bool:
        """Return whether an attendant typed that this money came; no statement has said so yet."""
        return self.method in CLAIMS

    @property
    def paid_order(self) -> PaymentOrder | None:
        """Return the order that this money was paid for, first or second; None at the counter."""
        return self.order or self.second_of
