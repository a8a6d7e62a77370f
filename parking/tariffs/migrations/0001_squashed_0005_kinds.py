"""Make the tables of tariffs in a new database, as all migrations up to 0005_kinds leave them."""

import django.db.models.deletion
from django.db import migrations, models

from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [
        ("tariffs", "0001_initial"),
        ("tariffs", "0002_tariffs_cards_holidays"),
        ("tariffs", "0003_flat_versions"),
        ("tariffs", "0004_demand"),
        ("tariffs", "0005_kinds"),
    ]

    initial = True

    dependencies = [
        ("facilities", "0001_squashed_0010_kept_slots"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="ZoneTariff",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tariffs",
                            to="facilities.parkingzone",
                        ),
                    ),
                    (
                        "vehicle_kind",
                        models.CharField(
                            choices=[
                                ("CAR", "Car"),
                                ("TWO_WHEELER", "Two-wheeler"),
                                ("EV", "Electric car"),
                                ("BICYCLE", "Bicycle"),
                                ("AUTO", "Auto-rickshaw"),
                                ("TAXI", "Taxi"),
                                ("LCV", "Light goods vehicle"),
                                ("BUS", "Bus"),
                                ("TRUCK", "Truck"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("hourly_rate", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("booking_fee", models.DecimalField(decimal_places=2, max_digits=10)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("zone", "vehicle_kind"), name="tariff_once_per_kind"),
                        models.CheckConstraint(
                            condition=models.Q(("hourly_rate__gte", 0)), name="tariff_rate_not_negative"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("booking_fee__gte", 0)), name="tariff_fee_not_negative"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RateCard",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, unique=True)),
                    ("vehicle_kind", models.CharField(default="CAR", max_length=12)),
                    ("created_at", models.DateTimeField()),
                    (
                        "zones",
                        models.ManyToManyField(blank=True, related_name="rate_cards", to="facilities.parkingzone"),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Tariff",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tariff_versions",
                            to="facilities.parkingzone",
                        ),
                    ),
                    (
                        "rate_card",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="tariffs.ratecard",
                        ),
                    ),
                    ("vehicle_kind", models.CharField(max_length=12)),
                    (
                        "name",
                        models.CharField(blank=True, help_text="Of an event, for example Diwali week", max_length=100),
                    ),
                    ("valid_from", models.DateTimeField()),
                    (
                        "valid_to",
                        models.DateTimeField(
                            blank=True, help_text="Excluded; empty: until another version begins", null=True
                        ),
                    ),
                    ("is_base", models.BooleanField(default=False)),
                    ("terms", models.JSONField(help_text="The tariffs.rules.Prices")),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [models.Index(fields=["zone", "-valid_from"], name="tariff_of_zone")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("rate_card", None), ("zone__isnull", False)),
                                models.Q(("rate_card__isnull", False), ("zone", None)),
                                _connector="OR",
                            ),
                            name="tariff_of_zone_or_card",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                            ),
                            name="tariff_ends_after_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_base", False),
                                models.Q(("valid_to", None), ("zone__isnull", False)),
                                _connector="OR",
                            ),
                            name="tariff_base_is_of_zone",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Holiday",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="holidays",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("date", models.DateField()),
                    ("name", models.CharField(max_length=100)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("site", "date"), name="holiday_once_at_site")],
                },
            ),
            migrations.CreateModel(
                name="ZoneDemand",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "zone",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="demand",
                            to="facilities.parkingzone",
                        ),
                    ),
                    (
                        "steps",
                        models.JSONField(blank=True, default=list, help_text="The tariffs.rules.demand.DemandSteps"),
                    ),
                    ("updated_at", models.DateTimeField()),
                ],
            ),
        )
    ]
