"""A new password on pages: with the old one, and with the link of a mail."""

import re

import pytest
from django.core import mail
from django.test import Client

from parking.accounts.tasks import mail_reset_links
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from tests.client import ApiClient
from tests.web.account.conftest import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "winter-2027"


def signed_in(username="asha", password=PASSWORD):
    browser = Client()
    browser.post("/sign-in/", {"username": username, "password": password})
    return browser


def is_in(browser):
    return browser.get("/profile/").status_code == 200


# --- Changing ------------------------------------------------------------------------------------------


def test_a_change_ends_every_other_session_and_token(asha):
    here, elsewhere, phone = signed_in(), signed_in(), ApiClient(asha)
    answer = here.post("/password/change/", {"old_password": PASSWORD, "new_password": NEW}, follow=True)
    assert answer.redirect_chain == [("/profile/", 302)]
    assert "The password is changed. Everywhere else you are signed out." in answer.content.decode()
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert phone.get("/api/auth/me/").status_code == 401
    assert (is_in(signed_in()), is_in(signed_in(password=NEW))) == (False, True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"old_password": "wrong", "new_password": NEW}, "The password is wrong."),
        ({"old_password": PASSWORD, "new_password": "short"}, "At least 8 characters are needed."),
        ({"old_password": "", "new_password": NEW}, "This field is required."),
    ],
)
def test_a_refused_change_changes_nothing(asha, given, sentence):
    before = asha.password
    answer = signed_in().post("/password/change/", given)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (200, True)
    assert NEW not in page
    asha.refresh_from_db()
    assert asha.password == before


def test_the_change_is_not_for_a_form_of_another_site(asha):
    browser = signed_in()
    browser.handler.enforce_csrf_checks = True
    assert browser.post("/password/change/", {"old_password": PASSWORD, "new_password": NEW}).status_code == 403
    assert is_in(signed_in())


# --- By mail -------------------------------------------------------------------------------------------


def link_for(user):
    mail_reset_links.call([user.pk])
    deliver(now=clock.now(), channel=Channel.MAIL)
    (link,) = re.findall(r"https?://[^/]+(/password/reset/\S+)", str(mail.outbox[-1].body))
    return link


@pytest.mark.parametrize("name", ["asha", "ASHA", "someone@example.org", "nobody", "nobody@example.org"])
def test_asking_for_a_link_never_says_who_exists(browser, asha, name):
    answer = browser.post("/password/forgotten/", {"email_or_username": name}, follow=True)
    assert answer.redirect_chain == [("/sign-in/", 302)]
    text = "If there is an account with an e-mail address, a mail is on its way. Its link works for one hour."
    assert text in answer.content.decode()


def test_a_link_sets_a_password_once(browser, asha):
    before = signed_in()
    link = link_for(asha)
    page = browser.get(link)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    answer = browser.post(link, {"new_password": NEW}, follow=True)
    assert answer.redirect_chain == [("/sign-in/", 302)]
    assert "The new password is set. Please sign in with it." in answer.content.decode()
    assert (is_in(before), is_in(signed_in(password=NEW))) == (False, True)
    again = browser.post(link, {"new_password": "another-2028"})
    assert (again.status_code, "This link was used already or is too old." in again.content.decode()) == (200, True)
    assert is_in(signed_in(password=NEW))


def test_a_weak_password_leaves_the_link_as_it_is(browser, asha):
    link = link_for(asha)
    assert "At least 8 characters are needed." in browser.post(link, {"new_password": "short"}).content.decode()
    assert browser.post(link, {"new_password": NEW}).status_code == 302


@pytest.mark.parametrize("uid", ["1", "0", "999999", "9" * 40, "x", "१"])
def test_a_made_up_link_is_refused_without_a_trace_of_it(browser, asha, uid):
    address = f"/password/reset/{uid}/made-up/"
    for answer in (browser.get(address), browser.post(address, {"new_password": NEW})):
        assert answer.status_code == 200
        assert 'name="new_password"' not in answer.content.decode()
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not AuditEntry.objects.exists()
