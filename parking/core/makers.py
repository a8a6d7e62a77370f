"""How instances are made on the hot path, from rows or for a new row: as Django makes them, all columns at once."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=models.Model)

_FROM_DB: Any = models.Model.from_db


class Maker:
    """Makes instances of a model from rows as its `from_db` does, without setting column by column."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model

    def from_db(self, db: str, names: Sequence[str], values: Sequence[Any]) -> models.Model:
        instance = self._model.__new__(self._model)
        instance._state = state = ModelState()  # noqa: SLF001 - what Model.from_db does
        state.adding, state.db = False, db
        vars(instance).update(zip(names, values, strict=True))
        return instance


def maker_of(model: type[models.Model]) -> Any:
    """Return what makes instances of a model: itself, if it does more as one is made."""
    own: Any = model.from_db
    return Maker(model) if _is_plain(model) and own.__func__ is _FROM_DB.__func__ else model


def _is_plain(model: type[models.Model]) -> bool:
    listens = any(signal.has_listeners(model) for signal in (pre_init, post_init))
    return model.__init__ is models.Model.__init__ and not listens


def with_makers(populators: Any) -> Any:
    """Return what makes related instances from a row (Django's), with our way to make each."""
    for populator in populators:
        populator.model_cls = maker_of(populator.model_cls)
        with_makers(populator.related_populators)
    return populators


# --- New rows ----------------------------------------------------------------------------------------


class _Blank(NamedTuple):
    """What a new instance of a model has: values, what makes values, and the names of relations."""

    values: dict[str, Any]
    makes: list[tuple[str, Callable[[], Any]]]
    relations: frozenset[str]


def new(model: type[M], **values: Any) -> M:
    """Return a new instance as `model(**values)` does. Raises TypeError for what is no column, nor a relation."""
    blank = _blank_of(model)
    if blank is None:
        return model(**values)
    instance = model.__new__(model)
    instance._state = ModelState()  # noqa: SLF001 - what Model.__init__ does
    columns = vars(instance)
    columns.update(blank.values)
    for name, make in blank.makes:
        columns[name] = make()
    for name, value in values.items():
        if name in blank.relations:
            setattr(instance, name, value)  # sets its column, too
        elif name in columns:
            columns[name] = value
        else:
            raise TypeError(f"{model.__name__} has no column {name}")
    return instance


@cache
def _blank_of(model: type[models.Model]) -> _Blank | None:
    """Return None for a model that does more as an instance is made."""
    fields: list[Any] = list(model._meta.concrete_fields)  # noqa: SLF001 - Django's own name for it
    if not _is_plain(model) or any(field.generated for field in fields):
        return None
    makes = [(field.attname, field.get_default) for field in fields if field.has_default() and callable(field.default)]
    made = {name for name, _ in makes}
    values = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return _Blank(values, makes, frozenset(field.name for field in fields if field.is_relation))
