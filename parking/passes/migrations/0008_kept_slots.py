"""Let a plan keep a slot for each of its passes."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _reserved(**default: Any) -> migrations.AddField:
    about = "Whether a slot is kept for each of its passes"
    return migrations.AddField("plan", "reserved", models.BooleanField(help_text=about, **default))


class Migration(migrations.Migration):
    dependencies = [("facilities", "0010_kept_slots"), ("passes", "0007_written_off")]

    operations = [
        # A process of the former release leaves it out: PostgreSQL keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_reserved(db_default=False)], state_operations=[_reserved(default=False)]
        ),
        migrations.AddConstraint(
            "plan",
            models.CheckConstraint(
                condition=models.Q(("reserved", False), ("inside", 1), _connector="OR"), name="plan_keeps_one_slot"
            ),
        ),
        migrations.AddField(
            "subscription",
            "slot",
            models.ForeignKey(
                blank=True,
                help_text="The slot that is kept for its cars while it is open",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="passes",
                to="facilities.parkingslot",
            ),
        ),
        migrations.AddConstraint(
            "subscription",
            models.UniqueConstraint(
                condition=models.Q(("status__in", ["PENDING", "ACTIVE"])),
                fields=("slot",),
                name="slot_kept_for_one_pass",
            ),
        ),
    ]
