"""Make the tables of passes in a new database, as all migrations up to 0008_kept_slots leave them."""

import django.db.models.deletion
import parking.passes.models
from django.conf import settings
from django.db import migrations, models

from parking.core.table_making import MakeTables, keep_defaults


class Migration(migrations.Migration):
    replaces = [
        ("passes", "0001_initial"),
        ("passes", "0002_reminders"),
        ("passes", "0003_organisations"),
        ("passes", "0004_overdue"),
        ("passes", "0005_lengthening"),
        ("passes", "0006_bought_for"),
        ("passes", "0007_written_off"),
        ("passes", "0008_kept_slots"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        ("facilities", "0001_squashed_0010_kept_slots"),
        ("payments", "0001_squashed_0030_invoice_orders"),
        ("vehicles", "0001_squashed_0004_kinds"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="Plan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=60)),
                    (
                        "period",
                        models.CharField(
                            choices=[("DAY", "Day"), ("WEEK", "Week"), ("MONTH", "Month"), ("QUARTER", "Quarter")],
                            max_length=8,
                        ),
                    ),
                    ("price", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "price_reason",
                        models.CharField(blank=True, help_text="Why it costs nothing; only at price 0", max_length=200),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="plans",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "vehicle_kinds",
                        models.JSONField(blank=True, default=list, help_text="Kinds of vehicle; empty: all"),
                    ),
                    ("vehicles", models.PositiveSmallIntegerField(default=1)),
                    (
                        "inside",
                        models.PositiveSmallIntegerField(default=1, help_text="How many of them may be inside at once"),
                    ),
                    (
                        "days",
                        models.JSONField(
                            default=parking.passes.models.whole_week,
                            help_text="Days of the week on which its hours begin",
                        ),
                    ),
                    ("begins", models.CharField(default="00:00", help_text="Time of day at the site", max_length=5)),
                    (
                        "ends",
                        models.CharField(
                            default="00:00", help_text="Excluded; not after `begins`: past midnight", max_length=5
                        ),
                    ),
                    (
                        "reserved",
                        models.BooleanField(default=False, help_text="Whether a slot is kept for each of its passes"),
                    ),
                    ("is_active", models.BooleanField(default=True, help_text="Whether it is sold")),
                    ("created_at", models.DateTimeField()),
                    ("zones", models.ManyToManyField(blank=True, related_name="plans", to="facilities.parkingzone")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("site", "name"), name="plan_name_once_at_site"),
                        models.CheckConstraint(
                            condition=models.Q(("period__in", ["DAY", "WEEK", "MONTH", "QUARTER"])),
                            name="plan_period_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("price__gt", 0), ("price_reason", "")),
                                models.Q(("price", 0), models.Q(("price_reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                            name="plan_free_with_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("vehicles__gte", 1), ("vehicles__lte", 20)), name="plan_vehicles_fit"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("inside__gte", 1), ("inside__lte", models.F("vehicles"))),
                            name="plan_inside_fits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reserved", False), ("inside", 1), _connector="OR"),
                            name="plan_keeps_one_slot",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Organisation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("TENANT", "Tenant"),
                                ("HOSPITAL", "Hospital"),
                                ("COMPANY", "Company"),
                                ("SOCIETY", "Society"),
                            ],
                            max_length=8,
                        ),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="organisations", to="passes.plan"
                        ),
                    ),
                    (
                        "gstin",
                        models.CharField(
                            blank=True, help_text="Empty: not registered", max_length=15, verbose_name="GSTIN"
                        ),
                    ),
                    ("address", models.CharField(blank=True, max_length=300)),
                    (
                        "contact",
                        models.ForeignKey(
                            blank=True,
                            help_text="The account that sees its list and invoices",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="organisations",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "vehicles",
                        models.PositiveSmallIntegerField(help_text="How many vehicles may be on its list at once"),
                    ),
                    ("inside", models.PositiveSmallIntegerField(help_text="How many of them may be inside at once")),
                    (
                        "pricing",
                        models.CharField(
                            choices=[("PER_VEHICLE", "Per_Vehicle"), ("LUMP_SUM", "Lump_Sum")], max_length=11
                        ),
                    ),
                    (
                        "price",
                        models.DecimalField(
                            decimal_places=2, help_text="Of a month, for each vehicle or for all", max_digits=10
                        ),
                    ),
                    ("billing", models.CharField(choices=[("AHEAD", "Ahead"), ("MONTHLY", "Monthly")], max_length=7)),
                    (
                        "due_days",
                        models.PositiveSmallIntegerField(help_text="How many days after an invoice it is due"),
                    ),
                    (
                        "amber_days",
                        models.PositiveSmallIntegerField(
                            help_text="How many days an overdue invoice is amber at the gate"
                        ),
                    ),
                    ("starts_on", models.DateField()),
                    (
                        "ends_on",
                        models.DateField(blank=True, help_text="The last day; empty: until further notice", null=True),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("plan", "name"), name="organisation_name_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["TENANT", "HOSPITAL", "COMPANY", "SOCIETY"]),
                                ("pricing__in", ["PER_VEHICLE", "LUMP_SUM"]),
                                ("billing__in", ["AHEAD", "MONTHLY"]),
                            ),
                            name="organisation_words_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("price__gt", 0)), name="organisation_price_positive"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("inside__gte", 1), ("vehicles__gte", models.F("inside"))),
                            name="organisation_inside_fits",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                            ),
                            name="organisation_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OrganisationInvoice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "organisation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="invoices",
                            to="passes.organisation",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(help_text="Of the month, the first is 1")),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField(help_text="Excluded")),
                    (
                        "vehicles",
                        models.PositiveSmallIntegerField(help_text="How many were on the list at once at most"),
                    ),
                    (
                        "bill",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="organisation_invoice",
                            to="payments.bill",
                        ),
                    ),
                    ("due_on", models.DateField(help_text="The last day on which it is paid in time")),
                    ("due_at", models.DateTimeField(help_text="The midnight after that day")),
                    ("paid_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "overdue_noted_at",
                        models.DateTimeField(blank=True, help_text="When the contact was told of it", null=True),
                    ),
                    (
                        "written_off_at",
                        models.DateTimeField(blank=True, help_text="When what was still due was given up", null=True),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("paid_at", None)),
                            fields=["organisation", "due_at"],
                            name="invoice_unpaid",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("organisation", "number"), name="organisation_month_once"),
                        models.CheckConstraint(
                            condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                            name="organisation_month_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Subscription",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("pass_code", models.CharField(max_length=20, unique=True)),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="passes.plan"
                        ),
                    ),
                    (
                        "driver",
                        models.ForeignKey(
                            blank=True,
                            help_text="Whose it is; empty for that of an organisation",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="passes",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "organisation",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="subscription",
                            to="passes.organisation",
                        ),
                    ),
                    (
                        "bought_for",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            help_text="The organisation that bought it at the counter for its contact, beside its agreement",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="bought_passes",
                            to="passes.organisation",
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("PENDING", "Waits for its money"),
                                ("ACTIVE", "Paid"),
                                ("EXPIRED", "Over"),
                                ("CANCELLED", "Cancelled"),
                            ],
                            default="PENDING",
                            max_length=9,
                        ),
                    ),
                    (
                        "price",
                        models.DecimalField(
                            decimal_places=2, help_text="Of a period, as it was last sold", max_digits=10
                        ),
                    ),
                    (
                        "slot",
                        models.ForeignKey(
                            blank=True,
                            help_text="The slot that is kept for its cars while it is open",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="passes",
                            to="facilities.parkingslot",
                        ),
                    ),
                    ("covers", models.JSONField(help_text="The passes.coverage.Coverage that was sold")),
                    ("starts_at", models.DateTimeField()),
                    (
                        "ends_at",
                        models.DateTimeField(
                            help_text="Excluded; of the periods that are paid, before that of the first one"
                        ),
                    ),
                    ("auto_renew", models.BooleanField(default=False)),
                    (
                        "pay_by",
                        models.DateTimeField(
                            blank=True, help_text="When a pass that was never paid is given up", null=True
                        ),
                    ),
                    (
                        "lengthened_days",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="How many days it runs longer, because its zone was closed"
                        ),
                    ),
                    (
                        "reminded_days",
                        models.PositiveSmallIntegerField(
                            default=0,
                            help_text="How many days before the end its holder was last reminded; more for not yet",
                        ),
                    ),
                    (
                        "amber_at",
                        models.DateTimeField(
                            blank=True, help_text="From when an invoice of its organisation is overdue", null=True
                        ),
                    ),
                    (
                        "paying_at",
                        models.DateTimeField(
                            blank=True,
                            help_text="From when its vehicles pay like others, because of that invoice",
                            null=True,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                    (
                        "ended_at",
                        models.DateTimeField(
                            blank=True, help_text="When it was cancelled or found to be over", null=True
                        ),
                    ),
                ],
                options={
                    "verbose_name": "pass",
                    "verbose_name_plural": "passes",
                    "indexes": [
                        models.Index(fields=["driver", "-id"], name="pass_of_driver"),
                        models.Index(
                            condition=models.Q(("status", "ACTIVE")), fields=["ends_at"], name="pass_active_by_end"
                        ),
                        models.Index(condition=models.Q(("status", "PENDING")), fields=["pay_by"], name="pass_to_pay"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="pass_ends_after_start"
                        ),
                        models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="pass_price_not_negative"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at", None), ("pay_by__isnull", False), ("status", "PENDING")),
                                models.Q(("ended_at", None), ("pay_by", None), ("status", "ACTIVE")),
                                models.Q(
                                    ("ended_at__isnull", False),
                                    ("pay_by", None),
                                    ("status__in", ["EXPIRED", "CANCELLED"]),
                                ),
                                _connector="OR",
                            ),
                            name="pass_state_fits_its_times",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("amber_at", None), ("paying_at", None)),
                                ("paying_at__gte", models.F("amber_at")),
                                _connector="OR",
                            ),
                            name="pass_amber_before_paying",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("amber_at", None),
                                    ("driver__isnull", False),
                                    ("organisation", None),
                                    ("paying_at", None),
                                ),
                                models.Q(("bought_for", None), ("driver", None), ("organisation__isnull", False)),
                                _connector="OR",
                            ),
                            name="pass_of_driver_or_organisation",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("status__in", ["PENDING", "ACTIVE"])),
                            fields=("slot",),
                            name="slot_kept_for_one_pass",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PassLengthening",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "subscription",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lengthenings",
                            to="passes.subscription",
                        ),
                    ),
                    (
                        "closure",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lengthenings",
                            to="facilities.zoneclosure",
                        ),
                    ),
                    ("days", models.PositiveSmallIntegerField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("subscription", "closure"), name="pass_lengthened_once_for_closure"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PassPeriod",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "subscription",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="periods",
                            to="passes.subscription",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("starts_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField()),
                    (
                        "bill",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="pass_period", to="payments.bill"
                        ),
                    ),
                    ("paid_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("subscription", "number"), name="pass_period_once"),
                        models.CheckConstraint(
                            condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                            name="pass_period_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PassVehicle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "subscription",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="vehicles",
                            to="passes.subscription",
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="passes", to="vehicles.vehicle"
                        ),
                    ),
                    ("from_at", models.DateTimeField()),
                    ("until_at", models.DateTimeField(blank=True, null=True)),
                    ("is_swap", models.BooleanField(default=False, help_text="It took the place of another one")),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until_at", None)),
                            fields=("subscription", "vehicle"),
                            name="vehicle_once_on_pass",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until_at", None), ("until_at__gte", models.F("from_at")), _connector="OR"
                            ),
                            name="pass_vehicle_ends_after_start",
                        ),
                    ],
                },
            ),
        ),
        keep_defaults("passes_plan", reserved=False),
        keep_defaults("passes_subscription", lengthened_days=0),
    ]
