"""Pages speak the reader's language; the API's texts are a contract."""

import pytest
from django.test import Client

from deploy import messages
from deploy.messages import Place
from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.models import SettingValue
from parking.core.site_settings import language_problem, site_languages, stored
from smart_parking.languages import languages_in
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


# --- A language as a file -----------------------------------------------------------------------------


@pytest.fixture
def with_tamil(tmp_path, settings):
    place = Place(tmp_path, "ta")
    (tmp_path / "parking").mkdir()
    (tmp_path / "parking" / "page.py").write_text('from django.utils.translation import gettext as _\n_("Sign in")\n')
    messages.fill(place, {"Sign in": "உள்நுழை"})
    messages.compile_(place)
    settings.LOCALE_PATHS = [tmp_path / "locale", *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages_in(settings.LOCALE_PATHS)
    return settings.LANGUAGES


def test_a_file_adds_a_language(with_tamil):
    assert with_tamil == [("en", "English"), ("hi", "हिन्दी"), ("ta", "தமிழ்")]
    answer = Client(headers={"Accept-Language": "ta"}).get("/sign-in/")
    assert language_of(answer) == "ta"
    assert "உள்நுழை" in answer.content.decode()
    assert [code in answer.content.decode() for code in ('value="en"', 'value="hi"', 'value="ta"')] == [
        True,
        True,
        False,
    ]


def test_an_account_may_have_the_added_language(with_tamil):
    user = make_user(Role.USER)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    browser.post("/language/", {"language": "ta"})
    assert User.objects.get(pk=user.pk).language == "ta"
    assert language_of(browser.get("/profile/")) == "ta"


def test_a_folder_that_is_no_language_is_not_offered(tmp_path):
    for name in ("xx", "README"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / name / "LC_MESSAGES" / "django.mo").write_bytes(b"")
    assert languages_in([tmp_path]) == [("en", "English")]


def test_a_site_has_its_own_second_language(with_tamil):
    assert [problem is None for problem in map(language_problem, ("", "hi", "ta", "en", "xx"))] == [
        True,
        True,
        True,
        False,
        False,
    ]
    SettingValue.objects.create(name="second_language", site_id=1, value="ta", changed_at=clock.now())
    SettingValue.objects.create(name="second_language", site_id=2, value="", changed_at=clock.now())
    stored.forget()
    assert [site_languages(site) for site in (None, 1, 2)] == [("en", "hi"), ("en", "ta"), ("en",)]
