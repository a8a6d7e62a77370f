"""Find accounts by any part of a name, address or number."""

from django.db import migrations

from parking.core.index_building import OnPostgres, add_parts_index
from parking.core.parts import DROP_FUNCTIONS, MAKE_FUNCTIONS


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0008_pass_cancellations")]

    operations = [
        OnPostgres(MAKE_FUNCTIONS, DROP_FUNCTIONS),
        add_parts_index("user_by_part", "accounts_user", "username", "first_name", "last_name", "email", "phone"),
    ]
