"""Make the tables of payments in a new database, as all migrations up to 0030_invoice_orders leave them."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from parking.core.table_making import MakeTables, keep_defaults


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_gateway_events"),
        ("payments", "0003_upi_at_the_counter"),
        ("payments", "0004_what_waits_for_a_person"),
        ("payments", "0005_closing_a_review"),
        ("payments", "0006_order_next_check"),
        ("payments", "0007_schedule_open_orders"),
        ("payments", "0008_bill_kind_site_payer"),
        ("payments", "0009_fill_bill_site_payer"),
        ("payments", "0010_refund_reason"),
        ("payments", "0012_customer_fee"),
        ("payments", "0013_second_payment"),
        ("payments", "0014_approvals"),
        ("payments", "0015_debts_collected"),
        ("payments", "0011_order_limits"),
        ("payments", "0016_debt_objections"),
        ("payments", "0017_passes"),
        ("payments", "0019_organisations"),
        ("payments", "0020_search"),
        ("payments", "0021_exempt"),
        ("payments", "0022_card"),
        ("payments", "0026_emergency_debts"),
        ("payments", "0030_invoice_orders"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        ("facilities", "0001_squashed_0010_kept_slots"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="Bill",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("STAY", "Parking"),
                                ("PASS", "Pass"),
                                ("ORGANISATION", "Month of an organisation"),
                            ],
                            default="STAY",
                            max_length=12,
                        ),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bills",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "payer",
                        models.ForeignKey(
                            blank=True,
                            help_text="The account that pays; empty for who has none",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bills",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "lines",
                        models.JSONField(
                            default=list, help_text="Kind, label, quantity, unit price, amount; they make the total"
                        ),
                    ),
                    ("total", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=10)),
                    ("captured", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=10)),
                    ("refunded", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=10)),
                    (
                        "charged",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("0.00"),
                            help_text="What the closing itself collected",
                            max_digits=10,
                        ),
                    ),
                    (
                        "billed_until",
                        models.DateTimeField(
                            blank=True, help_text="The moment that the lines were made for", null=True
                        ),
                    ),
                    ("frozen_until", models.DateTimeField(blank=True, null=True)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("captured__gte", 0), ("refunded__gte", 0), ("total__gte", 0)),
                            name="bill_amounts_not_negative",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("refunded__lte", models.F("captured"))),
                            name="bill_refunds_within_captured",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("frozen_until", None), ("billed_until__isnull", False), _connector="OR"
                            ),
                            name="bill_frozen_was_made",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["STAY", "PASS", "ORGANISATION"])), name="bill_kind_known"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PaymentOrder",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "order_id",
                        models.CharField(
                            help_text="Our number, the gateway's merchant order id", max_length=40, unique=True
                        ),
                    ),
                    (
                        "bill",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="payments.bill"
                        ),
                    ),
                    (
                        "purpose",
                        models.CharField(
                            choices=[
                                ("FEE", "Booking fee"),
                                ("EXIT", "Online payment at the exit"),
                                ("ENTRY", "Payment at the entry"),
                                ("AHEAD", "Payment before going to the gate"),
                                ("TERMINATION", "Termination by staff"),
                                ("DEBT", "What a closed bill is short of"),
                                ("PASS", "Pass, bought or renewed"),
                                ("INVOICE", "Invoice of an organisation"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("gateway", models.CharField(max_length=12)),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("INITIATED", "Just made"),
                                ("PENDING", "Waiting"),
                                ("COMPLETED", "Money is ours"),
                                ("FAILED", "Refused"),
                                ("EXPIRED", "Given up"),
                                ("REVIEW", "A person must look"),
                            ],
                            default="INITIATED",
                            max_length=10,
                        ),
                    ),
                    (
                        "is_definite",
                        models.BooleanField(default=False, help_text="Nobody asks the gateway after it any more"),
                    ),
                    (
                        "next_check_at",
                        models.DateTimeField(
                            blank=True,
                            help_text="When the worker asks the gateway after it; empty once it is definite",
                            null=True,
                        ),
                    ),
                    ("gateway_order_id", models.CharField(blank=True, max_length=64)),
                    ("pay_url", models.URLField(blank=True, max_length=2000)),
                    ("upi_link", models.CharField(blank=True, max_length=2000)),
                    (
                        "attendant",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="orders_asked_for",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "asked_at",
                        models.DateTimeField(
                            blank=True, help_text="When a client last had the gateway asked after it", null=True
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField()),
                    (
                        "review_closed_at",
                        models.DateTimeField(
                            blank=True, help_text="When an administrator had looked at an order in review", null=True
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("review_closed_at", None), ("status", "REVIEW")),
                            fields=["created_at"],
                            name="order_in_review",
                        ),
                        models.Index(
                            condition=models.Q(("is_definite", False)), fields=["next_check_at"], name="order_to_check"
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="order_amount_positive"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("status__in", ["INITIATED", "PENDING", "COMPLETED", "FAILED", "EXPIRED", "REVIEW"])
                            ),
                            name="order_status_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("status__in", ["INITIATED", "PENDING"])),
                            fields=("bill",),
                            name="one_open_order_per_bill",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="GatewayEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("gateway", models.CharField(max_length=12)),
                    ("event_key", models.CharField(help_text="The same when the event comes again", max_length=64)),
                    ("kind", models.CharField(max_length=8)),
                    (
                        "name",
                        models.CharField(blank=True, help_text="The gateway's word for what happened", max_length=60),
                    ),
                    (
                        "order_id",
                        models.CharField(
                            blank=True, help_text="Our number of the order, or else the gateway's", max_length=64
                        ),
                    ),
                    (
                        "refund_id",
                        models.CharField(
                            blank=True, help_text="Our number of the refund, or else the gateway's", max_length=64
                        ),
                    ),
                    ("body", models.TextField()),
                    ("received_at", models.DateTimeField()),
                    ("processed_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("processed_at", None)),
                            fields=["received_at"],
                            name="gateway_event_unworked",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("gateway", "event_key"), name="gateway_event_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Payment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "bill",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="payments.bill"
                        ),
                    ),
                    (
                        "order",
                        models.OneToOneField(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payment",
                            to="payments.paymentorder",
                        ),
                    ),
                    (
                        "second_of",
                        models.ForeignKey(
                            help_text="The order that another payment had paid already; `order` is empty then",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="second_payments",
                            to="payments.paymentorder",
                        ),
                    ),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "customer_fee",
                        models.DecimalField(
                            decimal_places=2,
                            default=Decimal("0.00"),
                            help_text="What the gateway charged its customer on top of the amount, and keeps: never ours",
                            max_digits=10,
                        ),
                    ),
                    (
                        "method",
                        models.CharField(
                            choices=[
                                ("CASH", "Cash"),
                                ("ONLINE", "Online"),
                                ("UPI", "UPI at the counter"),
                                ("CARD", "Card at the counter"),
                                ("BANK", "Bank transfer"),
                                ("TDS", "Tax deducted at source"),
                            ],
                            max_length=6,
                        ),
                    ),
                    (
                        "gateway",
                        models.CharField(blank=True, help_text="Empty for money at the counter", max_length=12),
                    ),
                    (
                        "reference",
                        models.CharField(
                            blank=True,
                            help_text="The gateway's number, UPI's 12 digits, a card's approval, or the bank's",
                            max_length=64,
                        ),
                    ),
                    (
                        "card_last4",
                        models.CharField(blank=True, default="", help_text="Of a card at the counter", max_length=4),
                    ),
                    (
                        "terminal",
                        models.CharField(
                            blank=True, default="", help_text="The number (TID) on the slip of the card", max_length=16
                        ),
                    ),
                    (
                        "card_day",
                        models.DateField(
                            blank=True,
                            help_text="Of the slip, by the calendar of the site: approvals come again",
                            null=True,
                        ),
                    ),
                    (
                        "tendered",
                        models.DecimalField(decimal_places=2, help_text="Cash handed over", max_digits=10, null=True),
                    ),
                    (
                        "attendant",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments_taken",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("captured_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["captured_at"], name="payment_by_time"),
                        models.Index(
                            condition=models.Q(("reference", ""), _negated=True),
                            fields=["reference"],
                            name="payment_by_reference",
                            opclasses=["varchar_pattern_ops"],
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"),
                        models.UniqueConstraint(
                            condition=models.Q(("gateway", ""), _negated=True),
                            fields=("gateway", "reference"),
                            name="gateway_payment_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("method", "UPI")), fields=("reference",), name="upi_reference_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("customer_fee", 0),
                                models.Q(("customer_fee__gt", 0), ("method", "ONLINE")),
                                _connector="OR",
                            ),
                            name="payment_customer_fee",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("method", "BANK")),
                            fields=("bill", "reference"),
                            name="bank_reference_once_on_bill",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("gateway", ""), ("method", "CASH"), ("order", None), ("second_of", None)),
                                models.Q(
                                    ("method", "ONLINE"),
                                    ("order__isnull", False),
                                    ("second_of", None),
                                    models.Q(("gateway", ""), _negated=True),
                                ),
                                models.Q(
                                    ("method", "ONLINE"),
                                    ("order", None),
                                    ("second_of__isnull", False),
                                    models.Q(("gateway", ""), _negated=True),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                models.Q(
                                    ("attendant__isnull", False),
                                    ("gateway", ""),
                                    ("method", "UPI"),
                                    ("order", None),
                                    ("second_of", None),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                models.Q(
                                    ("attendant__isnull", False),
                                    ("gateway", ""),
                                    ("method", "CARD"),
                                    ("order", None),
                                    ("second_of", None),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                models.Q(
                                    ("attendant__isnull", False),
                                    ("gateway", ""),
                                    ("method", "BANK"),
                                    ("order", None),
                                    ("second_of", None),
                                    models.Q(("reference", ""), _negated=True),
                                ),
                                models.Q(
                                    ("attendant__isnull", False),
                                    ("gateway", ""),
                                    ("method", "TDS"),
                                    ("order", None),
                                    ("second_of", None),
                                ),
                                _connector="OR",
                            ),
                            name="payment_cash_or_gateway",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("card_day__isnull", False),
                                    ("method", "CARD"),
                                    models.Q(("card_last4", ""), _negated=True),
                                    models.Q(("terminal", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("method", "CARD"), _negated=True),
                                    ("card_day", None),
                                    ("card_last4", ""),
                                    ("terminal", ""),
                                ),
                                _connector="OR",
                            ),
                            name="payment_card_has_its_slip",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("method", "CARD")),
                            fields=("terminal", "card_day", "reference"),
                            name="card_approval_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Debt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "bill",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="debt", to="payments.bill"
                        ),
                    ),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("OPEN", "Owed"),
                                ("PAID", "Paid"),
                                ("WRITTEN_OFF", "Written off by an administrator"),
                                ("LAPSED", "Too old to be asked for"),
                            ],
                            default="OPEN",
                            max_length=12,
                        ),
                    ),
                    (
                        "written_off_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "payment",
                        models.OneToOneField(
                            blank=True,
                            help_text="What paid it",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="debt",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "emergency",
                        models.ForeignKey(
                            blank=True,
                            help_text="In which the car was let out",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="debts",
                            to="facilities.emergency",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "objection",
                        models.CharField(
                            blank=True, default="", help_text="Why the driver says that nothing is owed", max_length=500
                        ),
                    ),
                    ("objected_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "objection_answer",
                        models.CharField(
                            blank=True, default="", help_text="What an administrator answered", max_length=200
                        ),
                    ),
                    ("objection_answered_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "objection_answered_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="debt_amount_positive"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("closed_at", None), ("payment", None), ("status", "OPEN"), ("written_off_by", None)
                                ),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("payment__isnull", False),
                                    ("status", "PAID"),
                                    ("written_off_by", None),
                                ),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("payment", None),
                                    ("status", "WRITTEN_OFF"),
                                    ("written_off_by__isnull", False),
                                ),
                                models.Q(
                                    ("closed_at__isnull", False),
                                    ("payment", None),
                                    ("status", "LAPSED"),
                                    ("written_off_by", None),
                                ),
                                _connector="OR",
                            ),
                            name="debt_state_fits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("objected_at", None), ("objection", "")),
                                models.Q(models.Q(("objection", ""), _negated=True), ("objected_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="debt_objection_fits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("objection_answer", ""),
                                    ("objection_answered_at", None),
                                    ("objection_answered_by", None),
                                ),
                                models.Q(
                                    models.Q(("objection_answer", ""), _negated=True),
                                    ("objected_at__isnull", False),
                                    ("objection_answered_at__isnull", False),
                                    ("objection_answered_by__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="debt_objection_answer_fits",
                        ),
                    ],
                    "indexes": [
                        models.Index(
                            condition=models.Q(("status", "OPEN")), fields=["created_at"], name="debt_open_by_time"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Refund",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("refund_id", models.CharField(help_text="Our number of the refund", max_length=40, unique=True)),
                    (
                        "payment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="payments.payment"
                        ),
                    ),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("INITIATED", "Written, gateway not asked yet"),
                                ("PENDING", "Gateway is at it"),
                                ("COMPLETED", "Done"),
                                ("FAILED", "Refused by the gateway"),
                                ("REVIEW", "A person must look"),
                                ("REFUSED", "Refused by the second person"),
                            ],
                            default="INITIATED",
                            max_length=10,
                        ),
                    ),
                    ("reason", models.CharField(max_length=200)),
                    ("gateway_refund_id", models.CharField(blank=True, max_length=64)),
                    (
                        "attempt",
                        models.PositiveSmallIntegerField(
                            default=1, help_text="Failed ones are tried again under a new number"
                        ),
                    ),
                    (
                        "next_try_at",
                        models.DateTimeField(blank=True, help_text="When a failed one is tried again", null=True),
                    ),
                    (
                        "failure",
                        models.CharField(blank=True, help_text="Why the gateway refused, in its words", max_length=200),
                    ),
                    (
                        "unfunded_tries",
                        models.PositiveSmallIntegerField(
                            default=0,
                            help_text="How many attempts the gateway refused for want of balance: they do not count",
                        ),
                    ),
                    (
                        "lacks_balance",
                        models.BooleanField(
                            default=False,
                            help_text="Waits for balance at the gateway: its last attempt was refused for that",
                        ),
                    ),
                    (
                        "paid_already",
                        models.ForeignKey(
                            blank=True,
                            help_text="The payment that had paid before, where a second payment goes back",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "is_held",
                        models.BooleanField(
                            default=False, help_text="Not sent before a manager says so: a second payment"
                        ),
                    ),
                    (
                        "asked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds_asked_for",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField()),
                    ("completed_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["completed_at"], name="refund_by_time"),
                        models.Index(
                            condition=models.Q(("status__in", ["INITIATED", "PENDING"])),
                            fields=["updated_at"],
                            name="refund_open_by_time",
                        ),
                        models.Index(
                            condition=models.Q(("gateway_refund_id", ""), _negated=True),
                            fields=["gateway_refund_id"],
                            name="refund_by_gateway_id",
                            opclasses=["varchar_pattern_ops"],
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_amount_positive"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("completed_at__isnull", False), ("status", "COMPLETED")),
                                models.Q(models.Q(("status", "COMPLETED"), _negated=True), ("completed_at", None)),
                                _connector="OR",
                            ),
                            name="refund_completed_has_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("is_held", False), ("status", "INITIATED"), _connector="OR"),
                            name="refund_held_is_not_sent",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("status__in", ["INITIATED", "PENDING", "COMPLETED", "FAILED", "REVIEW", "REFUSED"])
                            ),
                            name="refund_status_known",
                        ),
                    ],
                },
            ),
        ),
        keep_defaults("payments_bill", kind="STAY"),
        keep_defaults("payments_payment", customer_fee=0, card_last4="", terminal=""),
        keep_defaults("payments_debt", objection="", objection_answer=""),
        keep_defaults("payments_refund", unfunded_tries=0, lacks_balance=False, is_held=False),
    ]
