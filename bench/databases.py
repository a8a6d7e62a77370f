"""Databases on the benchmark's PostgreSQL: copied from one migrated template, filled with old parking sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench import children
from tests.postgres import Server

Connection = psycopg.Connection[tuple[Any, ...]]

TEMPLATE = "migrated"
OLD_STAYS, OPEN_STAYS = (Path(__file__).with_name(name) for name in ("old_stays.sql", "open_stays.sql"))

# How to drop and to make again each index of the tables that are filled, primary keys excepted.
_INDEXES = """
SELECT CASE WHEN conname IS NULL THEN format('DROP INDEX %s', indexrelid::regclass)
        ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', indrelid::regclass, conname) END,
    CASE WHEN conname IS NULL THEN pg_get_indexdef(indexrelid)
        ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', indrelid::regclass, conname,
            pg_get_constraintdef(pg_constraint.oid)) END
FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid AND contype = 'u'
WHERE NOT indisprimary AND indrelid::regclass::text IN ('stays_parkingsession', 'payments_bill',
    'payments_paymentorder', 'payments_payment', 'audit_auditentry')
"""


def url(server: Server, name: str) -> str:
    return server.url.replace("/postgres?", f"/{name}?")


def connect(server: Server, name: str = "postgres") -> Connection:
    return psycopg.connect(url(server, name), autocommit=True)


def make_template(server: Server) -> None:
    """Migrate one database, of which every other one is a copy of the files."""
    _create(server, TEMPLATE, "template0")
    children.manage("migrate", "--noinput", "-v0", database_url=url(server, TEMPLATE))


def create(server: Server, name: str) -> str:
    """Create a migrated and empty database; return its URL."""
    _create(server, name, TEMPLATE)
    return url(server, name)


def _create(server: Server, name: str, template: str) -> None:
    with connect(server) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def load_old_stays(server: Server, name: str, stays: int) -> None:
    """Write `stays` finished stays with bills, payments, vehicles and audit lines, then bring statistics up to date.

    Without them, and without ANALYZE, PostgreSQL would plan sequential scans of tiny tables and keep those plans.
    """
    load(server, name, OLD_STAYS, stays)


def load_open_stays(server: Server, name: str, stays: int) -> None:
    """Write `stays` open stays, each in a slot of its own, of which there must be as many."""
    load(server, name, OPEN_STAYS, stays)


def load(server: Server, name: str, script: Path, stays: int) -> None:
    """Run a script that writes so many parking sessions, and bring statistics up to date."""
    with connect(server, name) as connection:
        # Rows made by one statement each, consistent by construction: checking each reference takes twice as long.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("SELECT set_config('bench.stays', %s, false)", [str(stays)])
        with without_indexes(connection):
            connection.execute(script.read_text().encode())
        # Otherwise autovacuum would do it in the middle of a measurement.
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


@contextmanager
def without_indexes(connection: Connection) -> Iterator[None]:
    """Drop the indexes meanwhile: building one over a filled table is far faster than adding to it row by row."""
    found = connection.execute(_INDEXES.encode()).fetchall()
    for drop, _create in found:
        connection.execute(drop)
    yield
    for _drop, create in found:
        connection.execute(create)
