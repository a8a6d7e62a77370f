"""Find plates by any part of them."""

from django.db import migrations

from parking.core.index_building import add_parts_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("vehicles", "0003_pass"), ("accounts", "0011_search")]

    operations = [add_parts_index("vehicle_by_part", "vehicles_vehicle", "match_key")]
