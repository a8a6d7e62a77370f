"""Our process dies by `kill -9` at every step of a driver's passes: bought, exchanged, renewed, ended."""

import pytest

from parking.accounts.models import Role
from parking.passes.models import Subscription
from tests.build import make_user, make_zone
from tests.killing import deaths_of
from tests.passes.build import make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_at_any_step_no_pass_or_money_is_lost_or_counted_twice(transactional_db: None) -> None:
    plan = make_plan(make_zone(slots=3), price="1500.00", period="MONTH", reserved=True)
    people = [make_user(role) for role in (Role.USER, Role.STAFF, Role.ADMIN, Role.ADMIN)]
    deaths = deaths_of("tests.passes.killed_driver", *(str(row.pk) for row in (plan, *people)))
    # Two purchases, an exit, an exchange, an offer, a renewal, the end that is asked for and approved, two refunds.
    assert deaths["before a commit"] == deaths["after a commit"] >= 14
    assert deaths["before a payment"] == deaths["after a payment"] == 3
    assert deaths["before a refund"] == deaths["after a refund"] == 2
    assert set(Subscription.objects.values_list("status", flat=True)) == {"EXPIRED", "CANCELLED"}
