"""Make the tables of plans and passes."""

import django.db.models.deletion
import parking.passes.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0005_zone_minutes_optional"),
        ("payments", "0017_passes"),
        ("vehicles", "0003_pass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("vehicle_kinds", models.JSONField(blank=True, default=list, help_text="Kinds of vehicle; empty: all")),
                ("vehicles", models.PositiveSmallIntegerField(default=1)),
                (
                    "inside",
                    models.PositiveSmallIntegerField(default=1, help_text="How many of them may be inside at once"),
                ),
                (
                    "days",
                    models.JSONField(
                        default=parking.passes.models.whole_week, help_text="Days of the week on which its hours begin"
                    ),
                ),
                ("begins", models.CharField(default="00:00", help_text="Time of day at the site", max_length=5)),
                (
                    "ends",
                    models.CharField(
                        default="00:00", help_text="Excluded; not after `begins`: past midnight", max_length=5
                    ),
                ),
                ("is_active", models.BooleanField(default=True, help_text="Whether it is sold")),
                ("created_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="facilities.parkingsite"
                    ),
                ),
                ("zones", models.ManyToManyField(blank=True, related_name="plans", to="facilities.parkingzone")),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pass_code", models.CharField(max_length=20, unique=True)),
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
                    models.DecimalField(decimal_places=2, help_text="Of a period, as it was last sold", max_digits=10),
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
                ("created_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="When it was cancelled or found to be over", null=True),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="passes", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="passes.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "pass",
                "verbose_name_plural": "passes",
            },
        ),
        migrations.CreateModel(
            name="PassVehicle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(blank=True, null=True)),
                ("is_swap", models.BooleanField(default=False, help_text="It took the place of another one")),
                ("created_at", models.DateTimeField()),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="passes", to="vehicles.vehicle"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vehicles", to="passes.subscription"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PassPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "bill",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pass_period", to="payments.bill"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="periods", to="passes.subscription"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="plan_name_once_at_site"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__in", ["DAY", "WEEK", "MONTH", "QUARTER"])), name="plan_period_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("price__gt", 0), ("price_reason", "")),
                    models.Q(("price", 0), models.Q(("price_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="plan_free_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("vehicles__gte", 1), ("vehicles__lte", 20)), name="plan_vehicles_fit"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("inside__gte", 1), ("inside__lte", models.F("vehicles"))), name="plan_inside_fits"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["driver", "-id"], name="pass_of_driver"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(condition=models.Q(("status", "ACTIVE")), fields=["ends_at"], name="pass_active_by_end"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(condition=models.Q(("status", "PENDING")), fields=["pay_by"], name="pass_to_pay"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="pass_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="pass_price_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("pay_by__isnull", False), ("status", "PENDING")),
                    models.Q(("ended_at", None), ("pay_by", None), ("status", "ACTIVE")),
                    models.Q(("ended_at__isnull", False), ("pay_by", None), ("status__in", ["EXPIRED", "CANCELLED"])),
                    _connector="OR",
                ),
                name="pass_state_fits_its_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="passvehicle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_at", None)), fields=("subscription", "vehicle"), name="vehicle_once_on_pass"
            ),
        ),
        migrations.AddConstraint(
            model_name="passvehicle",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at", None), ("until_at__gte", models.F("from_at")), _connector="OR"),
                name="pass_vehicle_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="passperiod",
            constraint=models.UniqueConstraint(fields=("subscription", "number"), name="pass_period_once"),
        ),
        migrations.AddConstraint(
            model_name="passperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="pass_period_ends_after_start"
            ),
        ),
    ]
