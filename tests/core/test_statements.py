"""The compiled statements write and read exactly what the ORM does, for every model; what they cannot do is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import isolate_apps

from parking.core.statements import NotCompilable, Select, change, insert, save_fields
from parking.facilities.models import ParkingSlot
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import book

OURS = [model for model in apps.get_models() if model.__module__.startswith("parking.")]
NOW = datetime(2026, 11, 22, 4, 30, 15, 123456, tzinfo=UTC)

# What cannot be compiled is tried on both databases too, although it needs no rows.
pytestmark = pytest.mark.sql
every_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)


# --- Rows of any model ---------------------------------------------------------------------------------


@pytest.fixture
def unchecked(db: None) -> Iterator[None]:
    """A transaction in which rows need not make sense, rolled back before foreign keys are looked at."""
    with transaction.atomic():
        for model in OURS:
            _drop_checks(model)
        yield
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        _ignore_checks(False)


def _drop_checks(model: type[models.Model]) -> None:
    if connection.vendor == "sqlite":
        _ignore_checks(True)
        return
    names = [check.name for check in model._meta.constraints if isinstance(check, models.CheckConstraint)]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{name}"')


def _ignore_checks(yes: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA ignore_check_constraints = {int(yes)}")


def _value(field: Any, number: int) -> Any:
    """A value of the field's type that no conversion leaves as it is; another one for another number."""
    if field.is_relation:
        return 1_000_000 + number
    values: dict[str, Callable[[], Any]] = {
        "CharField": lambda: f"₹{number} 'x' हिन्दी"[: field.max_length],
        "TextField": lambda: f"₹{number}\n'x' %s",
        "DateTimeField": lambda: NOW.replace(minute=number),
        "DateField": lambda: date(2026, 11, number),
        "TimeField": lambda: time(7, number, 1, 5),
        "DecimalField": lambda: Decimal(number) + Decimal(1).scaleb(-field.decimal_places),
        "BooleanField": lambda: bool(number % 2),
        "BinaryField": lambda: b"\x00" + bytes([number % 256]),
        "JSONField": lambda: {"a": [number, None, "₹"], "b": {}},
        "IntegerField": lambda: -number,
        "PositiveSmallIntegerField": lambda: number,
        "PositiveIntegerField": lambda: 70_000 + number,
        "BigIntegerField": lambda: 2**40 + number,
        "UUIDField": lambda: UUID(int=2**100 + number),
    }
    return values[field.get_internal_type()]()


