"""Let tariffs be for any kind of the installation's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tariffs", "0001_squashed_0005_kinds")]

    operations = [migrations.AlterField("zonetariff", "vehicle_kind", models.CharField(max_length=12))]
