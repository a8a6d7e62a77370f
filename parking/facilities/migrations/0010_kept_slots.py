"""Let a slot be kept for the cars of a pass."""

from typing import Any

from django.db import migrations, models


def _kept(**default: Any) -> migrations.AddField:
    about = "Kept for the cars of a pass, also while it is free"
    return migrations.AddField("parkingslot", "kept", models.BooleanField(help_text=about, **default))


class Migration(migrations.Migration):
    dependencies = [("facilities", "0009_zone_closures")]

    operations = [
        # A process of the former release leaves it out: PostgreSQL keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_kept(db_default=False)], state_operations=[_kept(default=False)]
        ),
    ]
