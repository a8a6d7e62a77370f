"""Empty the database after a test that committed.

Django truncates every table and then writes content types and permissions again: half a second, hundreds of times. Here
the few tables that have rows lose them, and what the migrations of Django's own apps have written stays.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

# Written by `migrate`, the same for every test.
KEPT = {"django_content_type", "auth_permission", "django_migrations"}


def install() -> None:
    """Let the tests of this process be followed by it."""
    TransactionTestCase._fixture_teardown = _empty_databases  # type: ignore[attr-defined]


def _empty_databases(case: Any) -> None:
    for alias in case._databases_names(include_mirrors=False):
        _empty(connections[alias])


def _empty(connection: BaseDatabaseWrapper) -> None:
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    quoted = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in quoted))
        deleting = [f"DELETE FROM {name}" for (name,) in cursor.fetchall()]
    if deleting:
        connection.ops.execute_sql_flush(_without_checks(connection, deleting))


def _without_checks(connection: BaseDatabaseWrapper, deleting: list[str]) -> list[str]:
    """Return what deletes rows in any order, whoever refers to them."""
    if connection.vendor == "postgresql":
        return ["SET LOCAL session_replication_role = replica", *deleting]
    return ["PRAGMA defer_foreign_keys = ON", *deleting]
