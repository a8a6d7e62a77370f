"""Sites and permissions of people: given by administrators, who with sites of their own give no others."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from parking.accounts.mails import NEW_ADMINISTRATOR, NEW_PASSWORD, mail_administrators
from parking.accounts.models import Role, User
from parking.accounts.services import actor_of
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from tests.client import ApiClient
from tests.moments import START
from tests.roles.world import World, make_world
from tests.web.office.forms import fields_of

pytestmark = pytest.mark.django_db

USERS = "/api/admin/users/"
NEW = {"username": "new", "password": "blue-tractor-9"}


@pytest.fixture
def world() -> World:
    return make_world()


def site_of(user: User | None) -> int:
    assert user is not None
    return int(user.site_ids[0])


def client_of(world: World, who: str) -> ApiClient:
    return ApiClient(world.people[who])


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_sites_and_permissions_are_given_and_answered(world: World) -> None:
    admin, first = client_of(world, "ADMIN"), world.zone.site_id
    limit = {"each": 200, "per_day": 1000.5}
    made = data(admin.post(USERS, {**NEW, "role": "STAFF", "sites": [first], "permissions": {"refund": limit}}), 201)
    assert (made["sites"], made["permissions"]) == (
        [first],
        {
            "terminate": True,
            "move": True,
            "collect_debt": False,
            "voucher": False,
            "assign_special": False,
            "refund": {"each": 200.0, "per_day": 1000.5},
        },
    )
    changed = data(admin.patch(f"{USERS}{made['id']}/", {"sites": [], "permissions": {"terminate": False}}))
    assert (changed["sites"], changed["permissions"]["terminate"], changed["permissions"]["move"]) == ([], False, True)
    assert changed["permissions"]["refund"] == {"each": 200.0, "per_day": 1000.5}


def test_a_site_that_is_not_there_is_refused(world: World) -> None:
    answer = client_of(world, "ADMIN").post(USERS, {**NEW, "role": "STAFF", "sites": [99999]})
    assert (problem(answer), answer.json()["errors"]) == (
        (400, "validation_error"),
        {"sites": ["There is no such car park"]},
    )


@pytest.mark.parametrize("sites", [[], ["first"], ["first", "second"]])
def test_an_administrator_of_some_sites_appoints_for_these_alone(world: World, sites: list[str]) -> None:
    own = site_of(world.people["ADMIN of 2"])
    ids = {"first": world.zone.site_id, "second": own}
    limited = client_of(world, "ADMIN of 2")
    named = [ids[name] for name in sites]
    assert problem(limited.post(USERS, {**NEW, "role": "STAFF", "sites": named})) == (400, "validation_error")
    made = data(limited.post(USERS, {**NEW, "role": "ADMIN", "sites": [own]}), 201)
    assert problem(limited.patch(f"{USERS}{made['id']}/", {"sites": named})) == (400, "validation_error")
    assert User.objects.get(username="new").site_ids == [own]


def test_an_administrator_of_some_sites_neither_sees_nor_changes_drivers(world: World) -> None:
    limited, driver = client_of(world, "ADMIN of 2"), world.people["USER"]
    assert driver is not None
    found = {row["role"] for row in data(limited.get(USERS, page_size=100))["results"]}
    assert found == {"ADMIN", "STAFF", "AUDITOR"}
    assert problem(limited.get(f"{USERS}{driver.pk}/")) == (404, "user_not_found")
    assert problem(limited.patch(f"{USERS}{driver.pk}/", {"is_active": False})) == (404, "user_not_found")
    own = site_of(world.people["ADMIN of 2"])
    assert problem(limited.post(USERS, {**NEW, "sites": [own]})) == (400, "validation_error")


def test_nobody_of_some_sites_looks_at_the_rows_of_all(world: World) -> None:
    for who, status in {"ADMIN": 200, "AUDITOR": 200, "ADMIN of 2": 302, "AUDITOR of 2": 302}.items():
        browser, user = Client(), world.people[who]
        assert user is not None
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert browser.get("/office/admin/payments/payment/").status_code == status, who


def test_a_driver_is_limited_by_no_sites(world: World) -> None:
    driver = world.people["USER"]
    assert driver is not None
    driver.site_ids = [site_of(world.people["ADMIN of 2"])]
    assert actor_of(driver).sites is None


def test_only_an_administrator_of_all_sites_changes_what_all_share(world: World) -> None:
    wide = {who: actor_of(user).is_operator_wide for who, user in world.people.items() if user is not None}
    assert [who for who in wide if wide[who]] == ["ADMIN"]


def test_without_the_permission_nobody_ends_a_stay(world: World) -> None:
    colleague = world.people["STAFF"]
    assert colleague is not None
    User.objects.filter(pk=colleague.pk).update(permissions={"terminate": False})
    address, body = f"/api/staff/sessions/{world.inside.pk}/terminate/", {"reason": "Left", "payment_method": "NONE"}
    assert problem(ApiClient(colleague).post(address, body)) == (403, "not_permitted")
    browser = Client()
    browser.force_login(colleague, backend="django.contrib.auth.backends.ModelBackend")
    assert "End this stay" not in browser.get(f"/gate/stays/{world.inside.pk}/").content.decode()
    assert browser.post(f"/gate/stays/{world.inside.pk}/terminate/", {"reason": "Left"}).status_code == 403


def test_the_office_gives_sites_and_permissions(world: World) -> None:
    admin, colleague = world.people["ADMIN"], world.people["STAFF"]
    assert admin is not None and colleague is not None
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/office/users/{colleague.pk}/"
    sent = fields_of(browser.get(address))
    del sent["may_terminate"]
    browser.post(address, sent | {"may_voucher": "on", "refund_each": "75", "site_ids": [world.zone.site_id]})
    colleague.refresh_from_db()
    permissions = actor_of(colleague).permissions
    assert (permissions.terminate, permissions.voucher, str(permissions.refund.each)) == (False, True, "75.00")
    assert colleague.site_ids == [world.zone.site_id]


@pytest.mark.parametrize("what", [NEW_ADMINISTRATOR, NEW_PASSWORD])
def test_all_administrators_get_a_mail_about_a_new_one_and_a_new_password(world: World, what: str) -> None:
    admin = world.people["ADMIN"]
    assert admin is not None
    expected = User.objects.filter(role=Role.ADMIN, is_active=True).count()
    assert mail_administrators(what, user_id=admin.pk, by_id=None, now=START) == expected
    assert mail_administrators(what, user_id=admin.pk, by_id=None, now=START, wish="once") == expected
    assert mail_administrators(what, user_id=admin.pk, by_id=None, now=START, wish="once") == 0
    deliver(now=START, channel=Channel.MAIL)
    assert len(mail.outbox) == 2 * expected
    assert admin.username in mail.outbox[0].subject
    assert "by the system." in mail.outbox[0].body


def test_a_new_administrator_and_a_new_password_are_announced(world: World, monkeypatch: Any) -> None:
    told: list[str] = []
    task = SimpleNamespace(enqueue=lambda what, *_ids: told.append(what))
    monkeypatch.setattr("parking.accounts.services.mail_administrators", task)
    admin = client_of(world, "ADMIN")
    made = data(admin.post(USERS, {**NEW, "role": "STAFF"}), 201)
    admin.patch(f"{USERS}{made['id']}/", {"password": "green-tractor-9"})
    assert told == []
    admin.patch(f"{USERS}{made['id']}/", {"role": "ADMIN"})
    admin.patch(f"{USERS}{made['id']}/", {"password": "red-tractor-9"})
    assert told == [NEW_ADMINISTRATOR, NEW_PASSWORD]


@pytest.mark.parametrize("change", [{"role": "STAFF"}, {"is_active": False}, {"sites": "second"}])
def test_somebody_stays_administrator_of_all_sites(world: World, change: dict[str, Any]) -> None:
    admin = world.people["ADMIN"]
    assert admin is not None
    User.objects.filter(role=Role.ADMIN, site_ids=[]).exclude(pk=admin.pk).update(is_active=False)
    if "sites" in change:
        change = {"sites": [site_of(world.people["ADMIN of 2"])]}
    assert problem(ApiClient(admin).patch(f"{USERS}{admin.pk}/", change)) == (400, "last_admin")
    limited = world.people["ADMIN of 2"]
    assert limited is not None
    assert ApiClient(admin).patch(f"{USERS}{limited.pk}/", {"is_active": False}).status_code == 200
