"""Pages speak the reader's language; the API's texts are a contract."""

import os
import re
import subprocess
import sys
from datetime import date

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.translation import override

from deploy import messages
from deploy.messages import places_in
from parking.accounts.models import Role, User
from parking.accounts.tokens import new_access_token
from parking.api.shapes.users import UserOut
from parking.core import clock
from parking.core.models import SettingValue
from parking.core.site_settings import SECOND_LANGUAGE, site_languages, stored
from smart_parking.languages import languages_in
from tests.build import make_user
from tests.languages import KANNADA, catalogue, install

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


# --- A language as a file -----------------------------------------------------------------------------


@pytest.fixture
def kannada(tmp_path, settings):
    install(tmp_path, settings, "kn", KANNADA)


def in_own_letters(html):
    """Return codes and names of the languages that a page offers."""
    return re.findall(r'<button[^>]* name="language" value="(\w+)"[^>]*>\s*(\S+?)\s*</button>', html)


def signed_in_as(user):
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.mark.parametrize(("read", "offered"), [("en", [("hi", "हिन्दी")]), ("hi", [("en", "English")])])
def test_of_two_languages_the_other_one_is_offered_in_its_own_letters(read, offered):
    html = Client(headers={"Accept-Language": read}).get("/sign-in/").content.decode()
    assert in_own_letters(html) == offered


def test_a_file_adds_a_language(kannada):
    answer = Client(headers={"Accept-Language": "kn"}).get("/sign-in/")
    html = answer.content.decode()
    assert (language_of(answer), "ಸೈನ್ ಇನ್" in html) == ("kn", True)
    assert in_own_letters(html) == [("en", "English"), ("hi", "हिन्दी")]
    # What the file leaves out is said in English.
    assert "Username" in html


def test_an_account_may_have_the_added_language(kannada):
    user = make_user(Role.USER)
    browser = signed_in_as(user)
    browser.post("/language/", {"language": "kn"})
    assert User.objects.get(pk=user.pk).language == "kn"
    html = browser.get("/profile/").content.decode()
    assert '<option value="kn" selected>ಕನ್ನಡ</option>' in html


def test_an_account_whose_language_was_taken_away_reads_english():
    user = make_user(Role.USER)
    User.objects.filter(pk=user.pk).update(language="kn")
    user.refresh_from_db()
    assert (user.reads, UserOut.of(user).language) == ("en", "en")
    assert "selected>English</option>" in signed_in_as(user).get("/profile/").content.decode()


@pytest.mark.parametrize(("wanted", "status"), [("kn", 200), ("ta", 400), ("KN", 400), (None, 200), (1, 400)])
def test_the_api_takes_what_is_installed(kannada, client, wanted, status):
    user = make_user(Role.USER)
    answer = client.patch(
        "/api/auth/me/",
        {"language": wanted},
        content_type="application/json",
        headers={"Authorization": f"Bearer {new_access_token(user)}"},
    )
    assert answer.status_code == status
    assert User.objects.get(pk=user.pk).language == ("kn" if wanted == "kn" else "en")


@pytest.mark.parametrize("name", ["xx", "README", "ur", "zh_Hans"])
def test_a_folder_that_pages_cannot_be_written_in_is_not_offered(tmp_path, name):
    catalogue(tmp_path, name, {})
    assert languages_in([tmp_path]) == [("en", "English")]


def test_languages_that_django_does_not_know_are_offered(tmp_path):
    for name in ("gu", "or", "pt_BR"):
        catalogue(tmp_path, name, {})
    assert languages_in([tmp_path]) == [
        ("en", "English"),
        ("gu", "ગુજરાતી"),
        ("or", "ଓଡ଼ିଆ"),
        ("pt-br", "Português (Brasil)"),
    ]


def test_the_variable_names_the_folder(tmp_path):
    messages.compile_(places_in(tmp_path, catalogue(tmp_path / "own", "gu", {"Sign in": "સાઇન ઇન"}).parents[2])[0])
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.utils.translation import gettext, override\n"
        "with override('gu'): print([code for code, _name in settings.LANGUAGES], gettext('Sign in'), gettext('Total'))"
    )
    more = {"DJANGO_SETTINGS_MODULE": "smart_parking.settings", "SMART_PARKING_LANGUAGES": str(tmp_path / "own")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=messages.ROOT,
        env=os.environ | more,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "['en', 'gu', 'hi'] સાઇન ઇન Total\n"


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ("hi", None),
        ("kn", None),
        ("en", None),
        ("xx", "One of these is needed: en, hi, kn"),
        ("", "One of these is needed: en, hi, kn"),
    ],
)
def test_the_second_language_of_a_site_is_one_that_is_installed(kannada, second, problem):
    assert SECOND_LANGUAGE.problem_with(second) == problem


def test_a_site_has_its_own_second_language(kannada):
    for site_id, value in ((1, "kn"), (2, "en"), (3, "xx")):
        SettingValue.objects.create(name="second_language", site_id=site_id, value=value, changed_at=clock.now())
    stored.forget()
    assert [site_languages(site) for site in (None, 1, 2, 3)] == [("en", "hi"), ("en", "kn"), ("en",), ("en",)]


def test_months_and_days_are_spelt_as_in_the_rest_of_our_hindi():
    with override("hi"):
        long, short = ([date_format(date(2026, month, 2), form) for month in range(1, 13)] for form in ("F", "M"))
        days = {date_format(date(2026, 11, day), "l") for day in range(2, 9)}
    assert (long[1], *long[8:]) == ("फ़रवरी", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर")
    assert (short[2], short[3], short[9], short[11]) == ("मार्च", "अप्रैल", "अक्टू", "दिस")
    assert {"सोमवार", "गुरुवार"} <= days
