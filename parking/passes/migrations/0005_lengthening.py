"""Let passes run longer whose zone was closed."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _lengthened_days(**default: Any) -> migrations.AddField:
    about = "How many days it runs longer, because its zone was closed"
    field: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(help_text=about, **default)
    return migrations.AddField("subscription", "lengthened_days", field)


class Migration(migrations.Migration):
    dependencies = [("facilities", "0009_zone_closures"), ("passes", "0004_overdue")]

    operations = [
        # A process of the former release leaves it out: PostgreSQL keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_lengthened_days(db_default=0)], state_operations=[_lengthened_days(default=0)]
        ),
        migrations.CreateModel(
            name="PassLengthening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "closure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lengthenings",
                        to="facilities.zoneclosure",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lengthenings",
                        to="passes.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "closure"), name="pass_lengthened_once_for_closure")
                ],
            },
        ),
    ]
