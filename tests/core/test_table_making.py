"""Tables of squashed migrations: made together, and dropped together."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from parking.core.table_making import MakeTables

NUMBER = ("id", models.BigAutoField(primary_key=True))
OWNER = ("owner", models.ForeignKey("core.Owner", models.PROTECT))
TABLES = {"core_owner", "core_owned"}


@pytest.mark.django_db(transaction=True)
def test_tables_are_made_and_go_again_in_the_order_that_their_keys_need() -> None:
    tables = MakeTables(migrations.CreateModel("Owner", [NUMBER]), migrations.CreateModel("Owned", [NUMBER, OWNER]))
    before, after = ProjectState(), ProjectState()
    tables.state_forwards("core", after)
    with connection.schema_editor() as editor:
        tables.database_forwards("core", editor, before, after)
    assert set(connection.introspection.table_names()) >= TABLES
    with connection.schema_editor() as editor:
        tables.database_backwards("core", editor, after, before)
    assert TABLES & set(connection.introspection.table_names()) == set()
