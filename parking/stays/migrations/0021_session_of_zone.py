"""Find sessions by zone, and by every outcome but the usual one, in the order of their numbers.

Four indexes that others serve, or that nobody asks by, are dropped: each costs every booking, entry and exit.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("stays", "0020_counter_displays")]

    operations = [
        AddIndexBesideTraffic("parkingsession", models.Index(fields=["zone", "id"], name="session_of_zone")),
        migrations.AlterField(
            "parkingsession",
            "zone",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to="facilities.parkingzone",
            ),
        ),
        migrations.AlterField(
            "parkingsession",
            "driver",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sessions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "parkingsession",
            "entry_gate",
            models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Where it was let in",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="facilities.gate",
            ),
        ),
        migrations.AlterField(
            "parkingsession",
            "exit_gate",
            models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Where it was scanned out",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="facilities.gate",
            ),
        ),
        AddIndexBesideTraffic(
            "parkingsession",
            models.Index(
                condition=models.Q(end_reason__in=["TERMINATED", "CANCELLED", "NO_PLACE", "NO_SHOW", "UNPAID"]),
                fields=["end_reason", "id"],
                name="session_by_other_end",
            ),
        ),
        migrations.RemoveIndex("parkingsession", "session_by_outcome"),
    ]
