"""Find finished stays by a part of the owner's name, by outcome and by entry, however many there are."""

from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic, add_parts_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stays", "0008_gate"), ("accounts", "0011_search")]

    operations = [
        add_parts_index("session_by_part", "stays_parkingsession", "owner_name", where="ended_at IS NOT NULL"),
        AddIndexBesideTraffic(
            "parkingsession",
            models.Index(
                fields=["end_reason", "id"],
                condition=models.Q(end_reason__in=["TERMINATED", "CANCELLED", "NO_SHOW", "UNPAID"]),
                name="session_by_outcome",
            ),
        ),
        AddIndexBesideTraffic(
            "parkingsession",
            models.Index(fields=["entry_time"], condition=models.Q(entry_time__isnull=False), name="session_by_entry"),
        ),
    ]
