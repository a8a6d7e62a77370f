"""A new instance that is made at once is what the model itself makes, for every model."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.test.utils import isolate_apps

from parking.core.columns import column_of, written
from parking.core.makers import new
from parking.core.together import connection_now
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.payments.models import Bill
from parking.stays.models import ParkingSession

OURS = [model for model in apps.get_models() if model.__module__.startswith("parking.")]


def _columns(instance: models.Model) -> dict[str, Any]:
    columns = {name: value for name, value in vars(instance).items() if name != "_state"}
    # Each has a UUID of its own.
    return {name: UUID if isinstance(value, UUID) else value for name, value in columns.items()}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_it_has_what_the_constructor_gives(model: type[models.Model]) -> None:
    ours, theirs = new(model), model()
    assert _columns(ours) == _columns(theirs)
    assert vars(ours).keys() == vars(theirs).keys()
    assert (ours._state.adding, ours._state.db) == (True, None)


def test_no_two_share_what_is_made_for_each() -> None:
    first, second = new(ParkingSession), new(ParkingSession)
    assert first.marks == second.marks == []
    assert first.marks is not second.marks
    assert first.uuid != second.uuid


def test_relations_and_columns_are_taken_by_their_names() -> None:
    zone, bill = ParkingZone(pk=7), Bill(pk=3)
    session = new(ParkingSession, zone=zone, bill=bill, slot_id=9, owner_name="Asha Rao")
    assert (session.zone, session.zone_id, session.slot_id, session.owner_name) == (zone, 7, 9, "Asha Rao")
    assert session.bill is bill
    assert bill.session is session


def test_what_is_no_column_is_refused() -> None:
    with pytest.raises(TypeError, match="ParkingSlot has no column colour"):
        new(ParkingSlot, colour="red")


@isolate_apps("parking.core")
def test_a_model_with_a_constructor_of_its_own_makes_its_instances() -> None:
    class Named(models.Model):  # noqa: DJ008 - nobody shows it
        name = models.TextField()

        class Meta:
            app_label = "core"

        def __init__(self, *args: Any, **values: Any) -> None:
            super().__init__(*args, **values)
            self.seen = True

    assert new(Named, name="x").seen


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_what_is_no_number_is_no_amount(db: None, number: str) -> None:
    column = column_of(Bill._meta.get_field("total"), connection_now())
    with pytest.raises((ValueError, ValidationError)):
        written(column, Decimal(number), connection_now())


@pytest.mark.sql
def test_a_time_without_zone_is_written_by_nobody(db: None) -> None:
    column = column_of(ParkingSession._meta.get_field("booked_at"), connection_now())
    moment = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
    assert written(column, moment, connection_now()) is not None
    with pytest.raises((ValueError, RuntimeWarning)):
        written(column, moment.replace(tzinfo=None), connection_now())
