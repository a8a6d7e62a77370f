"""How rows of compiled statements become instances: as `from_db` makes them, but all columns at once."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

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
    is_plain = model.__init__ is models.Model.__init__ and own.__func__ is _FROM_DB.__func__
    listens = any(signal.has_listeners(model) for signal in (pre_init, post_init))
    return Maker(model) if is_plain and not listens else model


def with_makers(populators: Any) -> Any:
    """Return what makes related instances from a row (Django's), with our way to make each."""
    for populator in populators:
        populator.model_cls = maker_of(populator.model_cls)
        with_makers(populator.related_populators)
    return populators
