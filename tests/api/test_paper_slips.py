"""Paper slips: entered as a sheet, each once, with the times that they state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout.pass_renewing import expire_passes, forget_ended_vehicles
from parking.facilities.models import ParkingSite, ParkingZone
from parking.payments.models import Debt, Payment
from parking.stays.models import PaperSlip, ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import enter, make_zone, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture(autouse=True)
def block(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)
    body = {"site_id": zone.site_id, "name": "B1", "first": 1, "last": 50}
    made = data_of(ApiClient(admin).post("/api/admin/paper-blocks/", body), 201)
    assert (made["name"], made["entered"]) == ("B1", 0)


def slip(number: int = 7, **fields: object) -> dict[str, object]:
    """Return a row: in two hours ago, out after 66 minutes, ₹100 taken."""
    return {
        "block": "B1",
        "number": number,
        "vehicle_number": PLATE,
        "entry_time": f"{START - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
        "exit_time": f"{START - timedelta(minutes=54):%Y-%m-%dT%H:%M:%SZ}",
        "cash": 100,
        **fields,
    }


def send(staff: User, zone: ParkingZone, *rows: dict[str, object]) -> list[dict[str, Any]]:
    answer = ApiClient(staff).post("/api/staff/paper-slips/", {"zone_id": zone.pk, "slips": list(rows)})
    results: list[dict[str, Any]] = data_of(answer)["results"]
    return results


def test_a_slip_becomes_a_session_with_its_times_and_money(staff: User, zone: ParkingZone) -> None:
    (row,) = send(staff, zone, slip())
    assert (row["status"], row["code"]) == ("ENTERED", None)
    session = ParkingSession.objects.select_related("bill").get(pk=row["session_id"])
    assert (session.marks, session.slot_id, session.status) == (["PAPER"], None, "COMPLETED")
    assert (session.entry_time, session.exit_time) == (START - timedelta(hours=2), START - timedelta(minutes=54))
    # The server's time, and who stated the others, stand beside them.
    assert (session.booked_at, session.ended_at, session.bill.closed_at) == (START, START, START)
    kept = PaperSlip.objects.get()
    assert (kept.stated_by_id, kept.stated_at, kept.stated_cash) == (staff.pk, START, Decimal(100))
    assert Payment.objects.get().amount == Decimal(100)
    assert_books_agree()


def test_what_is_short_is_owed_and_a_car_without_time_out_is_inside(staff: User, zone: ParkingZone) -> None:
    rows = send(staff, zone, slip(1, cash=60), slip(2, vehicle_number="DL-02-CD-0001", exit_time=None, cash=0))
    assert [row["status"] for row in rows] == ["ENTERED", "ENTERED"]
    assert Debt.objects.get().amount == Decimal(40)
    assert ParkingSession.objects.get(vehicle__match_key="DL02CD0001").status == "ACTIVE"
    assert_books_agree()


def test_a_wrong_row_keeps_no_other_back(staff: User, zone: ParkingZone) -> None:
    enter(staff, take_ticket(zone, "HR-26-DK-8337"))
    rows = send(
        staff,
        zone,
        slip(1, block="B2"),
        slip(51),
        slip(2, vehicle_number="?"),
        slip(3, entry_time="2026-11-22T04:30:01Z", exit_time=None, cash=0),
        slip(4, entry_time="2026-11-10T04:30:00Z"),
        slip(5, cash=101),
        slip(6, exit_time=None),
        slip(7, vehicle_number="HR-26-DK-8337", exit_time=None, cash=0),
        slip(8),
    )
    assert [row["code"] for row in rows] == [
        "paper_block_not_found",
        "paper_number_invalid",
        "vehicle_invalid",
        "paper_time_invalid",
        "paper_time_invalid",
        "paper_cash_invalid",
        "paper_cash_invalid",
        "plate_is_inside",
        None,
    ]
    assert PaperSlip.objects.get().number == 8
    assert_books_agree()


def test_each_slip_is_entered_once(staff: User, admin: User, zone: ParkingZone) -> None:
    (first,) = send(staff, zone, slip())
    (again,) = send(admin, zone, slip(block="b1"))
    assert (again["status"], again["session_id"]) == ("REPEATED", first["session_id"])
    with nothing_changes():
        (other,) = send(staff, zone, slip(cash=50))
    assert (other["status"], other["code"]) == ("REFUSED", "paper_slip_used")
    listed = data_of(ApiClient(admin).get("/api/admin/paper-blocks/"))["results"]
    assert [row["entered"] for row in listed] == [1]


def test_a_block_has_one_name_at_a_site(admin: User, zone: ParkingZone) -> None:
    body = {"site_id": zone.site_id, "name": "B1", "first": 51, "last": 60}
    assert problem_of(ApiClient(admin).post("/api/admin/paper-blocks/", body)) == (400, "paper_block_exists")


def test_a_car_at_another_site_is_named_nowhere(staff: User, zone: ParkingZone) -> None:
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    enter(staff, take_ticket(make_zone("Terminal", site_id=other.pk), PLATE))
    staff.site_ids = [zone.site_id]
    staff.save()
    with nothing_changes():
        (row,) = send(staff, zone, slip(exit_time=None, cash=0))
    assert (row["status"], row["code"]) == ("REFUSED", "vehicle_unavailable")


def test_a_slip_that_is_over_is_entered_although_its_car_came_again(staff: User, zone: ParkingZone) -> None:
    inside = enter(staff, take_ticket(zone, PLATE))
    (row,) = send(staff, zone, slip())
    assert (row["status"], row["code"]) == ("ENTERED", None)
    assert ParkingSession.objects.get(pk=inside.pk).status == "ACTIVE"
    assert_books_agree()


# --- Cars with a pass ------------------------------------------------------------------------------------------


def test_the_slip_of_a_car_with_a_pass_is_covered(driver: User, staff: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone), PLATE)
    (row,) = send(staff, zone, slip(cash=0))
    session = ParkingSession.objects.select_related("bill").get(pk=row["session_id"])
    assert (session.subscription_id, session.bill.total) == (held.pk, 0)
    assert not Debt.objects.exists()
    assert_books_agree()


def test_the_pass_counts_that_held_then(driver: User, staff: User, zone: ParkingZone, time_machine: Traveller) -> None:
    """The slip is entered after the end of the pass of one day, whose vehicle is forgotten by then."""
    held = bought(driver, make_plan(zone, period="DAY", price="200.00"), PLATE)
    after = held.ends_at + timedelta(hours=1)
    time_machine.move_to(after, tick=False)
    assert (expire_passes(now=after), forget_ended_vehicles(now=after)) == (1, 1)
    (row,) = send(staff, zone, slip(cash=0))
    assert ParkingSession.objects.get(pk=row["session_id"]).subscription_id == held.pk
    assert not Debt.objects.exists()


def test_one_more_than_may_be_inside_owes_as_any_other(driver: User, staff: User, zone: ParkingZone) -> None:
    bought(driver, make_plan(zone, vehicles=2, inside=1), PLATE, "DL-01-AB-0002")
    send(staff, zone, slip(1, cash=0), slip(2, vehicle_number="DL-01-AB-0002", cash=0))
    assert [session.pass_note for session in ParkingSession.objects.order_by("pk")] == ["", "ALL_INSIDE"]
    assert Debt.objects.get().amount == Decimal(100)
    assert_books_agree()


def test_a_car_that_paid_in_spite_of_its_pass_is_not_covered(driver: User, staff: User, zone: ParkingZone) -> None:
    bought(driver, make_plan(zone), PLATE)
    (row,) = send(staff, zone, slip(cash=100))
    session = ParkingSession.objects.select_related("bill").get(pk=row["session_id"])
    assert (session.subscription_id, session.bill.total, session.bill.captured) == (None, 100, 100)
    assert_books_agree()


def test_a_car_with_a_pass_that_paid_a_part_owes_nothing(driver: User, staff: User, zone: ParkingZone) -> None:
    bought(driver, make_plan(zone), PLATE)
    (row,) = send(staff, zone, slip(cash=50))
    assert row["code"] == "paper_cash_invalid"
    (row,) = send(staff, zone, slip(cash=0))
    assert row["status"] == "ENTERED"
    assert not Debt.objects.exists()
