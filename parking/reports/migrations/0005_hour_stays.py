"""Keep how many were booked, entered and left in each hour of a finished day."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_fill_site_money"), ("facilities", "0011_tax_on_top")]

    operations = [
        migrations.CreateModel(
            name="HourStays",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                ("booked", models.PositiveIntegerField(default=0)),
                ("entered", models.PositiveIntegerField(default=0)),
                ("left", models.PositiveIntegerField(default=0)),
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
            ],
            options={
                "verbose_name_plural": "hour stays",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "site", "hour"), name="hour_stays_once"),
                    models.CheckConstraint(condition=Q(hour__lt=24), name="hour_stays_of_a_day"),
                ],
            },
        ),
    ]
