"""A password that a manager chose is changed at its first use, before anything else is open."""

from typing import Any

import pytest
from django.test import Client

from parking.accounts.demonstration import create_demonstration_accounts
from parking.accounts.models import Role, User
from parking.core import clock
from tests.accounts.people import body_of, failure
from tests.build import make_user
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

GIVEN = "gate-keeper-1"
OWN = "my-own-words-2"
MUST_CHANGE = (403, "password_must_change")


@pytest.fixture
def ravi(as_admin: ApiClient) -> User:
    """Return an attendant whose password a manager chose."""
    new = {"username": "ravi", "password": GIVEN, "role": "ADMIN", "email": "ravi@example.org"}
    made = body_of(as_admin.post("/api/admin/users/", new))["data"]
    assert made["password_must_change"] is True
    return User.objects.get(pk=made["id"])


@pytest.fixture
def as_ravi(ravi: User) -> ApiClient:
    return ApiClient(ravi)


@pytest.fixture
def browser(ravi: User) -> Client:
    browser = Client()
    assert browser.post("/sign-in/", {"username": "ravi", "password": GIVEN}).status_code == 302
    return browser


CLOSED = ["/api/user/history/", "/api/staff/active-sessions/", "/api/admin/users/", "/api/payment/1/receipt.pdf"]


@pytest.mark.parametrize("path", CLOSED)
def test_calls_are_closed(as_ravi: ApiClient, path: str) -> None:
    assert failure(as_ravi.get(path)) == MUST_CHANGE


def test_the_older_addresses_are_closed(as_ravi: ApiClient, browser: Client) -> None:
    scan = {"qr_code": "QR-0123456789AB"}
    assert failure(as_ravi.post("/parking/entry-qr-scan/", scan)) == MUST_CHANGE
    assert failure(browser.post("/parking/entry-qr-scan/", scan)) == MUST_CHANGE


def test_me_logout_and_the_change_are_open(anybody: ApiClient, as_ravi: ApiClient) -> None:
    pair = body_of(anybody.post("/api/auth/login/", {"username": "ravi", "password": GIVEN}))
    assert body_of(as_ravi.get("/api/auth/me/"))["data"]["password_must_change"] is True
    assert as_ravi.patch("/api/auth/me/", {"language": "hi"}).status_code == 200
    assert as_ravi.post("/api/auth/logout/", {"refresh": pair["refresh"]}).status_code == 200

    changed = as_ravi.post("/api/auth/password/change/", {"old_password": GIVEN, "new_password": OWN})

    access = {"Authorization": f"Bearer {body_of(changed)['access']}"}
    assert Client().get("/api/admin/users/", headers=access).status_code == 200


def test_pages_lead_to_the_change_and_go_on_from_there(browser: Client) -> None:
    for path in ("/office/", "/gate/", "/tickets/", "/profile/"):
        assert browser.get(path).headers["Location"] == "/password/change/"
    live = browser.get("/office/", headers={"HX-Request": "true"})
    assert (live.status_code, live.headers["HX-Redirect"]) == (204, "/password/change/")
    assert browser.get("/office/admin/").status_code == 302
    assert "A manager set your password" in browser.get("/password/change/").content.decode()

    answer = browser.post("/password/change/", {"old_password": GIVEN, "new_password": OWN})

    assert answer.headers["Location"] == "/office/"
    assert browser.get("/office/").status_code == 200
    assert browser.get("/office/admin/").status_code == 200


def test_a_new_password_for_somebody_else_is_given_and_ones_own_is_not(
    as_admin: ApiClient, admin: User, driver: User
) -> None:
    for user in (driver, admin):
        assert as_admin.patch(f"/api/admin/users/{user.pk}/", {"password": GIVEN}).status_code == 200
        as_admin.headers = ApiClient(User.objects.get(pk=admin.pk)).headers
    assert User.objects.get(pk=driver.pk).password_must_change is True
    assert User.objects.get(pk=admin.pk).password_must_change is False


def test_demonstration_and_present_accounts_are_as_they_were() -> None:
    create_demonstration_accounts(airport_id=1, now=clock.now())
    make_user(Role.STAFF, "somebody")
    assert not User.objects.filter(password_must_change=True).exists()


def test_an_installation_may_do_without(as_admin: ApiClient, settings: Any) -> None:
    settings.GIVEN_PASSWORDS_CHANGE = False
    new = {"username": "ravi", "password": GIVEN, "role": "STAFF"}
    assert body_of(as_admin.post("/api/admin/users/", new))["data"]["password_must_change"] is False
