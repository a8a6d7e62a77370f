"""Find stays by any part of the owner's name on SQLite too."""

from django.db import migrations

from parking.core.index_building import add_trigrams


class Migration(migrations.Migration):
    dependencies = [("stays", "0023_statistics_of_names")]

    operations = [add_trigrams("stays_parkingsession", "owner_name")]
