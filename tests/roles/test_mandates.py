"""Calls and pages about passes by everybody, where mandates are given: with the setting on, and one in force."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from parking.checkout import mandate_following, pass_mandates
from parking.core import clock, fresh
from parking.passes.mandate_models import Mandate
from parking.passes.models import Subscription
from tests.build import actor
from tests.client import ApiClient
from tests.gateways.standin import Standin, standin, standin_process
from tests.passes.mandates import razorpay
from tests.roles import test_calls as calls
from tests.roles import test_pages as pages
from tests.roles.world import MARKS, World, make_world

__all__ = ["razorpay", "standin", "standin_process"]  # fixtures that are made there

pytestmark = pytest.mark.django_db

CALLS = {call: statuses for call, statuses in calls.TABLE.items() if "passes/" in call} | {
    # With the setting off they are refused to everybody.
    "POST /api/user/passes/{number}/mandate/": calls.driver(),
}
PAGES = {name: statuses for name, statuses in pages.TABLE.items() if "pass" in name and "password" not in name}
# The forms of a pass, as its holder sends them: refused to others, and not there for those who hold none.
SENT: dict[str, pages.Statuses] = {
    f"pass_mandate {action}": (302, 403, 403, 404, 404, 403, 403, 302) for action in ("begin", "check", "end")
}


@pytest.fixture
def world(settings: Any, razorpay: Standin) -> World:
    settings.OPEN_LEGACY = False
    made = make_world()
    # The pass of the table is one of a day: a week's is what mandates are for.
    ends_at = clock.now().replace(microsecond=0) + timedelta(days=7)
    Subscription.objects.filter(pk=made.held.pk).update(auto_renew=True, ends_at=ends_at)
    made.held.plan.__class__.objects.filter(pk=made.plan.pk).update(period="WEEK", price="1500.00")
    return made


@pytest.fixture
def in_force(world: World, razorpay: Standin) -> World:
    holder = world.people["USER"]
    assert holder is not None
    pass_mandates.begin_mandate(
        actor=actor(holder), subscription=Subscription.objects.get(pk=world.held.pk), now=clock.now()
    )
    mandate = Mandate.objects.select_related("mandate_plan__plan__site", "subscription").get()
    razorpay.mandate(mandate.gateway_id, "authorise")
    mandate_following.follow_mandate(mandate=mandate, now=clock.now())
    assert Mandate.objects.get().status == "HELD"
    return world


@pytest.mark.parametrize("who", calls.COLUMNS)
def test_each_call_about_passes_answers_as_the_table_says(world: World, who: str) -> None:
    client, bodies, column = ApiClient(world.people[who]), calls._bodies(world), calls.COLUMNS.index(who)
    wrong = []
    for call, statuses in CALLS.items():
        before = transaction.savepoint()
        fresh.forget_all()
        answer = calls._sent(client, call, world, bodies.get(call, {}))
        if answer.status_code != statuses[column]:
            wrong.append(f"{call}: {answer.status_code}, not {statuses[column]} {calls._text(answer)[:200]}")
        transaction.savepoint_rollback(before)
    assert wrong == []


@pytest.mark.parametrize("who", calls.COLUMNS)
def test_a_mandate_in_force_is_shown_to_its_holder_and_the_office_of_its_site(in_force: World, who: str) -> None:
    client, column = ApiClient(in_force.people[who]), calls.COLUMNS.index(who)
    number = Mandate.objects.get().number
    found = calls._sent(client, "GET /api/user/passes/{number}/mandate/", in_force, {})
    assert found.status_code == calls.driver()[column]
    listed = calls._text(client.get("/api/admin/passes/"))
    assert (number in calls._text(found)) == (who == "USER")
    assert (number in listed) == (who in {"ADMIN", "AUDITOR"})


@pytest.mark.parametrize("who", pages.COLUMNS)
def test_each_page_about_passes_answers_as_the_table_says(in_force: World, who: str) -> None:
    browser, column = pages._browser(in_force, who), pages.COLUMNS.index(who)
    wrong, leaks = [], []
    marks = (*MARKS, Mandate.objects.get().number)
    for name, statuses in PAGES.items():
        fresh.forget_all()
        answer = browser.get(pages._address(name, in_force))
        if answer.status_code != statuses[column]:
            wrong.append(f"{name}: {answer.status_code}, not {statuses[column]}")
        if who in pages.OTHER_SITE:
            leaks += [f"{name}: {mark}" for mark in marks if mark in pages._text(answer)]
    assert (wrong, leaks) == ([], [])


@pytest.mark.parametrize("who", pages.COLUMNS)
def test_only_its_holder_sends_the_forms_of_a_mandate(in_force: World, who: str) -> None:
    browser, column = pages._browser(in_force, who), pages.COLUMNS.index(who)
    for name, statuses in SENT.items():
        page, action = name.split(" ")
        before = transaction.savepoint()
        status = browser.post(pages._address(page, in_force), {"action": action}).status_code
        assert status == statuses[column], name
        changed = Mandate.objects.get().status != "HELD"
        assert changed == (who == "USER" and action == "end"), name
        transaction.savepoint_rollback(before)
