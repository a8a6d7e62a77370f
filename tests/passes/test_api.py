"""The calls of passes: what they answer, by whom, and again under the same key."""

from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.core.plate_words import plate_words
from parking.facilities.models import Gate, ParkingSite, ParkingZone
from parking.invoices.models import CustomerDetails
from parking.passes.models import Plan, Subscription
from parking.payments.models import Payment
from tests.api.reading import data_of, enter, leave
from tests.build import make_zone
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START
from tests.passes.build import make_plan
from tests.passes.organisations import make_organisation

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def plan(zone: ParkingZone) -> Plan:
    return make_plan(zone, name="Monthly", period="MONTH", price="5000.00")


def _buy(client: ApiClient, plan: Plan, **fields: Any) -> dict[str, Any]:
    body = {"plan_id": plan.pk, "vehicles": [PLATE]} | fields
    found: dict[str, Any] = data_of(client.post("/api/user/passes/", body), 201)
    return found


def _enter(client: ApiClient, held: dict[str, Any], plate: str = PLATE, **fields: Any) -> Any:
    body = {"qr_code": held["pass_code"], "vehicle_number": plate} | fields
    return client.post("/api/staff/pass-entry/", body)


def _code(answer: Any) -> str:
    assert answer.status_code == 400, answer.content
    code: str = answer.json()["code"]
    return code


def test_everybody_sees_the_plans_on_sale(anybody: ApiClient, plan: Plan, zone: ParkingZone) -> None:
    make_plan(zone, name="Old", is_active=False)
    (shown,) = data_of(anybody.get("/api/public/plans/"))
    assert (shown["name"], shown["period"], shown["price"], shown["from"], shown["to"]) == (
        "Monthly", "MONTH", 5000.0, "00:00", "00:00",
    )  # fmt: skip


def test_a_manager_makes_and_changes_a_plan(as_admin: ApiClient, zone: ParkingZone) -> None:
    body = {"name": "Office", "period": "WEEK", "price": 900, "site_id": zone.site_id, "zone_ids": [zone.pk]}
    hours = {"days": ["MON", "TUE"], "from": "08:00", "to": "20:00", "vehicles": 3, "inside": 2}
    made = data_of(as_admin.post("/api/admin/plans/", body | hours), 201)
    assert {name: made[name] for name in hours} == hours
    changed = data_of(as_admin.patch(f"/api/admin/plans/{made['id']}/", {"price": 950, "is_active": False}))
    assert (changed["price"], changed["is_active"], changed["zone_ids"]) == (950.0, False, [zone.pk])
    assert _code(as_admin.post("/api/admin/plans/", body)) == "plan_name_taken"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"price": 0}, "price_reason"),
        ({"inside": 2}, "inside"),
        ({"vehicles": 21}, "vehicles"),
        ({"days": []}, "days"),
        ({"days": ["HOLIDAY"]}, "days"),
        ({"zone_ids": [999999]}, "zone_ids"),
        ({"reserved": True, "vehicles": 2, "inside": 2}, "reserved"),
        ({"period": "YEAR"}, "period"),
    ],
)
def test_what_a_plan_cannot_be(as_admin: ApiClient, zone: ParkingZone, fields: dict[str, Any], wrong: str) -> None:
    body = {"name": "Office", "period": "WEEK", "price": 900, "site_id": zone.site_id} | fields
    answer = as_admin.post("/api/admin/plans/", body)
    assert answer.status_code == 400
    assert any(wrong in field for field in answer.json()["errors"])


def test_a_pass_of_a_plan_with_a_slot_shows_it(as_admin: ApiClient, as_driver: ApiClient, zone: ParkingZone) -> None:
    body = {"name": "Own slot", "period": "WEEK", "price": 900, "site_id": zone.site_id, "reserved": True}
    plan = data_of(as_admin.post("/api/admin/plans/", body), 201)
    held = data_of(as_driver.post("/api/user/passes/", {"plan_id": plan["id"], "vehicles": [PLATE]}), 201)
    assert plan["reserved"] is True
    assert held["slot"] == {"slot_number": "A-001", "zone_id": zone.pk, "zone_name": zone.name}


