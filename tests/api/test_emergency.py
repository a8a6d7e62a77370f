"""Emergencies: begun by one, confirmed by another; then every exit completes for nothing, until it is over."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.core import clock, fresh
from parking.facilities.models import Emergency, ParkingSite, ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import book, enter, make_user, make_zone, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START

pytestmark = pytest.mark.django_db

EMERGENCY = "/api/staff/emergency/"


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller) -> Traveller:
    time_machine.move_to(START, tick=False)
    return time_machine


@pytest.fixture
def second(db: None) -> User:
    return make_user(Role.STAFF)


def begin(by: User, zone: ParkingZone, minutes: int = 60) -> Any:
    body = {"reason": "Smoke on level 2", "minutes": minutes, "site_id": zone.site_id}
    return data_of(ApiClient(by).post(EMERGENCY, body), 202)


def confirm(by: User, decision: str = "APPROVE") -> Any:
    return ApiClient(by).post(f"{EMERGENCY}{Emergency.objects.latest('pk').pk}/confirm/", {"decision": decision})


@pytest.fixture
def running(staff: User, second: User, admin: User, zone: ParkingZone) -> Emergency:
    make_user(Role.ADMIN)
    begin(staff, zone)
    assert data_of(confirm(second))["status"] == "RUNS"
    return Emergency.objects.get()


def out(by: User, session: ParkingSession, **fields: object) -> Any:
    body = {"qr_code": session.qr_code, "payment_method": "CASH", "amount_tendered": 500, "scan_id": "out1"}
    return ApiClient(by).post("/api/staff/exit/", body | fields)


def test_one_person_alone_begins_none(staff: User, second: User, admin: User, zone: ParkingZone) -> None:
    make_user(Role.ADMIN)
    asked = begin(staff, zone)
    assert asked["waits_for"] == "SECOND_PERSON"
    with nothing_changes():
        assert problem_of(confirm(staff)) == (400, "own_change")
    session = enter(staff, take_ticket(zone, now=START), START)
    assert data_of(out(second, session))["amount_charged"] == 50.0
    listed = data_of(ApiClient(admin).get("/api/admin/approvals/"))["results"]
    assert [(row["id"], row["kind"]) for row in listed] == [(asked["approval_id"], "EMERGENCY")]
    approve = ApiClient(admin).post(f"/api/admin/approvals/{asked['approval_id']}/", {"decision": "APPROVE"})
    assert data_of(approve)["decision"] == "APPROVE"
    assert Emergency.objects.get().ends_at == START + timedelta(minutes=60)


@pytest.mark.parametrize("fields", [{}, {"payment_method": "ONLINE"}, {"payment_method": "NOTHING"}])
def test_every_exit_completes_for_nothing_and_the_rest_is_owed(
    staff: User, zone: ParkingZone, running: Emergency, time_machine: Traveller, fields: dict[str, str]
) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    time_machine.shift(timedelta(minutes=50))
    bill = data_of(out(staff, session, **fields))
    assert (bill["status"], bill["payment_method"], bill["amount_charged"]) == ("COMPLETED", "NONE", 0.0)
    assert (bill["amount_due"], bill["change_due"]) == (50.0, 0.0)
    assert data_of(out(staff, session, **fields)) == bill
    session.refresh_from_db()
    assert (session.end_reason, session.marks) == ("EXIT", ["EMERGENCY"])
    debt = Debt.objects.get()
    assert (debt.amount, debt.emergency_id, debt.waits_until) == (Decimal(50), running.pk, None)
    assert not Payment.objects.exists()
    assert_books_agree()


def test_a_payment_that_was_waited_for_is_given_up_and_may_pay_the_debt(
    staff: User, zone: ParkingZone, second: User, admin: User, gateway: Any
) -> None:
    gateway.outcome = GatewayState.PENDING
    session = enter(staff, take_ticket(zone, now=START), START)
    assert data_of(out(staff, session, payment_method="ONLINE"))["status"] == "ACTIVE"
    begin(staff, zone)
    confirm(second)
    assert data_of(out(staff, session, scan_id="out2"))["status"] == "COMPLETED"
    assert_books_agree()


@pytest.mark.parametrize("way", ["exit-by-plate", "lost-ticket", "pay-later"])
def test_so_do_the_other_ways_out(staff: User, zone: ParkingZone, running: Emergency, way: str) -> None:
    body: dict[str, object] = {"vehicle_number": "DL-01-AB-1234", "payment_method": "CASH", "amount_tendered": 100}
    if way == "lost-ticket":
        body["zone_id"] = zone.pk
    else:
        enter(staff, take_ticket(zone, "DL-01-AB-1234", START), START)
        body["confirm"] = "Asha Rao"
    bill = data_of(ApiClient(staff).post(f"/api/staff/{way}/", body))
    assert (bill["status"], bill["amount_charged"], bill["payment_method"]) == ("COMPLETED", 0.0, "NONE")
    assert "EMERGENCY" in ParkingSession.objects.get().marks
    assert "PAY_LATER" not in ParkingSession.objects.get().marks
    assert not Debt.objects.filter(waits_until__isnull=False).exists()
    assert_books_agree()


def test_it_ends_by_itself(staff: User, zone: ParkingZone, running: Emergency, time_machine: Traveller) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    time_machine.shift(timedelta(minutes=60))
    assert data_of(out(staff, session))["amount_charged"] == 50.0
    assert data_of(ApiClient(staff).get(EMERGENCY))["results"][0]["status"] == "OVER"


def test_it_ends_when_somebody_says_so(staff: User, zone: ParkingZone, running: Emergency) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    ended = data_of(ApiClient(staff).delete(f"{EMERGENCY}{running.pk}/"))
    assert (ended["status"], ended["ended_at"]) == ("OVER", "2026-11-22T04:30:00Z")
    assert data_of(out(staff, session))["amount_charged"] == 50.0
    lines = AuditEntry.objects.filter(action__startswith="emergency.").order_by("pk")
    assert list(lines.values_list("action", flat=True)) == ["emergency.asked", "emergency.begun", "emergency.ended"]


def test_another_process_may_not_know_yet_that_it_ended(
    staff: User, zone: ParkingZone, running: Emergency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy of a process may be half a second old: what is let out for nothing is asked once more."""
    session = enter(staff, take_ticket(zone, now=START), START)
    Emergency.objects.update(ended_at=clock.now())
    assert data_of(out(staff, session))["amount_charged"] == 50.0


