"""Promo codes over the API: made by managers, given by drivers, counted in an estimate."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from parking.core import clock
from parking.core.fresh import forget_all
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, enter, errors_of, leave, problem_of
from tests.api.test_statements import at_most
from tests.build import make_user
from tests.client import ApiClient
from tests.offers.build import earn, make_code, make_shop, switch_points_on

pytestmark = pytest.mark.django_db

CODE = {"code": "welcome", "kind": "PERCENT", "value": 20, "cap": 30, "uses": 100, "uses_per_driver": 1}


def book(client: ApiClient, zone: ParkingZone, code: str | None = "WELCOME", plate: str = "DL-01-AB-1234") -> Any:
    body = {"zone_id": zone.pk, "vehicle_number": plate, "owner_name": "Asha Rao"}
    return client.post("/api/user/book-slot/", body | ({"promo_code": code} if code else {}))


def give(client: ApiClient, session: dict[str, Any], code: str, **headers: str) -> Any:
    return client.post(f"/api/user/sessions/{session['session_id']}/promo-code/", {"promo_code": code}, **headers)


def test_a_manager_makes_changes_and_lists_codes(
    clock_stands: Traveller, as_admin: ApiClient, as_driver: ApiClient, zone: ParkingZone
) -> None:
    made = data_of(as_admin.post("/api/admin/promo-codes/", CODE | {"zone_ids": [zone.pk]}), 201)
    assert (made["code"], made["valid_from"], made["valid_to"], made["zone_ids"]) == (
        "WELCOME",
        "2026-11-22",
        None,
        [zone.pk],
    )
    data_of(book(as_driver, zone), 201)
    address = f"/api/admin/promo-codes/{made['id']}/"
    changed = data_of(as_admin.patch(address, {"uses": 1, "cap": None, "valid_to": "2026-12-31"}))
    assert (changed["uses"], changed["cap"], changed["valid_to"], changed["taken"]) == (1, None, "2026-12-31", 1)
    assert data_of(as_admin.get(address)) == changed
    assert data_of(as_admin.get("/api/admin/promo-codes/"))["results"] == [changed]
    assert problem_of(as_admin.post("/api/admin/promo-codes/", CODE)) == (400, "promo_code_taken")
    assert errors_of(as_admin.post("/api/admin/promo-codes/", CODE | {"value": 101, "code": "A"})) == {"value", "code"}


def test_a_booking_shows_its_code_and_the_bill_has_its_line(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    make_code()
    session = data_of(book(as_driver, zone), 201)
    assert session["discounts"] == [{"kind": "PROMO", "label": "Promo code WELCOME", "amount": 0}]
    enter(as_staff, session)
    clock_stands.shift(timedelta(minutes=126))
    current = data_of(as_driver.get("/api/user/current-session/"))
    assert current["discounts"] == [{"kind": "PROMO", "label": "Promo code WELCOME", "amount": 30.0}]
    bill = data_of(leave(as_staff, session))
    assert bill["lines"][-1] == {
        "kind": "PROMO",
        "label": "Promo code WELCOME",
        "quantity": 1,
        "unit_price": -30.0,
        "amount": -30.0,
    }
    assert (bill["total_amount"], bill["already_paid"], bill["amount_charged"]) == (120.0, 50.0, 70.0)
    assert data_of(as_driver.get("/api/user/history/"))["results"][0]["discounts"] == current["discounts"]


def test_a_code_is_given_to_an_open_session_once_for_each_key(
    clock_stands: Traveller, as_driver: ApiClient, zone: ParkingZone
) -> None:
    make_code()
    session = data_of(book(as_driver, zone, None), 201)
    assert session["discounts"] == []
    answers = [give(as_driver, session, "welcome", HTTP_IDEMPOTENCY_KEY="give-1") for _ in range(2)]
    assert [data_of(answer)["discounts"][0]["label"] for answer in answers] == ["Promo code WELCOME"] * 2


def test_a_code_that_is_refused_books_nothing(as_driver: ApiClient, zone: ParkingZone) -> None:
    make_code(uses=1)
    assert problem_of(book(as_driver, zone, "OTHER")) == (400, "code_unknown")
    assert not ParkingSession.objects.exists()
    data_of(book(as_driver, zone), 201)
    assert problem_of(book(as_driver, zone, plate="DL-01-AB-9999")) == (400, "code_used_up")


def test_an_estimate_takes_a_code(
    clock_stands: Traveller, anybody: ApiClient, as_driver: ApiClient, zone: ParkingZone
) -> None:
    make_code(uses=1, least_bill=100)
    address = f"/api/public/zones/{zone.pk}/estimate/"
    found = data_of(anybody.get(address, minutes=120, promo_code="welcome"))
    assert (found["total"], found["lines"][-1]["label"]) == (80.0, "Promo code WELCOME")
    assert problem_of(anybody.get(address, minutes=60, promo_code="WELCOME")) == (400, "code_minimum")
    data_of(book(as_driver, zone), 201)
    assert problem_of(anybody.get(address, minutes=120, promo_code="WELCOME")) == (400, "code_used_up")


def test_an_estimate_of_a_later_stay_takes_a_code_that_holds_today(
    clock_stands: Traveller, anybody: ApiClient, as_driver: ApiClient, zone: ParkingZone
) -> None:
    """A reservation takes it today, whatever day the stay is; a code that is to come is given to nobody yet."""
    today = clock.today()
    begins = clock.now() + timedelta(days=3)
    make_code(valid_from=today, valid_to=today)
    make_code("LATER", valid_from=today + timedelta(days=2), valid_to=today + timedelta(days=9))
    asked = {"from": begins.isoformat(), "minutes": 120}
    address = f"/api/public/zones/{zone.pk}/estimate/"
    assert data_of(anybody.get(address, **asked, promo_code="WELCOME"))["total"] == 80.0
    assert problem_of(anybody.get(address, **asked, promo_code="LATER")) == (400, "code_unknown")
    body = {
        "zone_id": zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "promo_code": "WELCOME",
        "starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=120)).isoformat(),
    }  # fmt: skip
    data_of(as_driver.post("/api/user/reservations/", body), 201)


def test_a_code_takes_one_statement_more_at_booking_and_at_the_exit(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    make_code()
    with at_most(19):
        session = data_of(book(as_driver, zone), 201)
    with at_most(7):
        enter(as_staff, session)
    clock_stands.shift(timedelta(minutes=126))
    with at_most(14):
        assert data_of(leave(as_staff, session))["total_amount"] == 120.0


def test_points_are_shown_used_and_earned(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    assert as_driver.user is not None
    switch_points_on()
    earn(as_driver.user, 350)
    body = {"zone_id": zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "use_points": 100}
    with at_most(19):
        session = data_of(as_driver.post("/api/user/book-slot/", body), 201)
    address = f"/api/user/sessions/{session['session_id']}/points/"
    assert data_of(as_driver.post(address, {"use_points": 300}))["discounts"] == [
        {"kind": "POINTS", "label": "300 points", "amount": 0}
    ]
    assert errors_of(as_driver.post(address, {"use_points": 150})) == {"use_points"}
    assert problem_of(as_driver.post(address, {"use_points": 400})) == (400, "points_not_enough")
    enter(as_staff, session)
    clock_stands.shift(timedelta(minutes=126))
    with at_most(14):
        assert data_of(leave(as_staff, session))["total_amount"] == 120.0
    found = data_of(as_driver.get("/api/user/points/"))
    assert (found["balance"], found["expiring"]) == (62, [{"points": 62, "at": "2027-11-30T18:30:00Z"}])
    assert [(entry["kind"], entry["points"]) for entry in found["entries"]] == [
        ("EARNED", 12),
        ("HELD", -200),
        ("HELD", -100),
        ("EARNED", 350),
    ]


def test_demand_is_set_shown_booked_and_refused(
    clock_stands: Traveller, as_admin: ApiClient, as_driver: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    address = f"/api/admin/zones/{zone.pk}/demand/"
    assert data_of(as_admin.get(address)) == {"steps": []}
    steps = [{"from_percent": 0, "change_percent": -10}, {"from_percent": 10, "change_percent": 20}]
    assert data_of(as_admin.put(address, {"steps": steps[::-1]})) == {"steps": steps}
    assert errors_of(as_admin.put(address, {"steps": [{"from_percent": 0, "change_percent": 101}]})) == {
        "steps.0.change_percent"
    }
    body = {"zone_id": zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "expected_rate": 45}
    with at_most(16, on_sqlite=20):
        assert data_of(as_driver.post("/api/user/book-slot/", body), 201)["hourly_rate"] == 45.0
    forget_all()
    [tariff] = data_of(anybody.get(f"/api/public/zones/{zone.pk}/tariff/"))
    assert (tariff["base_rate"], tariff["rate_now"], tariff["demand_percent"]) == (50.0, 60.0, 20)
    [shown] = data_of(anybody.get("/api/public/zones/"))
    assert shown["hourly_rate"] == 60.0
    answer = as_driver.post("/api/user/book-slot/", body | {"vehicle_number": "DL-01-AB-9999"})
    assert problem_of(answer) == (400, "price_changed")
    assert answer.json()["details"] == {"rate": 60.0}


def test_a_shop_is_made_validates_and_gets_its_statement(
    clock_stands: Traveller, as_admin: ApiClient, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone
) -> None:
    clerk = make_user()
    as_clerk = ApiClient(clerk)
    body = {"name": "Chroma", "site_id": zone.site_id, "gives": {"kind": "MINUTES", "value": 60}, "people": [clerk.pk]}
    made = data_of(as_admin.post("/api/admin/shops/", body), 201)
    assert (made["gives"], made["people"]) == ({"kind": "MINUTES", "value": 60.0, "from_amount": None}, [clerk.pk])
    address = f"/api/admin/shops/{made['id']}/"
    assert data_of(as_admin.patch(address, {"per_day": 2}))["per_day"] == 2
    session = data_of(book(as_driver, zone, None), 201)
    enter(as_staff, session)
    assert problem_of(as_clerk.post("/api/shop/validate/", {"plate": "9999"})) == (404, "not_found_inside")
    assert errors_of(as_clerk.post("/api/shop/validate/", {})) == {"body"}
    done = data_of(as_clerk.post("/api/shop/validate/", {"plate": "1234", "bill_number": "A-1"}), 201)
    assert (done["session_id"], done["undo_until"], done["plate"]) == (
        session["session_id"],
        "2026-11-22T04:35:00Z",
        "DL01••1234",
    )
    assert problem_of(as_clerk.post("/api/shop/validate/", {"code": session["qr_code"]})) == (400, "already_validated")
    undone = as_clerk.delete(f"/api/shop/validations/{done['id']}/")
    assert data_of(undone)["id"] == done["id"]
    data_of(as_clerk.post("/api/shop/validate/", {"code": session["qr_code"]}), 201)
    clock_stands.shift(timedelta(minutes=126))
    as_staff, as_clerk, as_admin = ApiClient(as_staff.user), ApiClient(clerk), ApiClient(as_admin.user)
    with at_most(14):
        assert data_of(leave(as_staff, session))["total_amount"] == 100.0
    [row] = data_of(as_clerk.get("/api/shop/validations/"))["results"]
    assert row["amount"] == 50.0
    statement = data_of(as_admin.get(f"{address}statement/", month="2026-11"))
    assert (statement["total"], len(statement["rows"]), statement["invoice_number"]) == (50.0, 1, None)
    assert problem_of(as_admin.get(f"{address}statement/", month="2026-11", export="pdf")) == (400, "month_not_over")
    clock_stands.move_to("2026-12-01T04:30:00Z")
    as_admin = ApiClient(as_admin.user)
    pdf = as_admin.get(f"{address}statement/", month="2026-11", export="pdf")
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    table = as_admin.get(f"{address}statement/", month="2026-11", export="xlsx")
    assert b"".join(table.streaming_content)[:2] == b"PK"


def test_several_cars_that_match_are_named_masked(as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> None:
    clerk = make_user()
    make_shop(clerk, zone.site_id)
    ids = []
    for plate in ("DL-01-AB-1234", "KA-05-XY-1234"):
        session = data_of(book(as_driver, zone, None, plate), 201)
        enter(as_staff, session)
        ids.append(session["session_id"])
    answer = ApiClient(clerk).post("/api/shop/validate/", {"plate": "1234"})
    assert problem_of(answer) == (400, "several_match")
    assert answer.json()["details"]["matches"] == [
        {"session_id": ids[0], "plate": "DL01••1234"},
        {"session_id": ids[1], "plate": "KA05••1234"},
    ]