def test_a_pass_is_bought_once_under_a_key(as_driver: ApiClient, plan: Plan) -> None:
    body = {"plan_id": plan.pk, "vehicles": [PLATE]}
    first = as_driver.post("/api/user/passes/", body, Idempotency_Key="k1")
    again = as_driver.post("/api/user/passes/", body, Idempotency_Key="k1")
    assert first.json() == again.json()
    assert (Subscription.objects.count(), Payment.objects.count()) == (1, 1)
    held = data_of(first, 201)
    assert (held["status"], held["vehicles"], held["price"], held["refundable"]) == ("ACTIVE", [PLATE], 5000.0, True)
    assert held["payment"]["status"] == "COMPLETED"
    assert (held["starts_at"], held["ends_at"]) == ("2026-11-21T18:30:00Z", "2026-12-21T18:30:00Z")


def test_its_driver_finds_it_with_its_code_as_a_picture(as_driver: ApiClient, plan: Plan) -> None:
    held = _buy(as_driver, plan)
    (listed,) = data_of(as_driver.get("/api/user/passes/"))["results"]
    assert listed == data_of(as_driver.get(f"/api/user/passes/{held['number']}/")) == held
    assert as_driver.get(f"/api/user/passes/{held['number']}/qr.svg").content.startswith(b"<?xml")


@pytest.mark.parametrize("number", ["P-999999", "123", "P-0001x", "P-9999999999999"])
def test_a_pass_that_is_not_there(as_driver: ApiClient, plan: Plan, number: str) -> None:
    assert as_driver.get(f"/api/user/passes/{number}/").json()["code"] == "pass_not_found"


def test_a_booking_says_which_pass_covers_it(as_driver: ApiClient, plan: Plan, zone: ParkingZone) -> None:
    held = _buy(as_driver, plan)
    body = {"zone_id": zone.pk, "vehicle_number": PLATE, "owner_name": "Asha Rao"}
    booking = data_of(as_driver.post("/api/user/book-slot/", body), 201)
    assert (booking["pass_number"], booking["pass_note"], booking["payment"]) == (held["number"], None, None)
    assert booking["amount_due"] == 0


def test_one_thing_is_changed_at_a_time(as_driver: ApiClient, plan: Plan) -> None:
    held = _buy(as_driver, plan)
    address = f"/api/user/passes/{held['number']}/"
    assert data_of(as_driver.patch(address, {"auto_renew": True}))["auto_renew"]
    assert as_driver.patch(address, {"auto_renew": True, "cancel": True}).status_code == 400
    assert as_driver.patch(address, {}).status_code == 400
    changed = data_of(as_driver.patch(address, {"vehicles": ["DL-01-AB-5678"]}))
    assert changed["vehicles"] == [PLATE]
    assert [(row["vehicle_number"], row["from_at"], row["until_at"]) for row in changed["changes"]] == [
        (PLATE, "2026-11-21T18:30:00Z", "2026-11-22T18:30:00Z"),
        ("DL-01-AB-5678", "2026-11-22T18:30:00Z", None),
    ]
    assert data_of(as_driver.patch(address, {"cancel": True}))["status"] == "CANCELLED"
    assert _code(as_driver.patch(address, {"cancel": True})) == "pass_over"


# --- Counter and gate ------------------------------------------------------------------------------------


def test_a_pass_is_sold_at_the_counter(as_staff: ApiClient, driver: User, plan: Plan) -> None:
    body = {"user_id": driver.pk, "plan_id": plan.pk, "vehicles": [PLATE], "payment_method": "CASH"}
    assert _code(as_staff.post("/api/staff/passes/", body | {"amount_tendered": 4000})) == "amount_too_small"
    assert _code(as_staff.post("/api/staff/passes/", body | {"payment_method": "ONLINE"})) == "payment_method_invalid"
    assert _code(as_staff.post("/api/staff/passes/", body | {"payment_method": "UPI"})) == "upi_reference_invalid"
    sold = data_of(as_staff.post("/api/staff/passes/", body | {"amount_tendered": 5000}, Idempotency_Key="s1"), 201)
    assert (
        data_of(as_staff.post("/api/staff/passes/", body | {"amount_tendered": 5000}, Idempotency_Key="s1"), 201)
        == sold
    )
    assert (sold["status"], sold["user_id"]) == ("ACTIVE", driver.pk)
    assert [(row.method, row.attendant) for row in Payment.objects.all()] == [("CASH", as_staff.user)]
    assert_books_agree()


