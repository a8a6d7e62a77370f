"""Where no worker runs nothing can be sent, so every page of a manager says so itself."""

from datetime import timedelta

import pytest
from django.test import Client

from parking.accounts.models import Role
from parking.core import clock
from parking.core.heartbeats import beat, newest_beat_now
from tests.build import make_user

pytestmark = pytest.mark.django_db
ALARM = '<p class="alarm-note'


def shown_to(role: Role, address: str) -> str:
    newest_beat_now.forget()
    browser = Client()
    browser.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    return browser.get(address).content.decode()


def seen(ago: timedelta) -> None:
    now = clock.now()
    beat(worker_id="a", started_at=now - ago, sweeps={}, now=now - ago)


@pytest.mark.parametrize("address", ["/office/", "/office/sessions/", "/office/settings/", "/profile/"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_managers_and_auditors_see_it_on_every_page(role, address):
    html = shown_to(role, address)
    assert html.count(ALARM) == 1
    assert "Critical: no background worker runs." in html


def test_it_says_since_when():
    seen(timedelta(seconds=61))
    assert "Critical: no background worker has run since" in shown_to(Role.ADMIN, "/office/zones/")


def test_nothing_is_said_while_a_worker_lives():
    seen(timedelta(seconds=59))
    assert ALARM not in shown_to(Role.ADMIN, "/office/zones/")


@pytest.mark.parametrize(("role", "address"), [(Role.USER, "/zones/"), (Role.STAFF, "/gate/inside/")])
def test_others_can_do_nothing_about_it(role, address):
    assert ALARM not in shown_to(role, address)
