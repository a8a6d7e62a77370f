"""The tax that comes on top of the prices of a site, where these are written without it; at first nowhere."""

from typing import Any

from django.db import migrations, models


def _tax_on_top(**defaults: Any) -> migrations.AddField:
    about = "Where prices are written without tax: [{from, percent}], oldest first"
    return migrations.AddField("parkingsite", "tax_on_top", models.JSONField(blank=True, help_text=about, **defaults))


class Migration(migrations.Migration):
    dependencies = [("facilities", "0010_kept_slots")]

    operations = [
        # A process of the former release leaves it out: the database keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_tax_on_top(default=list, db_default=models.Value([], models.JSONField()))],
            state_operations=[_tax_on_top(default=list)],
        ),
    ]