def test_another_site_goes_on_as_usual(staff: User, running: Emergency, zone: ParkingZone) -> None:
    airport = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    other = make_zone("Terminal", site_id=airport.pk)
    session = enter(staff, take_ticket(other, now=START), START)
    assert problem_of(out(staff, session, payment_method="NOTHING")) == (400, "payment_method_invalid")
    assert data_of(out(staff, session))["amount_charged"] == 50.0


def test_an_admin_who_did_not_begin_it_waives_all_of_it_at_once(
    staff: User, admin: User, zone: ParkingZone, running: Emergency
) -> None:
    for _ in range(2):
        out(staff, enter(staff, take_ticket(zone, now=START), START), scan_id=None)
    waived = data_of(ApiClient(admin).post(f"/api/admin/emergencies/{running.pk}/waive/", {"reason": "Fire"}))
    assert waived == {"emergency_id": running.pk, "debts": 2, "amount": 100.0}
    assert set(Debt.objects.values_list("status", flat=True)) == {"WRITTEN_OFF"}
    assert_books_agree()


def test_nobody_waives_what_an_own_emergency_left_behind(
    staff: User, second: User, admin: User, zone: ParkingZone
) -> None:
    make_user(Role.ADMIN)
    begin(admin, zone)
    confirm(second)
    out(staff, enter(staff, take_ticket(zone, now=START), START))
    waive = f"/api/admin/emergencies/{Emergency.objects.get().pk}/waive/"
    debt = Debt.objects.get()
    with nothing_changes():
        assert problem_of(ApiClient(admin).post(waive, {"reason": "Fire"})) == (400, "own_emergency")
        one = ApiClient(admin).post(f"/api/admin/debts/{debt.pk}/write-off/", {"reason": "Fire"})
        assert problem_of(one) == (400, "own_emergency")


def test_the_only_admin_begins_one_alone_and_the_record_says_so(admin: User, zone: ParkingZone) -> None:
    body = {"reason": "Smoke", "minutes": 240, "site_id": zone.site_id}
    assert data_of(ApiClient(admin).post(EMERGENCY, body), 201)["status"] == "RUNS"
    assert AuditEntry.objects.get(action="emergency.begun").facts["alone"] is True


def test_without_the_permission_nobody_begins_one(staff: User, admin: User, zone: ParkingZone) -> None:
    User.objects.filter(pk=staff.pk).update(permissions={"terminate": False})
    staff.refresh_from_db()
    body = {"reason": "Smoke", "minutes": 10, "site_id": zone.site_id}
    assert problem_of(ApiClient(staff).post(EMERGENCY, body)) == (403, "not_permitted")
    assert problem_of(ApiClient(admin).post(EMERGENCY, body | {"minutes": 241})) == (400, "validation_error")


def test_one_at_a_time_and_taken_back_before_it_begins(
    staff: User, admin: User, second: User, zone: ParkingZone
) -> None:
    make_user(Role.ADMIN)
    begin(staff, zone)
    body = {"reason": "Smoke", "minutes": 10, "site_id": zone.site_id}
    waits = ApiClient(second).post(EMERGENCY, body)
    assert problem_of(waits) == (400, "emergency_waits")
    assert waits.json()["details"] == {"emergency_id": Emergency.objects.get().pk}
    assert data_of(ApiClient(staff).delete(f"{EMERGENCY}{Emergency.objects.get().pk}/"))["status"] == "REFUSED"
    assert problem_of(confirm(second)) == (400, "decided_already")
    begin(second, zone)
    confirm(staff)
    assert problem_of(ApiClient(staff).post(EMERGENCY, body)) == (400, "emergency_running")


def test_a_scan_takes_no_more_statements_without_one(
    staff: User, driver: User, zone: ParkingZone, django_assert_max_num_queries: Any
) -> None:
    session = enter(staff, book(driver, zone), clock.now())
    fresh.forget_all()
    with django_assert_max_num_queries(30) as captured:
        out(staff, session)
    assert not [query for query in captured.captured_queries if "facilities_emergency" in query["sql"]]