def test_a_manager_sells_a_pass_of_a_plan_of_the_own_sites(
    as_admin: ApiClient, driver: User, plan: Plan, zone: ParkingZone
) -> None:
    body = {"user_id": driver.pk, "plan_id": plan.pk, "vehicles": [PLATE], "payment_method": "UPI"}
    body |= {"upi_reference": "123456789012"}
    for wrong in ({"organisation_id": 1}, {"user_id": None}, {"starts_on": "2026-01-01"}):
        assert as_admin.post("/api/admin/passes/", body | wrong).status_code == 400
    with nothing_changes():
        assert as_admin.post("/api/admin/passes/", body | {"user_id": 999999}).json()["code"] == "user_not_found"
        online = as_admin.post("/api/admin/passes/", body | {"payment_method": "ONLINE"})
        assert _code(online) == "payment_method_invalid"
    sold = [as_admin.post("/api/admin/passes/", body, Idempotency_Key="a1") for _ in range(2)]
    assert data_of(sold[0], 201) == data_of(sold[1], 201)
    held = data_of(sold[0], 201)
    assert (held["status"], held["user_id"], held["payment"]) == ("ACTIVE", driver.pk, None)
    assert [(row.method, row.amount, row.attendant) for row in Payment.objects.all()] == [("UPI", 5000, as_admin.user)]
    assert _code(as_admin.post("/api/admin/passes/", body | {"upi_reference": "123456789013"})) == "pass_overlap"
    airport = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    there = make_plan(make_zone("P1", site_id=airport.pk), name="There")
    User.objects.filter(role="ADMIN").update(site_ids=[zone.site_id])
    answer = as_admin.post("/api/admin/passes/", body | {"plan_id": there.pk, "vehicles": ["DL-01-AB-9999"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "plan_not_found")
    assert_books_agree()


def test_a_manager_exchanges_a_vehicle(as_driver: ApiClient, as_admin: ApiClient, plan: Plan) -> None:
    address = f"/api/admin/passes/{_buy(as_driver, plan)['number']}/"
    for more in ({"auto_renew": True}, {"refund": 0}):
        assert as_admin.patch(address, {"vehicles": ["DL-01-AB-5678"]} | more).status_code == 400
    changed = data_of(as_admin.patch(address, {"vehicles": ["DL-01-AB-5678"]}))
    assert [(row["vehicle_number"], row["from_at"]) for row in changed["changes"]] == [
        (PLATE, "2026-11-21T18:30:00Z"),
        ("DL-01-AB-5678", "2026-11-22T18:30:00Z"),
    ]


def test_a_pass_is_sold_to_an_organisation_for_its_contact(
    as_staff: ApiClient, as_driver: ApiClient, driver: User, zone: ParkingZone, plan: Plan
) -> None:
    organisation = make_organisation(zone, contact_id=driver.pk)
    body = {"organisation_id": organisation.pk, "plan_id": plan.pk, "vehicles": [PLATE], "payment_method": "CASH"}
    assert as_staff.post("/api/staff/passes/", body | {"user_id": driver.pk}).status_code == 400
    sold = data_of(as_staff.post("/api/staff/passes/", body), 201)
    assert (sold["user_id"], sold["organisation_id"]) == (driver.pk, organisation.pk)
    held = Subscription.objects.get(bought_for=organisation)
    assert held.holder_name == "City Hospital"
    assert CustomerDetails.objects.get(bill__pass_period__subscription=held).company == "City Hospital"
    assert [row["number"] for row in data_of(as_driver.get("/api/user/passes/"))["results"]] == [sold["number"]]
    assert_books_agree()


def test_nobody_would_hold_the_pass_of_an_organisation_without_contact(
    as_staff: ApiClient, zone: ParkingZone, plan: Plan
) -> None:
    organisation = make_organisation(zone)
    body = {"organisation_id": organisation.pk, "plan_id": plan.pk, "vehicles": [PLATE], "payment_method": "CASH"}
    assert _code(as_staff.post("/api/staff/passes/", body)) == "organisation_without_contact"
    unknown = as_staff.post("/api/staff/passes/", body | {"organisation_id": 999})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "organisation_not_found")


def test_a_car_is_let_in_and_out_with_the_code_of_its_pass(
    as_driver: ApiClient, as_staff: ApiClient, plan: Plan, time_machine: Traveller
) -> None:
    held = _buy(as_driver, plan)
    entered = data_of(_enter(as_staff, held, "dl 01 ab 1234", scan_id="g1"), 201)
    assert (entered["status"], entered["pass_number"], entered["verdict"]) == ("ACTIVE", held["number"], "GREEN")
    assert data_of(_enter(as_staff, held, scan_id="g1"), 201)["session_id"] == entered["session_id"]
    assert _code(_enter(as_staff, held, scan_id="g2")) == "pass_inside"
    time_machine.shift(90 * 60)
    bill = data_of(leave(as_staff, {"qr_code": held["pass_code"]}, "CASH", scan_id="x1"))
    assert (bill["session_id"], bill["total_amount"], bill["status"]) == (entered["session_id"], 0.0, "COMPLETED")
    assert bill["pass_number"] == held["number"]
    assert data_of(leave(as_staff, {"qr_code": held["pass_code"]}, "CASH", scan_id="x1")) == bill
    assert _code(leave(as_staff, {"qr_code": held["pass_code"]}, "CASH")) == "already_exited"
    assert data_of(_enter(as_staff, held), 201)["session_id"] != entered["session_id"]
    assert_books_agree()


def test_what_the_gate_refuses(as_driver: ApiClient, as_staff: ApiClient, plan: Plan, zone: ParkingZone) -> None:
    held = _buy(as_driver, plan)
    assert _code(_enter(as_staff, held, "DL-01-AB-9999")) == "vehicle_not_on_pass"
    assert _code(enter(as_staff, {"qr_code": held["pass_code"]})) == "use_pass_entry"
    assert _enter(as_staff, {"pass_code": "PASS-000000000000"}).json()["code"] == "pass_not_found"
    elsewhere = make_zone("Elsewhere")
    Subscription.objects.update(covers={**Subscription.objects.get().covers, "zone_ids": [zone.pk]})
    assert _code(_enter(as_staff, held, zone_id=elsewhere.pk)) == "pass_not_here"
    as_driver.patch(f"/api/user/passes/{held['number']}/", {"cancel": True})
    assert _code(_enter(as_staff, held)) == "pass_not_valid"


def test_a_full_zone_is_passed_over_for_the_next_one(as_driver: ApiClient, as_staff: ApiClient) -> None:
    full, free = make_zone("A", slots=1), make_zone("B", slots=1)
    held = _buy(as_driver, make_plan(full, vehicles=3, inside=3), vehicles=[PLATE, "DL-01-AB-0002", "DL-01-AB-0003"])
    names = [data_of(_enter(as_staff, held, plate), 201)["zone_name"] for plate in (PLATE, "DL-01-AB-0002")]
    assert names == [full.name, free.name]
    assert _code(_enter(as_staff, held, "DL-01-AB-0003")) == "zone_full"


def test_with_several_inside_the_plate_says_which_one_leaves(as_driver: ApiClient, as_staff: ApiClient) -> None:
    other = "DL-01-AB-0002"
    held = _buy(as_driver, make_plan(make_zone("A"), vehicles=2, inside=2), vehicles=[PLATE, other])
    for plate in (PLATE, other):
        data_of(_enter(as_staff, held, plate), 201)
    answer = leave(as_staff, {"qr_code": held["pass_code"]}, "CASH")
    assert (_code(answer), answer.json()["details"]) == ("pass_needs_plate", {"plates": [other, PLATE]})
    bill = data_of(leave(as_staff, {"qr_code": held["pass_code"]}, "CASH", vehicle_number=other))
    assert bill["vehicle_number"] == other


def test_one_more_than_may_be_inside_pays_as_any_other(as_driver: ApiClient, as_staff: ApiClient) -> None:
    held = _buy(as_driver, make_plan(make_zone("A"), vehicles=2), vehicles=[PLATE, "DL-01-AB-0002"])
    data_of(_enter(as_staff, held), 201)
    second = data_of(_enter(as_staff, held, "DL-01-AB-0002"), 201)
    assert (second["pass_number"], second["pass_note"]) == (None, "ALL_INSIDE")


def test_a_place_that_was_booked_for_the_plate_is_taken(
    as_driver: ApiClient, as_staff: ApiClient, plan: Plan, zone: ParkingZone
) -> None:
    held = _buy(as_driver, plan)
    body = {"zone_id": zone.pk, "vehicle_number": PLATE, "owner_name": "Asha Rao"}
    booking = data_of(as_driver.post("/api/user/book-slot/", body), 201)
    assert data_of(_enter(as_staff, held), 201)["session_id"] == booking["session_id"]


def test_a_booking_of_another_site_is_not_taken(
    as_driver: ApiClient, as_staff: ApiClient, plan: Plan, zone: ParkingZone
) -> None:
    held = _buy(as_driver, plan)
    airport = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    body = {"zone_id": make_zone("P1", site_id=airport.pk).pk, "vehicle_number": PLATE, "owner_name": "Asha Rao"}
    data_of(as_driver.post("/api/user/book-slot/", body), 201)
    gate = Gate.objects.create(site=zone.site, name="North", direction="IN", created_at=START)
    with nothing_changes():
        assert _code(_enter(as_staff, held, gate_id=gate.pk)) == "vehicle_unavailable"


def test_a_scan_that_is_sent_again_after_the_exit_lets_nobody_in(
    as_driver: ApiClient, as_staff: ApiClient, plan: Plan
) -> None:
    held = _buy(as_driver, plan)
    entered = data_of(_enter(as_staff, held, scan_id="g1"), 201)
    data_of(leave(as_staff, {"qr_code": held["pass_code"]}, "CASH"))
    with nothing_changes():
        assert data_of(_enter(as_staff, held, scan_id="g1"), 201)["session_id"] == entered["session_id"]


# --- Reports and documents -------------------------------------------------------------------------------


def test_the_money_of_passes_is_a_row_of_its_own_and_all_sums_agree(
    as_driver: ApiClient, as_admin: ApiClient, plan: Plan, zone: ParkingZone
) -> None:
    _buy(as_driver, plan)
    body = {"zone_id": zone.pk, "vehicle_number": "DL-01-AB-7777", "owner_name": "Asha Rao"}
    data_of(as_driver.post("/api/user/book-slot/", body), 201)
    report = data_of(as_admin.get("/api/admin/revenue-report/", date="2026-11-22"))
    zones = [(row["zone_id"], row["zone_name"], row["net"]) for row in report["zones"]]
    assert zones == [(zone.pk, "Zone A", 50.0), (None, "Passes", 5000.0)]
    assert report["total"] == 5050.0 == sum(row["net"] for row in report["daily"])
    payments = data_of(as_admin.get("/api/admin/payments/", start_date="2026-11-22", end_date="2026-11-22"))
    assert payments["totals"]["net"] == 5050.0
    assert sorted(row["amount"] for row in payments["results"] if row["session_id"] is None) == [5000.0]


def test_a_pass_has_a_receipt_for_its_driver_alone(as_driver: ApiClient, plan: Plan) -> None:
    held = _buy(as_driver, plan)
    address = f"/api/payment/{Payment.objects.get().pk}/receipt/"
    page = as_driver.get(address).content.decode()
    assert f"{held['number']}, Monthly" in page and plate_words(PLATE) in page and "5,000.00" in page
    stranger = ApiClient(User.objects.create(username="stranger", role="USER", password="!", date_joined=START))
    assert stranger.get(address).status_code == 404


def test_a_manager_finds_a_pass_by_number_plate_or_name(
    as_driver: ApiClient, as_admin: ApiClient, driver: User, plan: Plan
) -> None:
    held = _buy(as_driver, plan)
    for text in (held["number"], "ab 1234", driver.username):
        (found,) = data_of(as_admin.get("/api/admin/passes/", q=text))["results"]
        assert (found["number"], found["username"]) == (held["number"], driver.username)
    assert data_of(as_admin.get("/api/admin/passes/", q="ZZ-99"))["results"] == []
    assert data_of(as_admin.get("/api/admin/passes/", status="EXPIRED"))["results"] == []
