"""Lost tickets: no fee with an entry record, hours from midnight and the fee without, in one transaction."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.core import clock
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays.evidence import add_photo
from parking.stays.models import ParkingSession
from parking.vehicles.near import within
from tests.api.reading import data_of, problem_of
from tests.build import actor, book, enter, leave, picture_of, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

PLATE = "DL-01-AB-1234"


@pytest.mark.parametrize(
    ("other", "is_near"),
    [("DL01AB1234", True), ("DL01AB1235", True), ("DL01A1235", True), ("DL1AB124", True), ("DL01AB4321", False)],
)
def test_plates_within_two_characters_are_similar(other: str, is_near: bool) -> None:
    assert within("DL01AB1234", other, 2) is is_near


def lose(staff: User, zone: ParkingZone, **fields: object) -> object:
    body = {"vehicle_number": PLATE, "payment_method": "CASH", "zone_id": zone.pk, **fields}
    return ApiClient(staff).post("/api/staff/lost-ticket/", body)


@pytest.mark.django_db
def test_a_car_without_a_record_pays_from_midnight_and_the_fee(
    staff: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    # 10:00 in Delhi: ten hours at ₹50, and ₹200.
    time_machine.move_to(START, tick=False)
    bill = data_of(lose(staff, zone, scan_id="out1", amount_tendered=1000))
    assert [(line["kind"], line["amount"]) for line in bill["lines"]] == [("HOURS", 500.0), ("LOST_TICKET", 200.0)]
    assert (bill["status"], bill["amount_charged"], bill["change_due"]) == ("COMPLETED", 700.0, 300.0)
    session = ParkingSession.objects.get()
    assert (session.slot_id, session.marks, session.entry_time) == (None, ["LOST_TICKET"], START - timedelta(hours=10))
    assert data_of(lose(staff, zone, scan_id="out1", amount_tendered=1000)) == bill
    assert_books_agree()


@pytest.mark.django_db
def test_hours_that_it_paid_before_it_left_today_are_not_billed_again(
    staff: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    leave(staff, enter(staff, take_ticket(zone, PLATE, START), START), now=at(60))
    time_machine.move_to(at(4 * 60), tick=False)
    bill = data_of(lose(staff, zone))
    # Out at 11:00, at the exit without a ticket at 14:00.
    assert [(line["kind"], line["amount"]) for line in bill["lines"]] == [("HOURS", 150.0), ("LOST_TICKET", 200.0)]


@pytest.mark.django_db
def test_the_owner_pays_no_fee(staff: User, zone: ParkingZone, time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)
    assert data_of(lose(staff, zone, is_owner=True))["total_amount"] == 500.0


@pytest.mark.django_db
def test_with_an_entry_record_there_is_no_fee(driver: User, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, book(driver, zone, PLATE))
    with nothing_changes():
        answer = lose(staff, zone)
        assert problem_of(answer) == (400, "has_entry_record")
        assert json.loads(answer.content)["details"] == {"session_id": session.pk}  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_similar_plates_come_first(driver: User, staff: User, zone: ParkingZone) -> None:
    session = enter(staff, book(driver, zone, "DL-01-AB-1243"))
    photo = add_photo(actor=actor(staff), session=Ref(pk=session.pk), content=picture_of(640, 480), now=clock.now())
    with nothing_changes():
        answer = lose(staff, zone)
    assert problem_of(answer) == (400, "similar_plates_inside")
    assert json.loads(answer.content)["details"]["sessions"] == [  # type: ignore[attr-defined]
        {"session_id": session.pk, "vehicle_number": "DL-01-AB-1243", "photos": [photo.pk]}
    ]
    assert data_of(lose(staff, zone, not_listed=True))["status"] == "COMPLETED"
    assert_books_agree()


@pytest.mark.django_db
def test_an_online_payment_ends_it_when_it_comes(staff: User, zone: ParkingZone) -> None:
    bill = data_of(lose(staff, zone, payment_method="ONLINE"))
    assert (bill["status"], bill["payment_method"]) == ("COMPLETED", "ONLINE")
    assert ParkingSession.objects.get().bill.captured >= Decimal(200)
    assert_books_agree()
