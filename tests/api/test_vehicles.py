"""Saved vehicles by the API."""

from typing import Any

import pytest

from parking.accounts.models import Role
from tests.api.reading import data_of, problem_of
from tests.build import make_user
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

VEHICLES = "/api/user/vehicles/"


def saved(client: ApiClient, number: str = "DL 01 ab 1234", **fields: Any) -> Any:
    return client.post(VEHICLES, {"vehicle_number": number, "owner_name": "Asha Rao"} | fields)


def test_a_vehicle_is_saved_listed_and_forgotten(as_driver: ApiClient) -> None:
    row = data_of(saved(as_driver, label="The red one", vehicle_kind="EV"), 201)
    assert {name: row[name] for name in ("vehicle_number", "vehicle_kind", "owner_name", "label")} == {
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "EV",
        "owner_name": "Asha Rao",
        "label": "The red one",
    }
    assert data_of(as_driver.get(VEHICLES))["results"] == [row]
    assert data_of(as_driver.delete(f"{VEHICLES}{row['id']}/")) is None
    assert data_of(as_driver.get(VEHICLES))["count"] == 0
    assert problem_of(as_driver.delete(f"{VEHICLES}{row['id']}/")) == (404, "vehicle_not_found")


def test_saved_again_it_gets_the_new_words(as_driver: ApiClient) -> None:
    first = data_of(saved(as_driver), 201)
    again = data_of(saved(as_driver, "dl-1-ab-1234", owner_name="Ravi"), 201)
    assert (again["id"], again["owner_name"]) == (first["id"], "Ravi")


def test_nobody_sees_or_forgets_anothers(as_driver: ApiClient) -> None:
    row = data_of(saved(as_driver), 201)
    other = ApiClient(make_user(Role.USER))
    assert data_of(other.get(VEHICLES))["count"] == 0
    assert problem_of(other.delete(f"{VEHICLES}{row['id']}/")) == (404, "vehicle_not_found")
    assert data_of(as_driver.get(VEHICLES))["count"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"vehicle_number": "no"}, "vehicle_invalid"),
        ({"vehicle_kind": "TANK"}, "validation_error"),
        ({"owner_name": ""}, "validation_error"),
        ({"label": "x" * 31}, "validation_error"),
    ],
)
def test_bad_input(as_driver: ApiClient, fields: dict[str, Any], code: str) -> None:
    assert problem_of(saved(as_driver, **fields)) == (400, code)


def test_twenty_at_most(as_driver: ApiClient) -> None:
    for number in range(20):
        data_of(saved(as_driver, f"KA-01-AB-{number + 1:04d}"), 201)
    assert problem_of(saved(as_driver, "KA-01-AB-0021")) == (400, "too_many_vehicles")
