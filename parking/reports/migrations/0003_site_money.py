"""Keep the sums of a day by site too, and find those of one zone by an index."""

import django.db.models.deletion
from django.db import migrations, models

METHODS = [
    ("CASH", "Cash"),
    ("ONLINE", "Online"),
    ("UPI", "UPI at the counter"),
    ("CARD", "Card at the counter"),
    ("BANK", "Bank transfer"),
    ("TDS", "Tax deducted at source"),
]


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_card"), ("facilities", "0001_squashed_0010_kept_slots")]

    operations = [
        migrations.CreateModel(
            name="SiteMoney",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("method", models.CharField(choices=METHODS, max_length=6)),
                ("captured", models.BigIntegerField(default=0, help_text="Paise")),
                ("refunded", models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")),
                ("payments", models.PositiveIntegerField(default=0)),
                ("refunds", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "site money",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "site", "method"), name="site_money_once"),
                ],
            },
        ),
        migrations.AddIndex("daymoney", models.Index(fields=["zone", "day"], name="day_money_of_zone")),
    ]
