"""How PostgreSQL would carry out what every page and list call asks beside many old stays: which read a whole table."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import connection

from bench.bigdata_pages import place_of_today, visits
from parking.accounts.models import User
from parking.core import fresh
from parking.core.heartbeats import newest_beat_now

# What grows with every stay, but for the people: slots, and the sums of days, are those of an operator.
GROWING = frozenset({
    "audit_auditentry", "payments_bill", "payments_payment", "payments_paymentorder", "stays_parkingsession",
    "vehicles_vehicle",
})  # fmt: skip
READS = ("SELECT", "WITH")


def inside(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return of each address what it answers, how many statements it sends, and which of them read a whole table."""
    settings.ALLOWED_HOSTS = ["*"]
    # A page takes seconds while its plans are asked for: what is kept for one would be read again in the midst of it.
    fresh.time = SimpleNamespace(monotonic=lambda: 0.0)  # type: ignore[attr-defined, assignment]
    place = place_of_today()
    found = []
    for visit in visits(User.objects.get(pk=place["driver"])):
        address = visit.address.format(**place)
        if given.get("only", "") not in address:
            continue
        visit.client.get(address)  # so that what a process keeps for long is there
        fresh.forget_all()
        newest_beat_now.value()  # each process reads it once a second, for however many pages
        watch = _Watch()
        with connection.execute_wrapper(watch):
            status = visit.client.get(address).status_code
        found.append({"address": visit.address, "status": status, "statements": watch.count, "scans": watch.scans})
    return found


class _Watch:
    """Counts statements, and asks for the plan of each that reads."""

    def __init__(self) -> None:
        self.count = 0
        self.scans: list[dict[str, str]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if sql.lstrip("( ").startswith(READS):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
            plans = json.loads(plan) if isinstance(plan, str) else plan
            self.scans += [{"table": table, "sql": sql} for table in _read_whole(plans[0]["Plan"])]
        return execute(sql, params, many, context)


def _read_whole(node: dict[str, Any], *, stops: bool = False) -> Iterator[str]:
    """Yield the growing tables that a plan reads from their beginning to their end.

    `stops`: a LIMIT above ends it after as many rows, of which none is passed over.
    """
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING and not (stops and "Filter" not in node):
        yield node["Relation Name"]
    handed_on = stops and node["Node Type"] in {"Append", "Result", "Subquery Scan"}
    for below in node.get("Plans", ()):
        yield from _read_whole(below, stops=handed_on or node["Node Type"] == "Limit")
