"""Pages speak the reader's language; the API's texts are a contract."""

import pytest
from django.test import Client

from parking.accounts.models import Role, User
from tests.build import make_user

pytestmark = pytest.mark.django_db


def language_of(answer):
    return answer.content.decode().partition('<html lang="')[2][:2]


def test_the_browsers_language_is_taken():
    assert language_of(Client().get("/zones/", headers={"Accept-Language": "hi-IN,hi;q=0.9,en;q=0.5"})) == "hi"
    assert language_of(Client().get("/zones/", headers={"Accept-Language": "ta"})) == "en"


def test_the_choice_wins_and_stays():
    browser = Client(headers={"Accept-Language": "en"})
    answer = browser.post("/language/", {"language": "hi", "next": "/zones/?sort=price"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/zones/?sort=price")
    assert language_of(browser.get("/zones/")) == "hi"
    cookie = answer.cookies["django_language"]
    assert (cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("Lax", True, 31_536_000)


def test_the_choice_is_the_accounts():
    user = make_user(Role.USER)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    browser.post("/language/", {"language": "hi"})
    assert User.objects.get(pk=user.pk).language == "hi"


@pytest.mark.parametrize("wanted", ["xx", "", "en\x00", "hi; Max-Age=1"])
def test_a_language_that_is_not_there_changes_nothing(wanted):
    answer = Client().post("/language/", {"language": wanted, "next": "//evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "django_language" not in answer.cookies


def test_the_choice_needs_the_forms_token():
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "hi"}).status_code == 403


def test_the_api_does_not_follow():
    answer = Client(headers={"Accept-Language": "hi"}).post("/api/auth/login/", "{}", content_type="application/json")
    assert answer.json()["message"] == "Please check the input"
    assert "Content-Language" not in answer.headers


def signed_in(browser: Client, user: User):
    user.set_password("monsoon-2026")
    user.save()
    return browser.post("/sign-in/", {"username": user.username, "password": "monsoon-2026"})


def test_a_language_chosen_before_signing_in_becomes_that_of_the_account():
    user, browser = make_user(Role.USER), Client()
    browser.post("/language/", {"language": "hi"})
    assert signed_in(browser, user).status_code == 302
    assert language_of(browser.get("/zones/")) == "hi"
    assert User.objects.get(pk=user.pk).language == "hi"


def test_the_next_person_on_a_device_reads_the_language_of_the_own_account():
    browser = Client()
    browser.post("/language/", {"language": "hi"})
    signed_in(browser, make_user(Role.STAFF))
    browser.post("/sign-out/")
    second = make_user(Role.STAFF)
    signed_in(browser, second)
    assert language_of(browser.get("/gate/")) == "en"
    assert User.objects.get(pk=second.pk).language == "en"
