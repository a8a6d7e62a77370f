"""Bills, and the money that was asked for, taken and given back.

Amounts are rupees. Payments know a bill, never what it is for: a stay and, later, a pass each point to one.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.core.money import LEAST_ONLINE, ZERO
from parking.facilities.models import Emergency, ParkingSite


def _amount(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=10, decimal_places=2, **options)


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
    total = _amount(default=ZERO)
    captured = _amount(default=ZERO)
    refunded = _amount(default=ZERO)
    charged = _amount(default=ZERO, help_text="What the closing itself collected")
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
    amount = _amount()
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
    amount = _amount()
    customer_fee = _amount(
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
    tendered = _amount(null=True, help_text="Cash handed over")
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
    amount = _amount()
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


class DebtStatus(models.TextChoices):
    OPEN = "OPEN", "Owed"
    PAID = "PAID", "Paid"
    WRITTEN_OFF = "WRITTEN_OFF", "Written off by an administrator"
    LAPSED = "LAPSED", "Too old to be asked for"


class DebtQuerySet(models.QuerySet["Debt"]):
    """Debts."""

    def asked_for(self) -> Self:
        """Keep what the gate asks for: open debts but those whose objection waits for its answer."""
        return self.filter(Q(objected_at=None) | Q(objection_answered_at__isnull=False), status=DebtStatus.OPEN)

    def under_objection(self) -> Self:
        """Keep open debts whose objection waits for its answer."""
        return self.filter(status=DebtStatus.OPEN, objected_at__isnull=False, objection_answered_at=None)


class Debt(models.Model):
    """What a closed bill is still short of, owed by the plate."""

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="debt")
    amount = _amount()
    status = models.CharField(max_length=12, choices=DebtStatus.choices, default=DebtStatus.OPEN)
    written_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    payment = models.OneToOneField(
        "Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="debt", help_text="What paid it"
    )
    emergency = models.ForeignKey(
        Emergency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="debts",
        help_text="In which the car was let out",
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    objection = models.CharField(
        max_length=500, blank=True, default="", help_text="Why the driver says that nothing is owed"
    )
    objected_at = models.DateTimeField(null=True, blank=True)
    objection_answer = models.CharField(
        max_length=200, blank=True, default="", help_text="What an administrator answered"
    )
    objection_answered_at = models.DateTimeField(null=True, blank=True)
    objection_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DebtQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="debt_amount_positive"),
            models.CheckConstraint(
                condition=Q(objection="", objected_at=None) | (~Q(objection="") & Q(objected_at__isnull=False)),
                name="debt_objection_fits",
            ),
            models.CheckConstraint(
                condition=Q(objection_answer="", objection_answered_at=None, objection_answered_by=None)
                | (
                    ~Q(objection_answer="")
                    & Q(objected_at__isnull=False)
                    & Q(objection_answered_at__isnull=False)
                    & Q(objection_answered_by__isnull=False)
                ),
                name="debt_objection_answer_fits",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", closed_at=None, written_off_by=None, payment=None)
                | Q(status="PAID", closed_at__isnull=False, written_off_by=None, payment__isnull=False)
                | Q(status="WRITTEN_OFF", closed_at__isnull=False, written_off_by__isnull=False, payment=None)
                | Q(status="LAPSED", closed_at__isnull=False, written_off_by=None, payment=None),
                name="debt_state_fits",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], condition=Q(status="OPEN"), name="debt_open_by_time")]

    def __str__(self) -> str:
        return f"Debt of bill {self.bill_id}"

    @property
    def is_under_objection(self) -> bool:
        """Return whether the driver's objection waits for its answer."""
        waits = self.objected_at is not None and self.objection_answered_at is None
        return waits and self.status == DebtStatus.OPEN
