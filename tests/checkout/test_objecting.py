"""Objections to debts: once, by the driver of the stay; no gate asks until an administrator has answered."""

from datetime import timedelta
from typing import Any

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.checkout.objecting import answer_objection, object_to_debt
from parking.checkout.queries import debts_by_plate, debts_of_plate, plate_debt
from parking.core.money import ZERO
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.payments.models import Debt
from tests.api.reading import data_of, problem_of
from tests.build import actor, book, enter, make_user, terminate
from tests.client import ApiClient
from tests.invariants import nothing_changes, refused
from tests.moments import START

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"
NOW = START + timedelta(hours=4)


@pytest.fixture
def debt(driver: User, staff: User, zone: ParkingZone) -> Debt:
    session = enter(staff, book(driver, zone, PLATE, START), START)
    terminate(staff, session, now=START + timedelta(hours=3))
    return Debt.objects.get()


def object_(driver: User, debt: Debt, text: str = "I paid in cash") -> Debt:
    return object_to_debt(actor=actor(driver), debt_id=debt.pk, objection=text, now=NOW)


def answer(admin: User, debt: Debt, *, upheld: bool) -> Debt:
    return answer_objection(actor=actor(admin), debt_id=debt.pk, upheld=upheld, answer="The camera says so", now=NOW)


def is_asked_for(debt: Debt) -> bool:
    """Return whether a gate asks for the debt, at the entry, at the exit and by its plate."""
    vehicle_id = debt.bill.session.vehicle_id
    site_id = debt.bill.site_id
    assert site_id is not None
    here = frozenset({site_id})
    found = {
        plate_debt(vehicle_id, sites=ALL_SITES, now=NOW) > ZERO,
        plate_debt(vehicle_id, sites=here, now=NOW) > ZERO,
        bool(debts_of_plate(vehicle_id, sites=here, now=NOW)),
        bool(debts_by_plate(PLATE, sites=here)),
    }
    assert len(found) == 1
    return found.pop()


def test_no_gate_asks_for_a_debt_under_objection(driver: User, debt: Debt) -> None:
    assert is_asked_for(debt)
    object_(driver, debt)
    assert not is_asked_for(debt)
    debt.refresh_from_db()
    assert (debt.status, debt.objection, debt.objected_at) == ("OPEN", "I paid in cash", NOW)
    entry = AuditEntry.objects.get(action="debt.objected")
    assert (entry.actor_id, entry.subject_id) == (driver.pk, debt.pk)
    assert "cash" not in str(entry.facts)


def test_a_refused_objection_leaves_the_debt_with_the_answer(driver: User, admin: User, debt: Debt) -> None:
    object_(driver, debt)
    answer(admin, debt, upheld=False)
    assert is_asked_for(debt)
    debt.refresh_from_db()
    assert (debt.status, debt.objection_answer, debt.objection_answered_by) == ("OPEN", "The camera says so", admin)
    assert AuditEntry.objects.get(action="debt.objection_answered").facts["upheld"] is False
    with refused("objection_not_waiting"):
        answer(admin, debt, upheld=True)
    with refused("objection_exists"):
        object_(driver, debt, "Really")


def test_an_upheld_objection_writes_the_debt_off(driver: User, admin: User, debt: Debt) -> None:
    object_(driver, debt)
    answer(admin, debt, upheld=True)
    debt.refresh_from_db()
    assert (debt.status, debt.written_off_by) == ("WRITTEN_OFF", admin)
    assert AuditEntry.objects.get(action="debt.written_off").facts["reason"] == "The camera says so"


def test_nobody_upholds_what_is_of_a_stay_that_they_ended(driver: User, admin: User, zone: ParkingZone) -> None:
    make_user(Role.ADMIN)
    session = enter(admin, book(driver, zone, PLATE, START), START)
    terminate(admin, session, now=START + timedelta(hours=3))
    debt = object_(driver, Debt.objects.get())
    with refused("own_termination"):
        answer(admin, debt, upheld=True)


def test_the_same_words_again_change_nothing(driver: User, debt: Debt) -> None:
    object_(driver, debt)
    with nothing_changes():
        assert object_(driver, debt).pk == debt.pk


def test_a_settled_debt_and_somebody_elses(driver: User, debt: Debt) -> None:
    with refused("debt_not_found"):
        object_(make_user(), debt)
    Debt.objects.update(status="LAPSED", closed_at=NOW)
    with refused("debt_closed"):
        object_(driver, debt)


def test_the_calls(driver: User, admin: User, debt: Debt) -> None:
    mine, office = ApiClient(driver), ApiClient(admin)
    body = {"objection": "मैंने नकद दिया"}

    def listed(client: ApiClient, address: str) -> list[Any]:
        return [row["objection"] for row in data_of(client.get(address))["results"]]

    made = data_of(mine.post(f"/api/user/debts/{debt.pk}/objection/", body))
    assert made["objection"]["text"] == "मैंने नकद दिया"
    assert made["objection"]["answer"] is None
    assert listed(office, "/api/admin/debts/?under_objection=true") == [made["objection"]]
    answered = {"upheld": True, "answer": "You did"}
    assert data_of(office.post(f"/api/admin/debts/{debt.pk}/objection/", answered))["status"] == "WRITTEN_OFF"
    assert listed(office, "/api/admin/debts/?under_objection=true") == []
    assert listed(mine, "/api/user/debts/")[0]["answer"] == "You did"
    again = office.post(f"/api/admin/debts/{debt.pk}/objection/", answered)
    assert problem_of(again) == (400, "objection_not_waiting")


@pytest.mark.parametrize("body", [{}, {"objection": " "}, {"objection": "x" * 501}, {"objection": None}])
def test_an_objection_has_words(driver: User, debt: Debt, body: dict[str, object]) -> None:
    with nothing_changes():
        answer = ApiClient(driver).post(f"/api/user/debts/{debt.pk}/objection/", body)
    assert problem_of(answer) == (400, "validation_error")
