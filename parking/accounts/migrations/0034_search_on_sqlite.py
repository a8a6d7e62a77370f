"""Find accounts by any part of a name, address or number on SQLite too."""

from django.db import migrations

from parking.core.index_building import add_trigrams


class Migration(migrations.Migration):
    dependencies = [("accounts", "0033_addresses_that_bounce")]

    operations = [add_trigrams("accounts_user", "username", "first_name", "last_name", "email", "phone")]
