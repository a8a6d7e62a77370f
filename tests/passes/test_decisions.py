"""Ending a pass by an administrator's decision, which a second person approves."""

from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.checkout import settling
from parking.facilities.models import ParkingZone
from parking.passes.models import Subscription
from parking.payments.models import Refund
from tests.api.reading import data_of
from tests.build import make_user, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import at
from tests.passes.build import again, bought, make_plan

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def used(driver: User, zone: ParkingZone, time_machine: Traveller) -> Subscription:
    """A monthly pass of ₹5,000 that was used, two days later."""
    held = bought(driver, make_plan(zone, period="MONTH", price="5000.00"), PLATE)
    take_ticket(zone, PLATE, at(1))
    time_machine.move_to(at(2 * 24 * 60), tick=False)
    return held


def _ask(client: ApiClient, held: Subscription, **fields: Any) -> Any:
    return client.patch(f"/api/admin/passes/{held.number}/", {"cancel": True, "reason": "Moved"} | fields)


def _decide(client: ApiClient, approval_id: int, decision: str) -> Any:
    return client.post(f"/api/admin/approvals/{approval_id}/", {"decision": decision})


def test_nothing_changes_before_a_second_person_approves(admin: User, used: Subscription) -> None:
    as_admin = ApiClient(admin)
    second = ApiClient(make_user(Role.ADMIN))
    with nothing_changes():
        asked = data_of(_ask(as_admin, used, refund=4000), 202)
    assert asked["waits_for"] == "SECOND_PERSON"
    assert _decide(as_admin, asked["approval_id"], "APPROVE").json()["code"] == "own_refund"
    assert data_of(_decide(second, asked["approval_id"], "APPROVE"))["decision"] == "APPROVE"
    held = again(used)
    assert (held.status, held.ends_at) == ("CANCELLED", at(2 * 24 * 60))
    assert [(row.amount, row.status) for row in Refund.objects.all()] == [(Decimal("4000.00"), "INITIATED")]
    settling.follow_open_refunds(now=at(2 * 24 * 60 + 1))
    assert Refund.objects.get().status == "COMPLETED"
    assert_books_agree()
    assert _decide(second, asked["approval_id"], "APPROVE").json()["code"] == "decided_already"


def test_refused_the_pass_goes_on(admin: User, used: Subscription) -> None:
    as_admin = ApiClient(admin)
    asked = data_of(_ask(as_admin, used, refund=0), 202)
    assert data_of(_decide(as_admin, asked["approval_id"], "REFUSE"))["decision"] == "REFUSE"
    assert (again(used).status, Refund.objects.count()) == ("ACTIVE", 0)


def test_what_was_refused_may_be_asked_for_again_under_a_number_of_its_own(admin: User, used: Subscription) -> None:
    as_admin, second = ApiClient(admin), ApiClient(make_user(Role.ADMIN))
    first = data_of(_ask(as_admin, used, refund=4), 202)["approval_id"]
    assert _ask(as_admin, used, refund=4000).json()["code"] == "asked_already"
    _decide(as_admin, first, "REFUSE")
    again_asked = data_of(_ask(as_admin, used, refund=4000), 202)["approval_id"]
    assert _decide(second, first, "APPROVE").status_code == 404
    assert data_of(_decide(second, again_asked, "APPROVE"))["decision"] == "APPROVE"
    assert [row.amount for row in Refund.objects.all()] == [Decimal("4000.00")]
    assert_books_agree()


def test_not_more_than_was_paid(admin: User, used: Subscription) -> None:
    as_admin = ApiClient(admin)
    assert _ask(as_admin, used, refund=5000.01).json()["code"] == "refund_exceeds_payment"
    assert _ask(as_admin, used).json()["code"] == "pass_not_cancellable"
