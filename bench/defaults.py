"""Defaults in the database for the SQL of the benchmark; Django itself fills in a model's defaults."""

from typing import Any

from django.apps import apps
from django.db import connection, models
from psycopg import sql


def put_defaults_into_columns() -> None:
    """Let PostgreSQL fill in what a model's default, or an empty text, would.

    The scripts then name only the columns that they mean, and a new column with a default does not break them.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented way to a model's fields
            if model.__module__.startswith("parking.") and not field.null and not field.primary_key:
                _put_default(model, field)


def _put_default(model: type[models.Model], field: "models.Field[Any, Any]") -> None:
    # A default that differs for each row, a UUID, has no constant for the column.
    if isinstance(field, models.UUIDField):
        return
    value = field.get_db_prep_save(field.get_default(), connection)
    if value is None:
        return
    statement = sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
        sql.Identifier(model._meta.db_table),  # noqa: SLF001 - as above
        sql.Identifier(field.attname),
        sql.Literal(value),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
