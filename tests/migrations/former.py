"""Migrating by the former migrations, which a database of a former release goes through and a new one does not."""

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Node = tuple[str, str]

# The schema that the rows of `old_database.json` were written under.
OLD_LEAVES = [
    ("accounts", "0002_user_by_email"),
    ("admin", "0003_logentry_add_action_flag_choices"),
    ("audit", "0001_initial"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("axes", "0010_accessattemptexpiration"),
    ("contenttypes", "0002_remove_content_type_name"),
    ("core", "0001_initial"),
    ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ("facilities", "0001_initial"),
    ("invoices", "0001_initial"),
    ("payments", "0005_closing_a_review"),
    ("sessions", "0001_initial"),
    ("stays", "0002_upi_at_the_counter"),
    ("tariffs", "0001_initial"),
    ("token_blacklist", "0012_alter_outstandingtoken_user"),
    ("vehicles", "0002_saved_vehicles"),
]
# First migrations of later apps: where one of them is applied, `migrate` goes on by the former ones there too.
BEGINNINGS = [("offers", "0001_initial"), ("passes", "0001_initial"), ("reports", "0001_rollups")]


def migrate_by_former(leaves: Iterable[Node]) -> MigrationExecutor:
    """Migrate without the squashed migrations that Django would take instead."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    executor.migrate(list(leaves))
    return executor
