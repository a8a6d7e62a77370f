"""Slots for bicycles and large vehicles; the kinds of vehicle that park at a site, at first all of them."""

from typing import Any

from django.db import migrations, models

SLOT_KINDS = [
    ("CAR", "Car"),
    ("TWO_WHEELER", "Two-wheeler"),
    ("EV", "Electric car"),
    ("BICYCLE", "Bicycle"),
    ("LARGE", "Large vehicle"),
    ("ACCESSIBLE", "Accessible"),
    ("VIP", "VIP"),
]
CODES = [code for code, _name in SLOT_KINDS]


def _kinds_of_site(**defaults: Any) -> migrations.AddField:
    about = "Kinds of vehicle that park here; empty: all"
    return migrations.AddField(
        "parkingsite", "vehicle_kinds", models.JSONField(blank=True, help_text=about, **defaults)
    )


class Migration(migrations.Migration):
    dependencies = [("facilities", "0006_reservations")]

    operations = [
        # A process of the former release leaves it out: the database keeps the default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_kinds_of_site(default=list, db_default=models.Value([], models.JSONField()))],
            state_operations=[_kinds_of_site(default=list)],
        ),
        migrations.AlterField(
            "parkingslot", "kind", models.CharField(choices=SLOT_KINDS, default="CAR", max_length=12)
        ),
        migrations.RemoveConstraint("parkingslot", "slot_kind_known"),
        migrations.AddConstraint(
            "parkingslot", models.CheckConstraint(condition=models.Q(kind__in=CODES), name="slot_kind_known")
        ),
    ]
