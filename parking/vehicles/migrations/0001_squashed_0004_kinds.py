"""Make the tables of vehicles in a new database, as all migrations up to 0004_kinds leave them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parking.core.index_building import add_parts_index
from parking.core.table_making import MakeTables, keep_defaults


class Migration(migrations.Migration):
    replaces = [
        ("vehicles", "0001_initial"),
        ("vehicles", "0002_saved_vehicles"),
        ("vehicles", "0003_pass"),
        ("vehicles", "0005_search"),
        ("vehicles", "0004_kinds"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="Vehicle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "match_key",
                        models.CharField(
                            help_text="Plate without separators, numbers padded", max_length=20, unique=True
                        ),
                    ),
                    (
                        "vehicle_number",
                        models.CharField(help_text="Plate as it is shown, for example DL-01-AB-1234", max_length=24),
                    ),
                    (
                        "kind",
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
                            default="CAR",
                            max_length=12,
                        ),
                    ),
                    (
                        "has_pass",
                        models.BooleanField(
                            default=False,
                            help_text="It may be on a pass that is not over: whoever has its row locked looks for one",
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    ["CAR", "TWO_WHEELER", "EV", "BICYCLE", "AUTO", "TAXI", "LCV", "BUS", "TRUCK"],
                                )
                            ),
                            name="vehicle_kind_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="SavedVehicle",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "driver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="saved_vehicles",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "vehicle",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="saved_by", to="vehicles.vehicle"
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
                            default="CAR",
                            max_length=12,
                        ),
                    ),
                    ("owner_name", models.CharField(max_length=100)),
                    ("label", models.CharField(blank=True, help_text="What the driver calls it", max_length=30)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("driver", "vehicle"), name="saved_vehicle_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "vehicle_kind__in",
                                    ["CAR", "TWO_WHEELER", "EV", "BICYCLE", "AUTO", "TAXI", "LCV", "BUS", "TRUCK"],
                                )
                            ),
                            name="saved_vehicle_kind_known",
                        ),
                    ],
                },
            ),
        ),
        keep_defaults("vehicles_vehicle", has_pass=False),
        add_parts_index("vehicle_by_part", "vehicles_vehicle", "match_key", beside_traffic=False),
    ]
