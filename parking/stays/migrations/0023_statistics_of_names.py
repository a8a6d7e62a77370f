"""Let PostgreSQL know how common a part of an owner's name is: without it, it takes every part for a rarity."""

from django.db import migrations

from parking.core.index_building import OnPostgres

MAKE = """
CREATE STATISTICS IF NOT EXISTS session_names ON (UPPER(owner_name)) FROM stays_parkingsession;
ALTER STATISTICS session_names SET STATISTICS 1000;
ANALYZE stays_parkingsession;
"""


class Migration(migrations.Migration):
    dependencies = [("stays", "0022_tokens_for_helmets_and_bags")]

    operations = [OnPostgres([MAKE], ["DROP STATISTICS IF EXISTS session_names"])]
