"""SQL that is compiled once and used again: the one place that bypasses the ORM's query building.

Booking, entry and exit send some thirty statements, and building the SQL of each took longer than the database needs
to carry it out. ADR 0005 has what each of the functions gains and the command that measures it. Models and
querysets stay the only source of the SQL, on both databases: it is compiled at first use and kept, and each call fills
in its values. They do what `save(force_insert=True)`, `save(update_fields=…)`, `filter(…).update(…)` and evaluating a
queryset do, without signals. Whatever they could not do as the ORM does is refused with NotCompilable at first use.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

from parking.core.columns import Column, column_of, written
from parking.core.ids import MAX_ID
from parking.core.makers import maker_of, with_makers
from parking.core.together import Write, connection_now, may_wait, run, send, send_waiting, with_waiting

M = TypeVar("M", bound=models.Model)


class NotCompilable(TypeError):
    """The compiled statement of a model, field or queryset would differ from the ORM's."""


# --- Writing -----------------------------------------------------------------------------------------


def insert(instance: models.Model) -> None:
    """Write a new row and give the instance its primary key. Raises IntegrityError, NotCompilable."""
    connection = connection_now()
    write = _insertion(connection, instance, f" RETURNING {_key_column(type(instance))}")
    _set_key(instance, _answer(connection, *with_waiting(write))[0])


def insert_with(instance: models.Model, name: str) -> None:
    """Write a new row after the new row that its foreign key `name` leads to; both get their primary keys.

    On PostgreSQL in one statement. Raises as `insert`.
    """
    parent: models.Model = getattr(instance, name)
    connection = connection_now()
    if connection.vendor != "postgresql":
        insert(parent)
        setattr(instance, name, parent)  # takes over the new key
        insert(instance)
        return
    field: Any = instance._meta.get_field(name)  # noqa: SLF001
    parent_key = _key_column(type(parent))
    part = _insertion(connection, parent, f" RETURNING {parent_key}")
    sql, columns = _insert_sql(type(instance), "postgresql")
    others = [column for column in columns if column.field is not field]
    marks = ", ".join(f"(SELECT {parent_key} FROM part)" if one.field is field else "%s" for one in columns)  # noqa: S608
    sql = f"{sql} VALUES ({marks}) RETURNING {_key_column(type(instance))}, {_quoted(field.column)}"
    write = Write(_table(instance), sql, _values(instance, others, connection))
    key, key_of_parent = _answer(connection, *with_waiting(write, part))
    _set_key(parent, key_of_parent)
    setattr(instance, name, parent)
    _set_key(instance, key)


def insert_if_changed(
    instance: models.Model, other: models.Model, *, when: Mapping[str, Any], changes: Mapping[str, Any]
) -> bool:
    """Change fields of another row if it is as `when` says, as `change` does, and only then write a new row.

    Return whether there was such a row. On PostgreSQL in one statement. Raises as `insert`.
    """
    connection = connection_now()
    if connection.vendor != "postgresql":
        found = change(type(other), other.pk, when=when, **changes)
        if found:
            insert(instance)
        return found
    update = _update(connection, type(other), other.pk, when, changes)
    part = Write(update.table, f"{update.sql} RETURNING {_key_column(type(other))}", update.values)
    sql, columns = _insert_sql(type(instance), "postgresql")
    sql = f"{sql} SELECT {_marks(columns)} FROM part RETURNING {_key_column(type(instance))}"  # noqa: S608
    write = Write(_table(instance), sql, _values(instance, columns, connection))
    row = _answer(connection, *with_waiting(write, part))
    if row is not None:
        _set_key(instance, row[0])
    return row is not None


def insert_only(instance: models.Model) -> None:
    """Write a new row whose primary key nobody asks for: the instance gets none. Raises as `insert`.

    Inside of `together` it may wait.
    """
    connection = connection_now()
    _send_or_wait(connection, _insertion(connection, instance))


def save_fields(instance: models.Model, *names: str) -> None:
    """Write some fields of an existing row; foreign keys are named by their column. Raises NotCompilable.

    Inside of `together` it may wait.
    """
    connection = connection_now()
    changes = {name: getattr(instance, name) for name in names}
    _send_or_wait(connection, _update(connection, type(instance), instance.pk, {}, changes))


def change(model: type[models.Model], pk: int, /, *, when: Mapping[str, Any] | None = None, **changes: Any) -> bool:
    """Write fields of one row, if its other fields are as `when` says (a tuple: one of these).

    Return whether there was such a row. Foreign keys are named by their column (`slot_id`). Raises NotCompilable.
    """
    connection = connection_now()
    _, found = send(connection, *with_waiting(_update(connection, model, pk, when or {}, changes)))
    return bool(found)