def _values(model: type[models.Model], number: int, *, empty: bool) -> dict[str, Any]:
    """A value for each column; with `empty` nothing where nothing may be."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {field.attname: None if empty and field.null else _value(field, number) for field in fields}


def _stored(row: models.Model) -> tuple[Any, ...]:
    """The columns of a row as the database has them, without its number. The row is deleted: the next may be equal."""
    table, key = row._meta.db_table, row._meta.pk.column
    columns = ", ".join(f'"{field.column}"' for field in row._meta.concrete_fields if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{table}" WHERE "{key}" = %s', [row.pk])
        (found,) = cursor.fetchall()
        cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" = %s', [row.pk])
    return tuple(found)


# --- The same as the ORM -------------------------------------------------------------------------------


@every_model
@pytest.mark.parametrize("empty", [False, True])
def test_insert_writes_what_save_writes(unchecked: None, model: type[models.Model], empty: bool) -> None:
    ours, theirs = model(**_values(model, 1, empty=empty)), model(**_values(model, 1, empty=empty))
    insert(ours)
    assert ours.pk is not None and not ours._state.adding and ours._state.db == "default"
    written = _stored(ours)
    theirs.save(force_insert=True)
    assert written == _stored(theirs)


@every_model
@pytest.mark.parametrize("empty", [False, True])
def test_save_fields_writes_what_save_writes(unchecked: None, model: type[models.Model], empty: bool) -> None:
    changed = _values(model, 2, empty=empty)

    def written(save: Callable[[models.Model], None]) -> tuple[Any, ...]:
        row = model(**_values(model, 1, empty=False))
        row.save(force_insert=True)
        for name, value in changed.items():
            setattr(row, name, value)
        save(row)
        return _stored(row)

    assert written(lambda row: save_fields(row, *changed)) == written(lambda row: row.save(update_fields=changed))


@every_model
@pytest.mark.parametrize("met", [True, False])
def test_change_writes_what_update_writes(unchecked: None, model: type[models.Model], met: bool) -> None:
    changed = _values(model, 2, empty=True)
    # JSON is compared by its text in SQLite and not at all in PostgreSQL: no condition of ours names it.
    comparable = [field.attname for field in model._meta.concrete_fields if field.get_internal_type() != "JSONField"]
    present, other = _values(model, 1 if met else 3, empty=False), _values(model, 4, empty=False)
    when = {name: (other[name], value) for name, value in present.items() if name in comparable}

    def written(update: Callable[[int], bool]) -> tuple[bool, tuple[Any, ...]]:
        row = model(**_values(model, 1, empty=False))
        row.save(force_insert=True)
        return update(row.pk), _stored(row)

    def by_orm(pk: int) -> bool:
        conditions = {f"{name}__in": values for name, values in when.items()}
        return bool(model._base_manager.filter(pk=pk, **conditions).update(**changed))

    ours = written(lambda pk: change(model, pk, when=when, **changed))
    assert ours[0] is met
    assert ours == written(by_orm)


@every_model
def test_select_reads_what_the_queryset_reads(unchecked: None, model: type[models.Model]) -> None:
    row = model(**_values(model, 1, empty=False))
    row.save(force_insert=True)
    ours = Select(lambda pk: model._base_manager.filter(pk=pk), int).first(row.pk)
    assert _attributes(ours) == _attributes(model._base_manager.get(pk=row.pk))


def test_select_reads_related_and_deferred_fields_as_the_queryset_does(driver, zone) -> None:
    booked = book(driver, zone, now=NOW)
    with transaction.atomic():
        ours = Select(lambda pk: ParkingSession.objects.locked().filter(pk=pk), int).first(booked.pk)
        theirs = ParkingSession.objects.locked().get(pk=booked.pk)
    assert ours is not None
    assert _attributes(ours) == _attributes(theirs)
    assert any(related.get_deferred_fields() for related in theirs._state.fields_cache.values())
    assert set(ours._state.fields_cache) == set(theirs._state.fields_cache) != set()
    assert theirs._state.fields_cache["subscription"] is ours._state.fields_cache["subscription"] is None
    for name, related in theirs._state.fields_cache.items():
        if related is None:
            continue
        assert _attributes(ours._state.fields_cache[name]) == _attributes(related)


def _attributes(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


# --- Refused -------------------------------------------------------------------------------------------


class Imagined(models.Model):
    """What the models have in common that exist only to be refused."""

    class Meta:
        abstract = True
        app_label = "core"

    def __str__(self) -> str:
        return "imagined"


def _touched() -> type[models.Model]:
    class Touched(Imagined):
        name = models.CharField(max_length=5)
        at = models.DateTimeField(auto_now=True)

    return Touched


def _dated() -> type[models.Model]:
    class Dated(Imagined):
        on = models.DateField(auto_now_add=True)

    return Dated


def _with_file() -> type[models.Model]:
    class WithFile(Imagined):
        file = models.FileField()

    return WithFile


def _with_database_default() -> type[models.Model]:
    class WithDatabaseDefault(Imagined):
        number = models.IntegerField(db_default=7)

    return WithDatabaseDefault


def _generated() -> type[models.Model]:
    class Generated(Imagined):
        number = models.IntegerField()
        double = models.GeneratedField(
            expression=models.F("number") * 2, output_field=models.IntegerField(), db_persist=True
        )

    return Generated


def _child() -> type[models.Model]:
    class Parent(Imagined):
        name = models.CharField(max_length=5)

    class Child(Parent):
        age = models.IntegerField(default=1)

    return Child


def _proxy() -> type[models.Model]:
    class Original(Imagined):
        name = models.CharField(max_length=5)

    class Other(Original):
        class Meta:
            app_label = "core"
            proxy = True

    return Other


def _with_own_key() -> type[models.Model]:
    class WithOwnKey(Imagined):
        code = models.CharField(max_length=5, primary_key=True)

    return WithOwnKey


@pytest.mark.parametrize(
    ("make", "field", "message"),
    [
        (_touched, "at", "Touched.at: pre_save changes the value"),
        (_dated, "on", "Dated.on: pre_save changes the value"),
        (_with_file, "file", "WithFile.file: pre_save changes the value"),
        (_with_database_default, "number", "WithDatabaseDefault.number: the database has the default"),
        (_generated, "double", "Generated.double: the database computes this column"),
        (_child, "age", "Child: its columns are in the table of another model"),
        (_proxy, "name", "Other: its columns are in the table of another model"),
    ],
)
@isolate_apps("parking.core")
def test_a_model_that_they_would_write_differently_is_refused(make: Any, field: str, message: str) -> None:
    model = make()
    with pytest.raises(NotCompilable, match=message):
        insert(model())
    with pytest.raises(NotCompilable, match=message):
        change(model, 1, **{field: None})


@isolate_apps("parking.core")
def test_a_row_whose_key_the_database_does_not_give_is_not_inserted() -> None:
    model = _with_own_key()
    with pytest.raises(NotCompilable, match="WithOwnKey: its primary key is not the database's to give"):
        insert(model(code="A"))


@pytest.mark.parametrize(
    ("build", "kind", "message"),
    [
        (lambda pk: ParkingSlot.objects.filter(pk=pk).prefetch_related("zone"), int, "it prefetches"),
        (lambda pk: ParkingSlot.objects.filter(pk=pk).values("pk"), int, "its rows are not instances"),
        (lambda pk: ParkingSlot.objects.filter(pk=pk).annotate(n=models.Value(1)), int, "it annotates"),
        (lambda pk: ParkingSlot.objects.filter(pk=pk).union(ParkingSlot.objects.all()), int, "it combines queries"),
        (lambda text: Vehicle.objects.filter(match_key__startswith=text), str, "not in the SQL as it is"),
        (lambda _pk: ParkingSlot.objects.all(), int, "not in the SQL as it is"),
    ],
)
def test_a_queryset_that_they_would_read_differently_is_refused(db: None, build: Any, kind: type, message: str) -> None:
    with pytest.raises(NotCompilable, match=message):
        Select(build, kind).first(kind(1))
