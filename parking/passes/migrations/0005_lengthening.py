"""Let passes run longer whose zone was closed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facilities", "0009_zone_closures"), ("passes", "0004_overdue")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="lengthened_days",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, help_text="How many days it runs longer, because its zone was closed"
            ),
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