def change_locked(model: type[models.Model], pk: int, /, *, when: Mapping[str, Any], **changes: Any) -> None:
    """Do as `change` with a row of which a lock keeps that it is as `when` says. Raises RowNotFound if it is not.

    Inside of `together` it may wait, and so may the error.
    """
    connection = connection_now()
    _send_or_wait(connection, _update(connection, model, pk, when, changes, must_find=True))


def _send_or_wait(connection: BaseDatabaseWrapper, write: Write) -> None:
    if not may_wait(write):
        run(connection, write, write.sql, write.values)


def _answer(connection: BaseDatabaseWrapper, sql: str, values: Sequence[Any]) -> Any:
    """Send a statement and return its only row, or None."""
    rows, _ = send(connection, sql, values)
    return rows[0] if rows else None


def _set_key(instance: models.Model, key: Any) -> None:
    instance.pk = key
    instance._state.adding = False  # noqa: SLF001 - what Model.save does
    instance._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001


def _insertion(connection: BaseDatabaseWrapper, instance: models.Model, returning: str = "") -> Write:
    sql, columns = _insert_sql(type(instance), connection.vendor)
    sql = f"{sql} VALUES ({_marks(columns)}){returning}"
    return Write(_table(instance), sql, _values(instance, columns, connection))


def _update(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    pk: int,
    when: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    must_find: bool = False,
) -> Write:
    conditions = {name: value if isinstance(value, tuple) else (value,) for name, value in when.items()}
    shape = tuple((name, len(values)) for name, values in conditions.items())
    sql, columns, tests = _update_sql(model, connection.vendor, tuple(changes), shape)
    values = [written(column, changes[column.name], connection) for column in columns]
    values.append(pk)
    for column, choices in zip(tests, conditions.values(), strict=True):
        values += [written(column, choice, connection) for choice in choices]
    return Write(_table(model), sql, values, must_find)


def _marks(columns: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(columns))


def _values(instance: models.Model, columns: list[Column], connection: BaseDatabaseWrapper) -> list[Any]:
    return [written(column, getattr(instance, column.name), connection) for column in columns]


def _table(model: type[models.Model] | models.Model) -> str:
    return model._meta.db_table  # noqa: SLF001 - Django's own name for it


def _quoted(name: str | None) -> str:
    return connection_now().ops.quote_name(name or "")


@cache
def _insert_sql(model: type[models.Model], _vendor: str) -> tuple[str, list[Column]]:
    meta, quote = model._meta, _quoted  # noqa: SLF001 - Django's own name for it
    fields = [field for field in _own_fields(model) if not field.primary_key]
    _refuse_fields(model, fields)
    if not isinstance(meta.pk, models.AutoField | models.BigAutoField | models.SmallAutoField):
        raise NotCompilable(f"{meta.label}: its primary key is not the database's to give")
    names = ", ".join(quote(field.column) for field in fields)
    columns = [column_of(field, connection_now()) for field in fields]
    return f"INSERT INTO {quote(meta.db_table)} ({names})", columns


@cache
def _key_column(model: type[models.Model]) -> str:
    return _quoted(model._meta.pk.column)  # noqa: SLF001


@cache
def _update_sql(
    model: type[models.Model], _vendor: str, names: tuple[str, ...], conditions: tuple[tuple[str, int], ...]
) -> tuple[str, list[Column], list[Column]]:
    meta, quote = model._meta, _quoted  # noqa: SLF001
    by_column = {field.attname: field for field in _own_fields(model)}
    fields = [by_column[name] for name in names]
    _refuse_fields(model, fields)
    tests = [by_column[name] for name, _ in conditions]
    settings = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    where = [f"{quote(meta.pk.column)} = %s"]
    for field, (_, choices) in zip(tests, conditions, strict=True):
        where.append(f"{quote(field.column)} IN ({', '.join(['%s'] * choices)})")
    sql = f"UPDATE {quote(meta.db_table)} SET {settings} WHERE {' AND '.join(where)}"  # noqa: S608
    connection = connection_now()
    return sql, [column_of(field, connection) for field in fields], [column_of(field, connection) for field in tests]


def _own_fields(model: type[models.Model]) -> list[Any]:
    """Return the columns of a model that has one table of its own. Raises NotCompilable."""
    meta = model._meta  # noqa: SLF001
    if meta.parents or meta.proxy:
        raise NotCompilable(f"{meta.label}: its columns are in the table of another model")
    return list(meta.local_concrete_fields)


def _refuse_fields(model: type[models.Model], fields: list[Any]) -> None:
    """Raise NotCompilable for a field whose value is not simply the attribute's."""
    for field in fields:
        if reason := _why_not(field):
            raise NotCompilable(f"{model._meta.label}.{field.name}: {reason}")  # noqa: SLF001


