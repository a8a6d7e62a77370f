"""Rows of plain values that each process reads again and again: a queryset whose SQL is compiled once (ADR 0005)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import ValuesListIterable

from parking.core.columns import quick_converters
from parking.core.statements import NotCompilable
from parking.core.together import connection_now, send, send_waiting


class _Plan(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: Any


class Rows:
    """The rows of a queryset with `values_list` and without parameters: `Rows(lambda: Zone.objects.values_list("pk"))`.

    Raises NotCompilable at first use for a queryset of anything else.
    """

    def __init__(self, build: Callable[[], "models.QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def all(self) -> list[tuple[Any, ...]]:
        """Return every row."""
        connection = connection_now()
        plan = self._plans.get(connection.vendor) or self._compile(connection)
        send_waiting()
        rows: Any = send(connection, plan.sql, plan.params)[0]
        if plan.converters:
            rows = plan.compiler.apply_converters(rows, plan.converters)
        return [tuple(row) for row in rows]

    def _compile(self, connection: BaseDatabaseWrapper) -> _Plan:
        queryset: Any = self._build()
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        # Not dicts, values alone or instances, and no column that is only there to sort by.
        if queryset._iterable_class is not ValuesListIterable or compiler.has_extra_select:  # noqa: SLF001
            raise NotCompilable(f"{queryset.model._meta.label}: its rows are not plain values")  # noqa: SLF001
        converters = quick_converters(compiler.get_converters([column for column, *_ in compiler.select]))
        plan = self._plans[connection.vendor] = _Plan(sql, tuple(params), compiler, converters)
        return plan
