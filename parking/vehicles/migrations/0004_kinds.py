"""Let vehicles be bicycles, auto-rickshaws, taxis, light goods vehicles, buses and trucks."""

from django.db import migrations, models

KINDS = [
    ("CAR", "Car"),
    ("TWO_WHEELER", "Two-wheeler"),
    ("EV", "Electric car"),
    ("BICYCLE", "Bicycle"),
    ("AUTO", "Auto-rickshaw"),
    ("TAXI", "Taxi"),
    ("LCV", "Light goods vehicle"),
    ("BUS", "Bus"),
    ("TRUCK", "Truck"),
]
CODES = [code for code, _name in KINDS]


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0005_search")]

    operations = [
        migrations.AlterField("vehicle", "kind", models.CharField(choices=KINDS, default="CAR", max_length=12)),
        migrations.AlterField(
            "savedvehicle", "vehicle_kind", models.CharField(choices=KINDS, default="CAR", max_length=12)
        ),
        migrations.RemoveConstraint("vehicle", "vehicle_kind_known"),
        migrations.AddConstraint(
            "vehicle", models.CheckConstraint(condition=models.Q(kind__in=CODES), name="vehicle_kind_known")
        ),
        migrations.RemoveConstraint("savedvehicle", "saved_vehicle_kind_known"),
        migrations.AddConstraint(
            "savedvehicle",
            models.CheckConstraint(condition=models.Q(vehicle_kind__in=CODES), name="saved_vehicle_kind_known"),
        ),
    ]
