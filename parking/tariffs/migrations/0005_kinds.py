"""Name the kinds of vehicle that may have plain prices of their own; nothing changes in the database."""

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


class Migration(migrations.Migration):
    dependencies = [("tariffs", "0004_demand"), ("vehicles", "0004_kinds")]

    operations = [
        migrations.AlterField("zonetariff", "vehicle_kind", models.CharField(choices=KINDS, max_length=12)),
    ]
