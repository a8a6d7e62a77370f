"""Mark vehicles that may be on a pass. There is none yet."""

from typing import Any

from django.db import migrations, models

ABOUT = "It may be on a pass that is not over: whoever has its row locked looks for one"


def _added(**default: Any) -> migrations.AddField:
    return migrations.AddField("vehicle", "has_pass", models.BooleanField(help_text=ABOUT, **default))


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0002_saved_vehicles")]

    operations = [
        # A process of the former release leaves it out: PostgreSQL keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_added(db_default=False)], state_operations=[_added(default=False)]
        )
    ]
