"""What each function of `parking/core/statements.py` saves of a cycle's processor time.

Each is switched off in turn, which puts the plain ORM in its place. Cycles with and without it alternate, so that other
work on the machine affects both; the clock is `time.process_time`, which excludes PostgreSQL's own work.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from statistics import median, quantiles
from typing import Any
from unittest import mock

from django.db import models

from bench.calls import Caller
from parking.core import direct, makers, statements

WARM_UP = 10
CYCLES_PER_ROUND = 5


def inside(given: dict[str, Any]) -> dict[str, Any]:
    """Return for each function the share of a cycle (0.05 is 5 %) that it saves, by the median of `rounds` rounds."""
    caller = Caller(given["world"])
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in SWITCHES}
    for switched_off in SWITCHES.values():
        with switched_off():
            _seconds(caller, WARM_UP)
    for number in range(given["rounds"]):
        for name, switched_off in SWITCHES.items():
            seen[name].append(_pair(caller, switched_off, off_first=bool(number % 2)))
    return {name: _figures(pairs) for name, pairs in seen.items()}


def _pair(caller: Caller, switched_off: Callable[[], AbstractContextManager[None]], *, off_first: bool) -> Any:
    """Return the seconds of a cycle with the function and without it, measured one after the other."""
    if off_first:
        with switched_off():
            without = _seconds(caller, CYCLES_PER_ROUND)
        return _seconds(caller, CYCLES_PER_ROUND), without
    with_it = _seconds(caller, CYCLES_PER_ROUND)
    with switched_off():
        return with_it, _seconds(caller, CYCLES_PER_ROUND)


def _seconds(caller: Caller, cycles: int) -> float:
    gc.collect()
    begun = time.process_time()
    for _ in range(cycles):
        code = caller.book()
        caller.enter(code)
        caller.leave(code)
    return (time.process_time() - begun) / cycles


def _figures(pairs: list[tuple[float, float]]) -> dict[str, float]:
    gains = [1 - with_it / without for with_it, without in pairs]
    low, _, high = quantiles(gains, n=4)
    return {
        "with_ms": 1000 * median(with_it for with_it, _ in pairs),
        "without_ms": 1000 * median(without for _, without in pairs),
        "gain": median(gains),
        "gain_low": low,
        "gain_high": high,
    }


# --- The plain ORM in the place of each ---------------------------------------------------------------


def _insert(instance: models.Model) -> None:
    instance.save(force_insert=True)


def _save_fields(instance: models.Model, *names: str) -> None:
    instance.save(update_fields=names)


def _change(model: type[models.Model], pk: int, /, *, when: Mapping[str, Any] | None = None, **changes: Any) -> bool:
    conditions = {
        f"{name}__in": value if isinstance(value, tuple) else (value,) for name, value in (when or {}).items()
    }
    rows = model._default_manager.filter(pk=pk, **conditions)  # noqa: SLF001
    return bool(rows.update(**changes))


def _insert_with(instance: models.Model, name: str) -> None:
    parent = getattr(instance, name)
    _insert(parent)
    setattr(instance, name, parent)
    _insert(instance)


def _insert_if_changed(
    instance: models.Model, other: models.Model, *, when: Mapping[str, Any], changes: Mapping[str, Any]
) -> bool:
    found = _change(type(other), other.pk, when=when, **changes)
    if found:
        _insert(instance)
    return found


def _all(select: Any, *values: Any) -> list[Any]:
    return list(select._build(*values))  # noqa: SLF001


@contextmanager
def _replaced(name: str, plain: Callable[..., Any]) -> Iterator[None]:
    """Put `plain` wherever a module of the product has imported the function."""
    present = getattr(statements, name)
    users = [module for key, module in sys.modules.items() if key.startswith("parking.") and module is not statements]
    changed = [module for module in users if vars(module).get(name) is present]
    for module in changed:
        setattr(module, name, plain)
    try:
        yield
    finally:
        for module in changed:
            setattr(module, name, present)


@contextmanager
def _without_select() -> Iterator[None]:
    with mock.patch.object(statements.Select, "all", _all):
        yield


@contextmanager
def _without_together() -> Iterator[None]:
    """Send each write at once."""
    with mock.patch.object(statements, "may_wait", return_value=False):
        yield


@contextmanager
def _without_direct() -> Iterator[None]:
    """Send each statement by a cursor of its own."""
    with mock.patch.object(direct, "_goes_directly", return_value=False):
        yield


@contextmanager
def _without_makers() -> Iterator[None]:
    """Make instances as the ORM does, column by column."""
    with mock.patch.object(makers.Maker, "from_db", _from_db):
        yield


def _from_db(maker: Any, db: str, names: Sequence[str], values: Sequence[Any]) -> models.Model:
    return maker._model.from_db(db, names, values)  # type: ignore[no-any-return]  # noqa: SLF001


@contextmanager
def _without_insert() -> Iterator[None]:
    with (
        _replaced("insert", _insert),
        _replaced("insert_only", _insert),
        _replaced("insert_with", _insert_with),
        _replaced("insert_if_changed", _insert_if_changed),
    ):
        yield


@contextmanager
def _without_change() -> Iterator[None]:
    with _replaced("change", _change), _replaced("change_locked", _change):
        yield


@contextmanager
def _without_any() -> Iterator[None]:
    with (
        _without_insert(),
        _replaced("save_fields", _save_fields),
        _without_change(),
        _without_select(),
        _without_direct(),
    ):
        yield


SWITCHES: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "insert": _without_insert,
    "save_fields": partial(_replaced, "save_fields", _save_fields),
    "change": _without_change,
    "Select": _without_select,
    "together": _without_together,
    "direct": _without_direct,
    "instances at once": _without_makers,
    "all together": _without_any,
}
