"""What has to be there before the product serves: files for browsers, messages, database, demonstration data.

python -m deploy.prepare

One process for all: each would import the project again, and mostly finds nothing to do.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import django
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from deploy import assets, messages, npm


def prepare() -> None:
    """Bring everything up to date. Raises npm.Failure in the words of whatever could not be done."""
    # Programs of their own make the browser's files, so the other core makes the rest meanwhile.
    with ThreadPoolExecutor(1) as beside:
        files = beside.submit(assets.prepare)
        if messages.main(["compile"]):
            raise npm.Failure("The messages could not be compiled.")
        _prepare_database()
        files.result()


def _prepare_database() -> None:
    django.setup()
    try:
        # Two starts at once would make the same tables.
        with npm.alone("database"):
            _migrate()
            call_command("demo", skip_checks=True)
    except (CommandError, DatabaseError) as error:
        raise npm.Failure(str(error)) from error


def _migrate() -> None:
    """Bring the tables up to date; Django's checks take seconds and are made where there is something new."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart_parking.settings")
    sys.exit(npm.say_failure(prepare))
