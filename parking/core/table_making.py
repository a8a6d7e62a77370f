"""Operations of squashed migrations: the tables of an app, made at once in a new database."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState

from parking.core.index_building import OnPostgres


class MakeTables(Operation):
    """Create several models, as if each were an operation of its own, in a small part of the time.

    After each operation Django builds the classes of all models again that hang together with the changed one. Here
    they are forgotten, and built once when all models of the app are there.
    """

    def __init__(self, *models: CreateModel) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create models {', '.join(model.name for model in self.models)}"


def keep_defaults(table: str, **defaults: str | int) -> OnPostgres:
    """Let PostgreSQL fill columns that a process of the release before them leaves out.

    The migration that added a column had such a default (`db_default`), and PostgreSQL kept it. SQLite lost it when it
    copied the table for a later change.
    """
    values = {column: str(value) if isinstance(value, int) else f"'{value}'" for column, value in defaults.items()}
    changes = ", ".join(f'ALTER COLUMN "{column}" SET DEFAULT {value}' for column, value in values.items())
    return OnPostgres(f'ALTER TABLE "{table}" {changes}', OnPostgres.noop)
