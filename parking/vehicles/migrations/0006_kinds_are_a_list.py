"""Let vehicles be of any kind of the installation's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0001_squashed_0004_kinds")]

    operations = [
        migrations.RemoveConstraint("vehicle", "vehicle_kind_known"),
        migrations.RemoveConstraint("savedvehicle", "saved_vehicle_kind_known"),
        migrations.AlterField("vehicle", "kind", models.CharField(default="CAR", max_length=12)),
        migrations.AlterField("savedvehicle", "vehicle_kind", models.CharField(default="CAR", max_length=12)),
    ]
