"""Photos of a car that an attendant takes: at the entry, at the exit, and where it pays later."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.core.site_settings import PAY_LATER_PROOF
from parking.facilities.models import ParkingSite, ParkingZone
from parking.stays.evidence import MOST_PHOTOS
from parking.stays.models import ParkingSession, ParkingSessionEvidence
from tests.api.reading import data_of, problem_of
from tests.api.test_pay_later import later, set_value
from tests.build import enter, leave, make_zone, picture_of, take_ticket
from tests.client import ApiClient
from tests.invariants import nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PHOTO = picture_of(640, 480)


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    time_machine.move_to(START, tick=False)
    return enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)


def send(user: User, session: ParkingSession, photo: bytes = PHOTO, **fields: str) -> Any:
    client, form = ApiClient(user), {"photo": SimpleUploadedFile("car.jpg", photo, "image/jpeg"), **fields}
    return client.client.post(f"/api/staff/sessions/{session.pk}/evidence/", form, headers=client.headers)


def test_a_photo_is_of_the_entry_and_later_of_the_exit(
    staff: User, inside: ParkingSession, time_machine: Traveller
) -> None:
    first = data_of(send(staff, inside, note="Scratch on the left"), 201)
    assert (first["session_id"], first["moment"], first["note"]) == (inside.pk, "ENTRY", "Scratch on the left")
    with nothing_changes():
        assert data_of(send(staff, inside), 201) == first
    time_machine.move_to(at(6), tick=False)
    assert data_of(send(staff, inside, picture_of(640, 481)), 201)["moment"] == "EXIT"
    assert data_of(send(staff, inside, picture_of(640, 482), moment="ENTRY"), 201)["moment"] == "ENTRY"
    kept = ApiClient(staff).get(f"/api/staff/evidence/{first['id']}/")
    assert (kept.status_code, kept["Content-Type"]) == (200, "image/jpeg")
    line = AuditEntry.objects.filter(action="session.photo_taken").earliest("pk")
    assert (line.actor_id, line.facts) == (staff.pk, {"evidence_id": first["id"], "moment": "ENTRY"})


def test_a_photo_at_the_exit_lets_a_car_pay_later(staff: User, inside: ParkingSession, time_machine: Traveller) -> None:
    set_value(PAY_LATER_PROOF.name, 1)
    time_machine.move_to(at(60), tick=False)
    assert problem_of(later(staff, inside)) == (400, "phone_or_photo_needed")
    data_of(send(staff, inside), 201)
    assert data_of(later(staff, inside))["amount_due"] == 50.0


def test_what_is_no_photo_or_comes_too_late_is_not_kept(
    staff: User, inside: ParkingSession, time_machine: Traveller
) -> None:
    with nothing_changes():
        assert problem_of(send(staff, inside, b"no photo")) == (400, "photo_invalid")
        assert problem_of(send(staff, inside, moment="NOON")) == (400, "validation_error")
        assert problem_of(send(staff, inside, note="x" * 101)) == (400, "validation_error")
    leave(staff, inside, now=at(60))
    time_machine.move_to(at(60) + timedelta(hours=24), tick=False)
    data_of(send(staff, inside), 201)
    time_machine.shift(timedelta(seconds=1))
    with nothing_changes():
        assert problem_of(send(staff, inside, picture_of(640, 481))) == (400, "session_over")


def test_a_session_has_so_many_photos_and_those_of_another_site_are_nobodys_business(
    staff: User, zone: ParkingZone, inside: ParkingSession
) -> None:
    for number in range(MOST_PHOTOS):
        ParkingSessionEvidence.objects.create(session=inside, moment="ENTRY", jpeg=bytes([number]), created_at=START)
    with nothing_changes():
        assert problem_of(send(staff, inside)) == (400, "too_many_photos")
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    elsewhere = enter(staff, take_ticket(make_zone("Terminal", site_id=other.pk), "DL-02-AB-1234", START), START)
    staff.site_ids = [zone.site_id]
    staff.save()
    with nothing_changes():
        assert problem_of(send(staff, elsewhere)) == (404, "session_not_found")
