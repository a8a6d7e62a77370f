"""Make the tables of offers in a new database, as all migrations up to 0005_older_vouchers leave them."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from parking.core.table_making import MakeTables, keep_defaults


class Migration(migrations.Migration):
    replaces = [
        ("offers", "0001_initial"),
        ("offers", "0002_points"),
        ("offers", "0003_shops"),
        ("offers", "0004_vouchers"),
        ("offers", "0005_older_vouchers"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        ("facilities", "0001_squashed_0010_kept_slots"),
        ("stays", "0001_squashed_0021_session_of_zone"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="PromoCode",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("code", models.CharField(help_text="In capitals", max_length=20, unique=True)),
                    (
                        "kind",
                        models.CharField(
                            choices=[("PERCENT", "Percent"), ("AMOUNT", "Amount"), ("MINUTES", "First minutes")],
                            max_length=7,
                        ),
                    ),
                    (
                        "value",
                        models.DecimalField(decimal_places=2, help_text="Percent, rupees or minutes", max_digits=10),
                    ),
                    (
                        "cap",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="The most that one use gives",
                            max_digits=10,
                            null=True,
                        ),
                    ),
                    ("valid_from", models.DateField()),
                    (
                        "valid_to",
                        models.DateField(
                            blank=True,
                            help_text="Included, by the calendar of the zone's site; empty: no end",
                            null=True,
                        ),
                    ),
                    ("vehicle_kinds", models.JSONField(blank=True, default=list, help_text="None: every kind")),
                    (
                        "uses",
                        models.PositiveIntegerField(
                            blank=True, help_text="How often in all; empty: without limit", null=True
                        ),
                    ),
                    (
                        "uses_per_driver",
                        models.PositiveIntegerField(
                            blank=True, help_text="How often by one driver, or for one plate", null=True
                        ),
                    ),
                    (
                        "first_booking",
                        models.BooleanField(default=False, help_text="For the first booking of driver and plate alone"),
                    ),
                    ("least_bill", models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=10)),
                    ("is_active", models.BooleanField(default=True)),
                    (
                        "is_voucher",
                        models.BooleanField(
                            default=False, help_text="Issued for one session, in rupees: a place of its own on a bill"
                        ),
                    ),
                    (
                        "reason",
                        models.CharField(blank=True, default="", help_text="Why a voucher was issued", max_length=200),
                    ),
                    ("created_at", models.DateTimeField()),
                    (
                        "zones",
                        models.ManyToManyField(
                            blank=True,
                            help_text="None: everywhere",
                            related_name="promo_codes",
                            to="facilities.parkingzone",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["PERCENT", "AMOUNT", "MINUTES"])), name="promo_kind_known"
                        ),
                        models.CheckConstraint(condition=models.Q(("value__gt", 0)), name="promo_value_positive"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                            ),
                            name="promo_ends_after_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_voucher", False),
                                models.Q(("is_voucher", True), ("kind", "AMOUNT"), ("uses", 1)),
                                _connector="OR",
                            ),
                            name="voucher_once_in_rupees",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PromoCount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "code",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="offers.promocode"
                        ),
                    ),
                    ("key", models.CharField(help_text="all, driver:<id>, vehicle:<id>", max_length=40)),
                    ("taken", models.PositiveIntegerField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("code", "key"), name="promo_count_once")],
                },
            ),
            migrations.CreateModel(
                name="PromoUse",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "code",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="redeemed", to="offers.promocode"
                        ),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="promo_uses",
                            to="stays.parkingsession",
                        ),
                    ),
                    (
                        "amount",
                        models.DecimalField(decimal_places=2, help_text="What it lowered the bill by", max_digits=10),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="promo_use_gives_something"),
                        models.UniqueConstraint(fields=("session", "code"), name="promo_use_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PointEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "driver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="point_entries",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("EARNED", "Earned"),
                                ("HELD", "Held for a session, and spent if they are not returned"),
                                ("RETURNED", "Held and not spent"),
                                ("LAPSED", "Lapsed"),
                                ("TAKEN_BACK", "Taken back after a refund"),
                                ("RESTORED", "Given again after a refund was undone"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("points", models.IntegerField(help_text="More or less")),
                    (
                        "balance",
                        models.IntegerField(
                            help_text="With this entry; below zero after a refund of what was spent already"
                        ),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="point_entries",
                            to="stays.parkingsession",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("kind", "EARNED")), fields=["created_at"], name="point_earned_at"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("driver", "number"), name="point_entry_once"),
                        models.CheckConstraint(
                            condition=models.Q(("points", 0), _negated=True), name="point_entry_changes_something"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["EARNED", "HELD", "RETURNED", "LAPSED", "TAKEN_BACK", "RESTORED"])
                            ),
                            name="point_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Shop",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=60)),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="shops",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("gstin", models.CharField(blank=True, max_length=15, verbose_name="GSTIN")),
                    (
                        "gives",
                        models.CharField(
                            choices=[
                                ("MINUTES", "MINUTES"),
                                ("PERCENT", "PERCENT"),
                                ("AMOUNT", "AMOUNT"),
                                ("PURCHASE", "PURCHASE"),
                            ],
                            max_length=8,
                        ),
                    ),
                    (
                        "value",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="Minutes, percent or rupees; empty for PURCHASE",
                            max_digits=10,
                            null=True,
                        ),
                    ),
                    (
                        "from_amount",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="PURCHASE: the sum from which all is free",
                            max_digits=10,
                            null=True,
                        ),
                    ),
                    (
                        "per_session",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="The most rupees that it pays for one session",
                            max_digits=10,
                            null=True,
                        ),
                    ),
                    (
                        "per_day",
                        models.PositiveIntegerField(
                            blank=True, help_text="Validations in a day of the site", null=True
                        ),
                    ),
                    (
                        "per_month",
                        models.PositiveIntegerField(blank=True, help_text="Validations in a month", null=True),
                    ),
                    ("is_active", models.BooleanField(default=True)),
                    ("created_at", models.DateTimeField()),
                    ("people", models.ManyToManyField(blank=True, related_name="shops", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("site", "name"), name="shop_once_at_site"),
                        models.CheckConstraint(
                            condition=models.Q(("gives__in", ["MINUTES", "PERCENT", "AMOUNT", "PURCHASE"])),
                            name="shop_gives_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("gives", "PURCHASE"), ("value", None)),
                                models.Q(models.Q(("gives", "PURCHASE"), _negated=True), ("value__gt", 0)),
                                _connector="OR",
                            ),
                            name="shop_value_fits",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Validation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "shop",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="validations", to="offers.shop"
                        ),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="validations",
                            to="stays.parkingsession",
                        ),
                    ),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("gift", models.JSONField(help_text="The tariffs.rules.changes.Gift that the session got")),
                    ("bill_number", models.CharField(blank=True, max_length=30)),
                    ("bill_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                    ("created_at", models.DateTimeField()),
                    ("undo_until", models.DateTimeField()),
                    ("undone_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "amount",
                        models.DecimalField(
                            blank=True,
                            decimal_places=2,
                            help_text="What the shop pays (rupees); empty until the bill closes",
                            max_digits=10,
                            null=True,
                        ),
                    ),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["shop", "-created_at"], name="validation_of_shop")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("undone_at", None)),
                            fields=("shop", "session"),
                            name="validation_once_per_session",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("amount", None), ("settled_at", None)),
                                models.Q(("amount__gte", 0), ("settled_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="validation_settled_with_amount",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ShopInvoice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "shop",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="offers.shop"
                        ),
                    ),
                    ("month", models.DateField(help_text="Its first day")),
                    ("number", models.CharField(max_length=16, unique=True)),
                    ("kind", models.CharField(max_length=14)),
                    ("issued_at", models.DateTimeField()),
                    ("taxable", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("cgst", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("sgst", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("total", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "snapshot",
                        models.JSONField(help_text="Everything else that is printed (invoices.snapshot.Snapshot)"),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("shop", "month"), name="shop_invoice_once_a_month"),
                        models.CheckConstraint(
                            condition=models.Q(("cgst__gte", 0), ("taxable__gte", 0), ("total__gt", 0)),
                            name="shop_invoice_amounts",
                        ),
                    ],
                },
            ),
        ),
        keep_defaults("offers_promocode", is_voucher=False, reason=""),
    ]
