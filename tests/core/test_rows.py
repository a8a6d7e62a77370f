"""Rows whose SQL is compiled once are those that the queryset reads now; JSON is written as by Django's encoder."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Max, QuerySet, Value

from parking.audit.models import AuditEntry
from parking.core.columns import column_of, written
from parking.core.models import SettingValue
from parking.core.rows import Rows
from parking.core.statements import NotCompilable, insert
from parking.core.together import connection_now
from parking.facilities.models import ParkingZone

NOW = datetime(2026, 11, 22, 4, 30, 15, 123456, tzinfo=UTC)

QUERIES: list[Callable[[], QuerySet[Any, Any]]] = [
    lambda: ParkingZone.objects.order_by("-pk").values_list("pk", "uuid", "hourly_rate", "allowed_kinds"),
    lambda: ParkingZone.objects.filter(site__time_zone="Asia/Kolkata").values_list("site__name", "created_at"),
    lambda: SettingValue.objects.values_list("name", "site_id", "value"),
    lambda: ParkingZone.objects.order_by().values_list(Value(1)).annotate(number=Count("pk"), newest=Max("pk")),
    lambda: ParkingZone.objects.filter(name="nowhere").values_list("pk"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_they_are_what_the_queryset_reads(zone: ParkingZone, query: Callable[[], QuerySet[Any, Any]]) -> None:
    SettingValue.objects.create(name="x", site_id=1, value={"a": [1, None, "₹"]}, changed_at=NOW)
    rows = Rows(query)
    assert rows.all() == rows.all() == list(query())
    ParkingZone.objects.update(hourly_rate="12.50")
    assert rows.all() == list(query())


@pytest.mark.parametrize(
    "query",
    [
        ParkingZone.objects.all,
        lambda: ParkingZone.objects.prefetch_related("slots"),
        lambda: ParkingZone.objects.values("pk"),
        lambda: ParkingZone.objects.values_list("pk", flat=True),
        lambda: ParkingZone.objects.values_list("site_id").distinct().order_by("name"),
    ],
)
def test_what_reads_other_than_tuples_is_refused(db: None, query: Callable[[], QuerySet[Any, Any]]) -> None:
    with pytest.raises(NotCompilable, match=r"ParkingZone: its rows are not plain values"):
        Rows(query).all()


def _text_of_facts(value: Any) -> str:
    own = connection_now()
    found = written(column_of(AuditEntry._meta.get_field("facts"), own), value, own)
    return found if isinstance(found, str) else found.dumps(found.obj)


@pytest.mark.parametrize(
    "value",
    [
        {"amount": Decimal("80.50"), "at": NOW, "day": date(2026, 11, 22), "id": UUID(int=5)},
        {"text": "₹ 'à' \" \\ हिन्दी", "none": None, "yes": True, "list": [1, 2.5, {}], "pair": (1, 2)},
        {1: "a key that is a number"},
        {"large": 2**70},
        {},
    ],
)
def test_json_is_written_as_by_the_fields_encoder(db: None, value: dict[Any, Any]) -> None:
    assert json.loads(_text_of_facts(value)) == json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def test_json_that_the_encoder_refuses_is_refused(db: None) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        _text_of_facts({"x": object()})


@pytest.mark.sql
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_json_with_a_float_that_is_no_number_is_refused_by_the_database(db: None, number: float) -> None:
    """It became null on PostgreSQL."""
    with pytest.raises(DatabaseError), transaction.atomic():
        insert(AuditEntry(at=NOW, action="x", facts={"none": None, "list": [(number,)]}))


@pytest.mark.sql
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses it")
def test_json_with_half_a_pair_of_surrogates_is_read(db: None) -> None:
    entry = AuditEntry.objects.create(at=NOW, action="x", facts={"a": "\ud800"})
    assert Rows(lambda: AuditEntry.objects.filter(pk=entry.pk).values_list("facts")).all() == [({"a": "\ud800"},)]
