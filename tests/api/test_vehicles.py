"""A driver's saved vehicles by API."""

import pytest
import time_machine

from parking.accounts.models import Role, User
from parking.facilities.models import ParkingZone
from parking.vehicles.models import SavedVehicle
from parking.vehicles.saving import MOST_SAVED
from tests.api.reading import book, data_of, errors_of, problem_of
from tests.build import make_user, plate
from tests.client import ApiClient
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

VEHICLES = "/api/user/vehicles/"
CAR = {"vehicle_number": "dl 1 ab 1234", "owner_name": "Asha Rao"}


def test_a_vehicle_is_saved_listed_and_forgotten(
    clock_stands: time_machine.Traveller, as_driver: ApiClient, zone: ParkingZone
) -> None:
    saved = data_of(as_driver.post(VEHICLES, CAR | {"vehicle_kind": "EV", "label": "The red one"}), 201)
    assert saved == {
        "id": SavedVehicle.objects.get().pk,
        "vehicle_number": "DL-1-AB-1234",
        "vehicle_kind": "EV",
        "owner_name": "Asha Rao",
        "label": "The red one",
        "last_used_at": None,
        "open_session_id": None,
        "created_at": "2026-11-22T04:30:00Z",
    }
    booking = data_of(book(as_driver, zone.pk, "DL-01-AB-1234"), 201)
    used = {"last_used_at": "2026-11-22T04:30:00Z", "open_session_id": booking["session_id"]}
    assert data_of(as_driver.get(VEHICLES)) == {
        "results": [saved | used], "count": 1, "page": 1, "page_size": 20, "pages": 1,
    }  # fmt: skip

    assert data_of(as_driver.delete(f"{VEHICLES}{saved['id']}/")) is None
    assert data_of(as_driver.get(VEHICLES))["results"] == []
    assert problem_of(as_driver.delete(f"{VEHICLES}{saved['id']}/")) == (404, "vehicle_not_found")


def test_saved_again_it_is_changed(as_driver: ApiClient) -> None:
    first, second = (
        data_of(as_driver.post(VEHICLES, body), 201)
        for body in (CAR, {"vehicle_number": "DL-01-AB-1234", "owner_name": "Ravi Rao"})
    )
    assert (second["id"], second["owner_name"]) == (first["id"], "Ravi Rao")
    assert SavedVehicle.objects.count() == 1


def test_without_a_name_it_is_the_accounts(as_driver: ApiClient, driver: User) -> None:
    assert data_of(as_driver.post(VEHICLES, {"vehicle_number": plate()}), 201)["owner_name"] == driver.username
    User.objects.update(first_name="Asha", last_name="Rao")
    assert data_of(as_driver.post(VEHICLES, {"vehicle_number": plate()}), 201)["owner_name"] == "Asha Rao"


def test_somebody_elses_vehicle_is_not_there(as_driver: ApiClient) -> None:
    stranger = ApiClient(make_user(Role.USER))
    theirs = data_of(stranger.post(VEHICLES, CAR), 201)
    with nothing_changes():
        assert problem_of(as_driver.delete(f"{VEHICLES}{theirs['id']}/")) == (404, "vehicle_not_found")
    assert data_of(as_driver.get(VEHICLES))["count"] == 0
    assert data_of(stranger.get(VEHICLES))["count"] == 1


def test_one_more_than_a_driver_may_save_is_refused(as_driver: ApiClient) -> None:
    for _ in range(MOST_SAVED):
        data_of(as_driver.post(VEHICLES, {"vehicle_number": plate(), "owner_name": "Asha"}), 201)
    assert problem_of(as_driver.post(VEHICLES, CAR)) == (400, "too_many_vehicles")


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"vehicle_number": ""}, {"vehicle_number"}),
        ({"vehicle_number": "D1" * 16}, {"vehicle_number"}),
        ({"vehicle_kind": "TRAM"}, {"vehicle_kind"}),
        ({"owner_name": "A" * 101}, {"owner_name"}),
        ({"label": "A" * 31}, {"label"}),
    ],
)
def test_bad_input_is_refused(as_driver: ApiClient, change: dict[str, object], fields: set[str]) -> None:
    assert errors_of(as_driver.post(VEHICLES, CAR | change)) == fields
    assert problem_of(as_driver.post(VEHICLES, CAR | {"vehicle_number": "HELLO"})) == (400, "vehicle_invalid")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("T 0820 KA 1234 AB", "T-0820-KA-1234-AB"),
        ("KA 01 C 1234 TC 0001", "KA-01-C-1234-TC-0001"),
        ("IND KA 01 C 1234 TC 0001", "KA-01-C-1234-TC-0001"),
        ("डीएल", None),
        ("DL ०१ AB १२३४", "DL-01-AB-1234"),
        ("ABC123456789012", "ABC123456789012"),
        ("ABC1234567890123", None),
    ],
)
def test_plates_of_up_to_fifteen_characters_are_taken(
    as_driver: ApiClient, zone: ParkingZone, text: str, shown: str | None
) -> None:
    saved, booked = as_driver.post(VEHICLES, CAR | {"vehicle_number": text}), book(as_driver, zone.pk, text)
    if shown is None:
        assert [problem_of(answer) for answer in (saved, booked)] == [(400, "vehicle_invalid")] * 2
    else:
        assert [data_of(answer, 201)["vehicle_number"] for answer in (saved, booked)] == [shown] * 2
