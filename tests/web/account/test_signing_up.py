"""Signing up on a page, and the ways between that page and the sign-in page."""

import re

import pytest
from django.test import Client

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from tests.web.account.conftest import PASSWORD

pytestmark = pytest.mark.django_db

GOOD = {"username": "ravi", "password": PASSWORD, "email": "ravi@example.org", "phone": "", "first_name": "रवि"}


def test_signing_up_makes_a_driver_and_signs_in(browser):
    answer = browser.post("/sign-up/", GOOD | {"role": "ADMIN", "is_active": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/zones/")
    user = User.objects.get()
    assert (user.username, user.role, user.is_active, user.first_name) == ("ravi", Role.USER, True, "रवि")
    assert user.check_password(PASSWORD)
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert browser.get("/profile/").status_code == 200
    assert AuditEntry.objects.get().action == "user.registered"


@pytest.mark.parametrize(
    ("wanted", "given"), [("/zones/3/", "/zones/3/"), ("https://example.org/", "/zones/"), ("//example.org", "/zones/")]
)
def test_afterwards_one_goes_where_one_wanted_to(browser, wanted, given):
    assert browser.post("/sign-up/", GOOD | {"next": wanted}).headers["Location"] == given


def test_the_wanted_page_is_carried_from_page_to_page(browser):
    sign_in = browser.get("/sign-in/", {"next": "/zones/3/?a=b"}).content.decode()
    assert 'href="/sign-up/?next=%2Fzones%2F3%2F%3Fa%3Db"' in sign_in
    sign_up = browser.get("/sign-up/", {"next": "/zones/3/?a=b"}).content.decode()
    assert 'name="next" value="/zones/3/?a=b"' in sign_up
    assert 'href="/sign-in/?next=%2Fzones%2F3%2F%3Fa%3Db"' in sign_up
    outside = browser.get("/sign-up/", {"next": "https://example.org/"}).content.decode()
    assert 'value="https://example.org' not in outside
    assert "/sign-in/?next" not in outside


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "रवि"}, "Only letters from A to Z, digits, and the signs . _ - + @"),
        ({"username": "ravi\n"}, None),
        ({"username": ""}, "This field is required."),
        ({"password": "short"}, "At least 8 characters are needed."),
        ({"email": "ravi"}, "This is not an e-mail address."),
        ({"phone": "call me"}, "A phone number such as +91 98765 43210."),
        ({"email": ""}, "Enter an e-mail address or a phone number."),
        ({"username": "ASHA"}, "This username is taken."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_made(browser, asha, wrong, sentence):
    answer = browser.post("/sign-up/", GOOD | wrong)
    if sentence is None:  # white space around a name does not count
        assert (answer.status_code, User.objects.filter(username="ravi").count()) == (302, 1)
        return
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert list(User.objects.all()) == [asha]
    assert "_auth_user_id" not in browser.session


def test_the_password_is_not_sent_back(browser):
    assert PASSWORD not in browser.post("/sign-up/", GOOD | {"email": "wrong"}).content.decode()


def test_many_sign_ups_from_one_address_are_slowed(browser, settings):
    settings.REGISTRATIONS_PER_MINUTE = 1
    browser.post("/sign-up/", GOOD)
    answer = Client().post("/sign-up/", GOOD | {"username": "second"})
    assert answer.status_code == 200
    assert "Too many requests. Please try again in" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_form_of_another_site_makes_nobody(db):
    assert Client(enforce_csrf_checks=True).post("/sign-up/", GOOD).status_code == 403
    assert not User.objects.exists()


def test_the_account_speaks_the_language_of_the_page(browser):
    browser.cookies["django_language"] = "hi"
    browser.post("/sign-up/", GOOD)
    assert User.objects.get().language == "hi"


def test_who_is_signed_in_needs_no_second_account(browser_of, asha):
    assert browser_of(asha).get("/sign-up/").headers["Location"] == "/"


def test_a_lock_out_says_how_long(browser, asha, settings):
    settings.AXES_FAILURE_LIMIT = 2
    for _ in range(2):
        browser.post("/sign-in/", {"username": "asha", "password": "wrong"})
    answer = browser.post("/sign-in/", {"username": "asha", "password": PASSWORD})
    assert answer.status_code == 200
    found = re.search(
        r"Too many failed attempts. Please try again in (\d+) (second|minute)s?\.", answer.content.decode()
    )
    assert found
    assert found[1] == "1" if found[2] == "minute" else int(found[1]) > 50
