"""Find vehicles by any part of the plate on SQLite too."""

from django.db import migrations

from parking.core.index_building import add_trigrams


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0006_kinds_are_a_list")]

    operations = [add_trigrams("vehicles_vehicle", "match_key")]
