"""Squashed migrations serve new databases; one of a former release goes on by the former migrations, without a circle.

That both lead to the same schema is compared in test_old_database.py, which has a database of each.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tests.migrations.former import OLD_LEAVES, Node


def _plan(graph: MigrationGraph, leaves: Iterable[Node]) -> list[Node]:
    """Return the leaves and what comes before them, in an order."""
    return list(dict.fromkeys(node for leaf in leaves for node in graph.forwards_plan(leaf)))


def _squashed(nodes: Iterable[Node]) -> set[str]:
    return {app for app, name in nodes if "_squashed_" in name}


def test_a_new_database_takes_no_migration_that_was_squashed() -> None:
    loader = MigrationLoader(None)
    former = {node for squashed in loader.replacements.values() for node in squashed.replaces}
    assert len(former) > 80
    assert former & set(loader.graph.nodes) == set()
    assert _squashed(loader.graph.nodes) == {app for app, _name in former}


def test_an_older_database_goes_on_by_the_former_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    former = MigrationLoader(None, replace_migrations=False).graph
    applied = dict.fromkeys(_plan(former, OLD_LEAVES), datetime(2026, 11, 23, tzinfo=UTC))
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _self: dict(applied))
    loader = MigrationLoader(connection)
    loader.check_consistent_history(connection)
    # Of these it has no table yet.
    assert _squashed(loader.graph.nodes) == {"offers", "passes", "reports"}
    plan = [node for node in _plan(loader.graph, loader.graph.leaf_nodes()) if node not in applied]
    passes = plan.index(("passes", "0001_squashed_0008_kept_slots"))
    assert plan.index(("payments", "0030_invoice_orders")) < passes < plan.index(("stays", "0006_passes"))
