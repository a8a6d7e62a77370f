"""Proof that both sides of the ratio do the same work: the same rows in each table, the same transactions."""

import time
from typing import Any

import psycopg

from bench import children, databases, floor
from bench.load import plan_for
from tests.postgres import Server

Connection = psycopg.Connection[tuple[Any, ...]]
Work = dict[str, list[int]]

_ROWS = "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"
# Only transactions that write, or lock a row, get a number.
_NEXT_NUMBER = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class Unequal(Exception):
    """The two sides did different work, so their ratio would mean nothing."""


def work_of_one_cycle(server: Server, name: str, world: dict[str, Any]) -> Work:
    """Return rows inserted, updated and deleted in each table by one cycle, and `transactions`. Raises Unequal."""
    clients = len(world["clients"])
    with databases.connect(server, name) as connection:
        before = _work(connection)
        with children.product(databases.url(server, name), with_worker=False) as product:
            plan = plan_for("cycle", product.port, world, 60, cycles_per_client=1)
            children.ask("bench.load", given=plan)
        between = _work(connection)
        floor.run(server, name, world, ["-t", "1"])
        after = _work(connection)
    over_http, by_pgbench = _difference(before, between, clients), _difference(between, after, clients)
    if over_http != by_pgbench:
        raise Unequal(
            f"One cycle over HTTP and one of bench/floor.sql differ (inserted, updated, deleted):\n"
            f"{_only(over_http, by_pgbench, 'HTTP')}\n{_only(by_pgbench, over_http, 'pgbench')}"
        )
    return {table: [int(count) for count in counts] for table, counts in over_http.items()}


def _work(connection: Connection) -> Work:
    """Return what was written so far; sessions report their counts when they end at the latest."""
    deadline = time.monotonic() + 10
    while _number(connection, _OTHERS) and time.monotonic() < deadline:
        time.sleep(0.05)
    rows = {str(table): [int(count) for count in counts] for table, *counts in connection.execute(_ROWS)}
    return rows | {"transactions": [_number(connection, _NEXT_NUMBER)]}


def _number(connection: Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _difference(before: Work, after: Work, cycles: int) -> dict[str, list[float]]:
    counted = {
        table: [(now - then) / cycles for now, then in zip(counts, before[table], strict=True)]
        for table, counts in after.items()
    }
    # PostgreSQL's own housekeeping takes a number now and then.
    counted["transactions"] = [round(counted["transactions"][0])]
    return {table: counts for table, counts in sorted(counted.items()) if any(counts)}


def _only(one: dict[str, list[float]], other: dict[str, list[float]], side: str) -> str:
    return f"{side}: " + ", ".join(f"{table} {counts}" for table, counts in one.items() if other.get(table) != counts)
