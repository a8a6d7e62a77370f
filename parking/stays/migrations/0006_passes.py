"""Let a session name the pass that covers it, or why none does."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

NOTES = [("ALL_INSIDE", "As many as the pass allows were inside already")]


def _note(**default: Any) -> migrations.AddField:
    field: models.CharField[str, str] = models.CharField(
        blank=True, choices=NOTES, help_text="Why a pass does not cover it", max_length=12, **default
    )
    return migrations.AddField("parkingsession", "pass_note", field)


class Migration(migrations.Migration):
    dependencies = [
        ("passes", "0001_initial"),
        ("stays", "0005_offers"),
    ]

    operations = [
        # A process of the former release leaves it out: PostgreSQL keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_note(db_default="")], state_operations=[_note(default="")]
        ),
        migrations.AddField(
            "parkingsession",
            "subscription",
            models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The pass that covers it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to="passes.subscription",
            ),
        ),
        migrations.AddIndex(
            "parkingsession",
            models.Index(
                condition=models.Q(("subscription__isnull", False)), fields=["subscription"], name="session_under_pass"
            ),
        ),
    ]
