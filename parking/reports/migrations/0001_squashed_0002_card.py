"""Make the tables of reports in a new database, as all migrations up to 0002_card leave them."""

import django.db.models.deletion
from django.db import migrations, models

from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [("reports", "0001_rollups"), ("reports", "0002_card")]

    initial = True

    dependencies = [
        ("facilities", "0001_squashed_0010_kept_slots"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="DayMoney",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField()),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingzone",
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
                    ("captured", models.BigIntegerField(default=0, help_text="Paise")),
                    ("refunded", models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")),
                    ("payments", models.PositiveIntegerField(default=0)),
                    ("refunds", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("day", "site", "zone", "method"), name="day_money_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="HourMoney",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField()),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("hour", models.PositiveSmallIntegerField()),
                    ("captured", models.BigIntegerField(default=0, help_text="Paise")),
                    ("refunded", models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("day", "site", "hour"), name="hour_money_once"),
                        models.CheckConstraint(condition=models.Q(("hour__lt", 24)), name="hour_money_of_a_day"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DayStays",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("day", models.DateField()),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingsite",
                        ),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingzone",
                        ),
                    ),
                    ("booked", models.PositiveIntegerField(default=0)),
                    ("entered", models.PositiveIntegerField(default=0)),
                    ("left", models.PositiveIntegerField(default=0)),
                    ("cancelled", models.PositiveIntegerField(default=0)),
                    ("no_shows", models.PositiveIntegerField(default=0)),
                    ("unpaid", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "verbose_name_plural": "day stays",
                    "constraints": [models.UniqueConstraint(fields=("day", "zone"), name="day_stays_once")],
                },
            ),
            migrations.CreateModel(
                name="RollState",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("through", models.DateField(null=True)),
                    ("time_zones", models.JSONField(default=dict, help_text="By the site's id")),
                    ("rolled_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="roll_state_once")],
                },
            ),
        )
    ]
