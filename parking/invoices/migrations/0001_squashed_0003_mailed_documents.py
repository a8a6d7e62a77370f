"""Make the tables of invoices in a new database, as all migrations up to 0003_mailed_documents leave them."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [
        ("invoices", "0001_initial"),
        ("invoices", "0002_customer_details"),
        ("invoices", "0003_mailed_documents"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        ("facilities", "0001_squashed_0010_kept_slots"),
        ("payments", "0001_squashed_0030_invoice_orders"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="TaxProfile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tax_profiles",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "holds_from",
                        models.DateField(help_text="First day in the site's time zone; the day of the supply counts"),
                    ),
                    ("legal_name", models.CharField(max_length=150)),
                    ("address", models.CharField(blank=True, max_length=300)),
                    (
                        "gstin",
                        models.CharField(
                            blank=True, help_text="Empty: not registered", max_length=15, verbose_name="GSTIN"
                        ),
                    ),
                    (
                        "state_code",
                        models.CharField(
                            blank=True, help_text="GST code of the State that the land is in", max_length=2
                        ),
                    ),
                    (
                        "rate",
                        models.DecimalField(
                            decimal_places=2, default=Decimal("18.00"), help_text="Percent, both halves", max_digits=4
                        ),
                    ),
                    (
                        "sac",
                        models.CharField(
                            default="996743", help_text="996743: parking lot services", max_length=6, verbose_name="SAC"
                        ),
                    ),
                    ("prices_include_tax", models.BooleanField(default=True)),
                    (
                        "series_prefix",
                        models.CharField(help_text="Begins every number of the site, such as KA1", max_length=3),
                    ),
                    (
                        "legal_note",
                        models.CharField(
                            blank=True,
                            help_text="Printed on every document; at rate 0 it says why there is no tax",
                            max_length=300,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("site", "holds_from"), name="tax_profile_once_a_day"),
                        models.CheckConstraint(
                            condition=models.Q(("rate__gte", 0), ("rate__lt", 100)), name="tax_profile_rate_in_percent"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("gstin", ""), models.Q(("state_code", ""), _negated=True), _connector="OR"
                            ),
                            name="tax_profile_registered_in_state",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CustomerDetails",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "bill",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="customer_details",
                            to="payments.bill",
                        ),
                    ),
                    ("company", models.CharField(blank=True, help_text="Empty: the name of the stay", max_length=150)),
                    ("address", models.CharField(blank=True, max_length=300)),
                    ("gstin", models.CharField(blank=True, max_length=15, verbose_name="GSTIN")),
                    ("given_at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "customer details",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("gstin", ""), models.Q(("company", ""), _negated=True), _connector="OR"
                            ),
                            name="customer_gstin_has_a_name",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="DocumentMail",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="payments.payment"
                        ),
                    ),
                    (
                        "recipient",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="document_mails",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("WAITING", "Waits for the worker"),
                                ("SENDING", "Handed to the mail server"),
                                ("SENT", "Taken by the mail server"),
                                ("FAILED", "Refused by the mail server"),
                            ],
                            default="WAITING",
                            max_length=7,
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "WAITING")),
                            fields=("payment", "recipient"),
                            name="one_waiting_mail_per_payment",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="NumberSeries",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="number_series",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("prefix", models.CharField(max_length=3)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("RECEIPT", "Receipt"),
                                ("TAX_INVOICE", "Tax invoice"),
                                ("CREDIT_NOTE", "Credit note"),
                                ("REFUND_VOUCHER", "Refund voucher"),
                            ],
                            max_length=14,
                        ),
                    ),
                    (
                        "year",
                        models.CharField(
                            help_text="Financial year: 2526 is 1 April 2025 to 31 March 2026", max_length=4
                        ),
                    ),
                    ("last", models.PositiveIntegerField(default=0)),
                    (
                        "last_at",
                        models.DateTimeField(blank=True, help_text="When the last document was issued", null=True),
                    ),
                ],
                options={
                    "verbose_name_plural": "number series",
                    "constraints": [
                        models.UniqueConstraint(fields=("prefix", "kind", "year"), name="number_series_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="TaxDocument",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("number", models.CharField(max_length=16, unique=True)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("RECEIPT", "Receipt"),
                                ("TAX_INVOICE", "Tax invoice"),
                                ("CREDIT_NOTE", "Credit note"),
                                ("REFUND_VOUCHER", "Refund voucher"),
                            ],
                            max_length=14,
                        ),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "bill",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="payments.bill"
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "refund",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="payments.refund",
                        ),
                    ),
                    (
                        "original",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="notes",
                            to="invoices.taxdocument",
                        ),
                    ),
                    ("issued_at", models.DateTimeField()),
                    (
                        "taxable",
                        models.DecimalField(decimal_places=2, help_text="The total, if there is no tax", max_digits=10),
                    ),
                    ("cgst", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "sgst",
                        models.DecimalField(
                            decimal_places=2, help_text="UTGST in a union territory without legislature", max_digits=10
                        ),
                    ),
                    ("total", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "snapshot",
                        models.JSONField(help_text="Everything else that is printed (invoices.snapshot.Snapshot)"),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["site", "issued_at"], name="document_by_time")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("original", None), ("payment", None)),
                            fields=("bill",),
                            name="one_document_per_bill",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("payment__isnull", False)),
                            fields=("payment",),
                            name="one_receipt_per_payment",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("refund__isnull", False)),
                            fields=("refund",),
                            name="one_note_per_refund",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("kind", "TAX_INVOICE"), ("original", None), ("payment", None), ("refund", None)
                                ),
                                models.Q(("kind", "RECEIPT"), ("original", None), ("refund", None)),
                                models.Q(
                                    ("kind__in", ["CREDIT_NOTE", "REFUND_VOUCHER"]),
                                    ("original__isnull", False),
                                    ("payment", None),
                                    ("refund__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="document_kind_fits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("cgst__gte", 0), ("sgst", models.F("cgst")), ("taxable__gte", 0), ("total__gt", 0)
                            ),
                            name="document_amounts_fit",
                        ),
                    ],
                },
            ),
        )
    ]
