"""Operations of migrations that build the indexes of big tables while cars come and go.

PostgreSQL builds them beside the traffic, so the migration must not be atomic; SQLite builds them as always.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.models import Index

from parking.core import trigrams
from parking.core.trigrams import BETWEEN


class AddIndexBesideTraffic(AddIndexConcurrently):
    """Add an index of a model."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            _plain(self).database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            _plain(self).database_backwards(app_label, schema_editor, from_state, to_state)


def _plain(operation: AddIndexConcurrently) -> migrations.AddIndex:
    index: Index = operation.index
    return migrations.AddIndex(operation.model_name, index)


class OnPostgres(migrations.RunSQL):
    """Run statements on PostgreSQL alone."""

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, *states)


class OnSqliteWithTrigrams(migrations.RunSQL):
    """Run statements on a SQLite that finds texts by parts of three signs, and nowhere else."""

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite" and trigrams.is_possible(schema_editor.connection):
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            super().database_backwards(app_label, schema_editor, *states)


def add_trigrams(table: str, *columns: str) -> OnSqliteWithTrigrams:
    """Build the index by which `HasPart` finds texts in these columns on SQLite, or build it anew."""
    return OnSqliteWithTrigrams([*trigrams.make(table, *columns)], [*trigrams.drop(table, *columns)])


def add_parts_index(name: str, table: str, *columns: str, where: str = "", beside_traffic: bool = True) -> OnPostgres:
    """Build the index by which `HasPart` finds texts in these columns.

    `where`: of these rows alone, and the query must say the same. A table that is made in the same migration has no
    traffic.
    """
    searched = f" || chr({BETWEEN}) || ".join(f'"{column}"' for column in columns)
    only = f" WHERE {where}" if where else ""
    concurrently = "CONCURRENTLY " if beside_traffic else ""
    drop = f'DROP INDEX {concurrently}IF EXISTS "{name}"'
    build = f'CREATE INDEX {concurrently}"{name}" ON "{table}" USING gin (parking_parts(UPPER({searched}))){only}'
    # One that was interrupted leaves an index that is not valid.
    return OnPostgres([drop, build], [drop])