def _why_not(field: Any) -> str:
    if field.generated:
        return "the database computes this column"
    if field.has_db_default():
        return "the database has the default (db_default); give the model the default"
    return "pre_save changes the value (auto_now, files …); set it in the service" if _has_own_pre_save(field) else ""


def _has_own_pre_save(field: Any) -> bool:
    pre_save = type(field).pre_save
    if pre_save in {models.DateField.pre_save, models.DateTimeField.pre_save, models.TimeField.pre_save}:
        return bool(field.auto_now or field.auto_now_add)
    return pre_save is not models.Field.pre_save


# --- Reading -----------------------------------------------------------------------------------------

# Placeholders of the parameters while a queryset is compiled, by type of parameter.
_MARKS: dict[type, Callable[[int], Any]] = {int: lambda number: 2**61 + number, str: lambda number: f"mark-{number}"}


@dataclass(frozen=True)
class _Plan:
    """A compiled queryset: SQL, its fixed parameters, where the others go, and how a row becomes instances."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    compiler: Any
    converters: Any
    names: list[str]
    columns: slice
    maker: Any
    related: list[Any]
    locks: bool


class Select(Generic[M]):
    """A queryset as a function of its parameters (integers or texts), compiled once.

    `Select(lambda pk: Zone.objects.filter(pk=pk), int)`. Each parameter is used as it is, in exact look-ups.
    `select_related`, `defer` and `select_for_update` work. Raises NotCompilable at first use for what does not:
    prefetching, annotations, `values()`, and a parameter that the SQL has not, or not as it is (`startswith`).
    """

    def __init__(self, build: Callable[..., "models.QuerySet[M]"], *types: type) -> None:
        self._build = build
        self._types = types
        self._plans: dict[str, _Plan] = {}

    def all(self, *values: Any) -> list[M]:
        """Return every row of the queryset."""
        if any(isinstance(value, int) and value > MAX_ID for value in values):
            # As the ORM does: no column holds such a number, and SQLite would fail at it.
            return []
        connection = connection_now()
        plan = self._plans.get(connection.vendor) or self._compile(connection)
        if plan.locks and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        params = list(plan.params)
        for place, number in plan.places:
            params[place] = values[number]
        send_waiting()
        rows: Any = send(connection, plan.sql, params)[0]
        if plan.converters:
            rows = plan.compiler.apply_converters(rows, plan.converters)
        return [self._instance(plan, row) for row in rows]

    def first(self, *values: Any) -> M | None:
        """Return the first row, or None. Limit the queryset itself where more than one can match."""
        found = self.all(*values)
        return found[0] if found else None

    def _instance(self, plan: _Plan, row: Any) -> M:
        instance: M = plan.maker.from_db(DEFAULT_DB_ALIAS, plan.names, row[plan.columns])
        for populator in plan.related:
            populator.populate(row, instance)
        return instance

    def _compile(self, connection: BaseDatabaseWrapper) -> _Plan:
        marks = [_MARKS[kind](number) for number, kind in enumerate(self._types)]
        queryset = self._build(*marks)
        _refuse_queryset(queryset)
        query = queryset.query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        numbers = {mark: number for number, mark in enumerate(marks)}
        if missing := set(marks).difference(params):
            raise NotCompilable(f"{queryset.model._meta.label}: not in the SQL as it is: {missing}")  # noqa: SLF001
        info = compiler.klass_info
        first, last = info["select_fields"][0], info["select_fields"][-1]
        select = compiler.select
        plan = _Plan(
            sql=sql,
            params=tuple(params),
            places=tuple((place, numbers[param]) for place, param in enumerate(params) if param in numbers),
            compiler=compiler,
            converters=compiler.get_converters([column for column, *_ in select]),
            names=[column.target.attname for column, *_ in select[first : last + 1]],
            columns=slice(first, last + 1),
            maker=maker_of(queryset.model),
            # The stubs describe a later Django, which takes one argument more.
            related=with_makers(get_related_populators(info, select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg]
            locks=query.select_for_update,
        )
        self._plans[connection.vendor] = plan
        return plan


def _refuse_queryset(queryset: "models.QuerySet[Any]") -> None:
    """Raise NotCompilable for a queryset whose rows are more than instances, or less."""
    reasons = {
        "it prefetches": queryset._prefetch_related_lookups,  # type: ignore[attr-defined]  # noqa: SLF001
        "its rows are not instances": queryset._fields is not None,  # type: ignore[attr-defined]
        "it annotates": queryset.query.annotations,
        "it combines queries": queryset.query.combinator,
    }
    if found := [reason for reason, holds in reasons.items() if holds]:
        raise NotCompilable(f"{queryset.model._meta.label}: {', '.join(found)}")  # noqa: SLF001
