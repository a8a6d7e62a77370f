"""Tokens for helmets and bags: several of one session, numbered apart from those of vehicles."""

import django.db.models.deletion
from django.db import migrations, models

from parking.core.table_making import keep_defaults


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0001_squashed_0010_kept_slots"),
        ("stays", "0001_squashed_0021_session_of_zone"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="token",
            name="token_number_once_at_site",
        ),
        migrations.AddField(
            model_name="token",
            name="item",
            field=models.CharField(
                choices=[("VEHICLE", "Vehicle"), ("HELMET", "Helmet"), ("BAG", "Bag")], default="VEHICLE", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="token",
            name="session",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tokens",
                to="stays.parkingsession",
            ),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.UniqueConstraint(
                fields=("site", "item", "number"), name="token_number_once_of_item_at_site"
            ),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.UniqueConstraint(
                condition=models.Q(("item", "VEHICLE")), fields=("session",), name="one_token_of_a_vehicle"
            ),
        ),
        # A process of the former release names no use.
        keep_defaults("stays_token", item="VEHICLE"),
    ]
