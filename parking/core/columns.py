"""What compiled statements write and read of values: as Django's fields do, without asking the field each time."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Wrap = Callable[[Any], Any]


class Column(NamedTuple):
    """A column that is written: values of the type `plain` are written as they are, or as `wrap` returns them."""

    field: Any
    name: str
    plain: type | None
    wrap: Wrap | None


def column_of(field: Any, connection: BaseDatabaseWrapper) -> Column:
    return Column(field, field.attname, *_written_as_it_is(field, connection))


def written(column: Column, value: Any, connection: BaseDatabaseWrapper) -> Any:
    """Return what a field writes. Most values are missing, or of the type of their field."""
    if value is None:
        return None
    if type(value) is column.plain:
        return value if column.wrap is None else column.wrap(value)
    if column.plain is str and isinstance(value, str):
        return str(value)  # one of the choices
    return column.field.get_db_prep_save(value, connection)


def _written_as_it_is(field: Any, connection: BaseDatabaseWrapper) -> tuple[type | None, Wrap | None]:
    """Return the type of the values that a field writes as they are, and what Django makes of them, if anything."""
    if isinstance(field, models.ForeignKey):
        return _written_as_it_is(field.target_field, connection)
    kind = type(field)
    if kind in _ANYWHERE or connection.vendor != "postgresql":
        return _ANYWHERE.get(kind), None
    if kind in _NUMBERS:
        # As wide as the column, whatever the number: a statement is prepared for the types of its values.
        operations: Any = connection.ops
        return int, operations.integerfield_type_map[field.get_internal_type()]
    return _ON_POSTGRESQL.get(kind, (None, None))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"{number} is no amount")
    return number


_ANYWHERE: dict[type, type] = {
    models.BigAutoField: int,
    models.BooleanField: bool,
    models.CharField: str,
    models.TextField: str,
}
_ON_POSTGRESQL: dict[type, tuple[type, Wrap | None]] = {
    models.DateTimeField: (datetime, _aware),
    models.DecimalField: (Decimal, _finite),
    models.UUIDField: (UUID, None),
}
_NUMBERS = {
    models.BigIntegerField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
}
