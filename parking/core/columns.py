"""What compiled statements write and read of values: as Django's fields do, without asking the field each time."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from psycopg.types.json import Jsonb

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
    if connection.vendor == "postgresql" and kind is models.JSONField:
        return type(field.get_default()), partial(Jsonb, dumps=partial(_dumped, encoder=field.encoder))
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


# --- JSON --------------------------------------------------------------------------------------------

# What orjson would write in its own way is left to the field's encoder.
_ENCODERS_OWN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def _dumped(value: Any, encoder: type[json.JSONEncoder] | None) -> bytes | str:
    try:
        text = orjson.dumps(value, default=encoder().default if encoder else None, option=_ENCODERS_OWN)
    except TypeError:
        # Keys that are no texts, whole numbers of more than 64 bits; or an error, which is then the encoder's.
        return json.dumps(value, cls=encoder)
    # A float that is no number would become null without a word; the encoder's "NaN" is refused by the database.
    return text if b"null" not in text or _has_numbers(value) else json.dumps(value, cls=encoder)


def _has_numbers(value: Any) -> bool:
    """Return whether each float in a value is a number."""
    if isinstance(value, dict):
        return all(map(_has_numbers, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_has_numbers, value))
    return not isinstance(value, float) or isfinite(value)


def quick_converters(converters: dict[int, Any]) -> dict[int, Any]:
    """Return the converters of Django's compiler, with a quicker one for JSON columns."""
    return {
        place: ([_quicker(one, expression) for one in those], expression)
        for place, (those, expression) in converters.items()
    }


def _quicker(converter: Any, expression: Any) -> Any:
    is_json = getattr(converter, "__func__", None) is models.JSONField.from_db_value and isinstance(expression, Col)
    return _read_json if is_json and converter.__self__.decoder is None else converter


def _read_json(text: str | None, _expression: Any, _connection: BaseDatabaseWrapper) -> Any:
    """Return JSON as `json.loads` reads it, but for whole numbers of more than 64 bits: no column of ours holds any."""
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # Half of a pair of surrogates, which SQLite keeps, and numbers beyond a float.
        return json.loads(text)
