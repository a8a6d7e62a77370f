"""`gate_id` is a field of every call of attendants: unknown, retired or foreign it is refused."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from tests.api.reading import problem_of
from tests.build import book, enter, picture_of
from tests.client import ApiClient, description_of_calls
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

DESCRIPTION = description_of_calls()


def test_every_call_of_the_gate_takes_the_number_of_a_gate() -> None:
    without = [
        f"{verb.upper()} {path}"
        for path, calls in DESCRIPTION["paths"].items()
        for verb, call in calls.items()
        if path.startswith("/api/staff/") and "gate_id" not in _names_of(call)
    ]
    assert without == []


def _names_of(call: dict[str, Any]) -> set[str]:
    """Return the names of what a call takes, in its address and its body."""
    names = {parameter["name"] for parameter in call.get("parameters", [])}
    for content in call.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"]
        schema = DESCRIPTION["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
        names |= set(schema["properties"])
    return names


def test_a_gate_that_is_not_there_is_refused_by_every_call(staff: User, zone: ParkingZone, driver: User) -> None:
    attendant, session = ApiClient(staff), enter(staff, book(driver, zone))
    address, gone = f"/api/staff/sessions/{session.pk}", 999
    body: dict[str, Any] = {"gate_id": gone}
    with nothing_changes():
        answers = [
            attendant.post(f"{address}/ticket/", body | {"answer": "GONE"}),
            attendant.post(f"{address}/items/", body | {"token": "TK-00000000"}),
            attendant.post(f"{address}/invoice-details/", body | {"company": "Asha Textiles"}),
            attendant.post("/api/staff/refunds/", body | {"payment_id": 1, "amount": 10, "reason": "Wrong car"}),
            attendant.get(f"{address}/items/", gate_id=gone),
            attendant.get(f"{address}/notes/", gate_id=gone),
            attendant.get("/api/staff/emergency/", gate_id=gone),
            attendant.delete(f"{address}/exempt/?gate_id={gone}"),
            _send_form(attendant, f"{address}/evidence/", gone),
        ]
        assert [problem_of(answer) for answer in answers] == [(400, "gate_invalid")] * len(answers)


def _send_form(client: ApiClient, address: str, gate_id: int) -> Any:
    form = {"photo": SimpleUploadedFile("car.jpg", picture_of(64, 48), "image/jpeg"), "gate_id": gate_id}
    return client.client.post(address, form, headers=client.headers)
