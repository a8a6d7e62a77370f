"""One record for each plate."""

import pytest
from django.db import transaction

from parking.core import clock
from parking.core.errors import Refused
from parking.vehicles.models import Vehicle
from parking.vehicles.services import checked_plate, lock_for_pass, lock_vehicle

pytestmark = pytest.mark.django_db


def _lock(text: str, kind: str = "CAR") -> Vehicle:
    return lock_vehicle(plate=checked_plate(text), kind=kind, now=clock.now())


def test_spellings_of_one_plate_are_one_vehicle() -> None:
    first = _lock("DL 01 ab 1234")
    assert _lock("dl-1-AB-1234") == first
    assert Vehicle.objects.get().vehicle_number == "DL-01-AB-1234"


def test_the_kind_follows_the_last_booking() -> None:
    first = _lock("DL01AB1234")
    _lock("DL01AB1234", "EV")
    first.refresh_from_db()
    assert first.kind == "EV"


def test_a_text_that_is_no_plate_is_refused() -> None:
    with pytest.raises(Refused, match="Check vehicle number") as refusal:
        checked_plate("hello")
    assert refusal.value.code == "vehicle_invalid"
    assert not Vehicle.objects.exists()


def test_new_plates_of_a_pass_are_written_in_the_order_of_their_keys() -> None:
    """So that of two passes at once, with the same plates the other way round, neither waits for the other."""
    plates = [checked_plate(text) for text in ("DL01AB2222", "DL01AB1111")]
    with transaction.atomic():
        lock_for_pass(plates=plates, kind="CAR", now=clock.now())
    assert list(Vehicle.objects.order_by("pk").values_list("match_key", flat=True)) == ["DL01AB1111", "DL01AB2222"]
