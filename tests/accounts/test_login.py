"""POST /api/auth/login/, and the lock-out after failures."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client

from parking.accounts.models import Role, SignIn, User
from parking.audit.models import AuditEntry
from tests.accounts.people import LOGIN, PASSWORD, audit_lines, body_of, failure, wrong_fields
from tests.build import make_user
from tests.client import ApiClient

URL = "/api/auth/login/"
WRONG = LOGIN | {"password": "wrong"}
NOON = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)


def _claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_signing_in_gives_a_pair_of_tokens(anybody: ApiClient, asha: User):
    with time_machine.travel(NOON, tick=False):
        response = anybody.post(URL, LOGIN)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    body = body_of(response)
    access, refresh = body.pop("access"), body.pop("refresh")
    assert body == {"role": "USER", "user": {"id": asha.pk, "username": "Asha", "role": "USER"}}
    claims = _claims(access)
    assert claims.pop("jti")
    assert claims == {
        "token_type": "access",
        "iat": int(NOON.timestamp()),
        "exp": int((NOON + timedelta(hours=24)).timestamp()),
        "user_id": asha.pk,
        "username": "Asha",
        "role": "USER",
        "epoch": 0,
        "sign_in": SignIn.objects.get().pk,
    }
    assert _claims(refresh)["exp"] == int((NOON + timedelta(days=7)).timestamp())
    asha.refresh_from_db()
    assert asha.last_login == NOON
    assert audit_lines() == [("login", asha.pk, asha.pk, False)]


@pytest.mark.parametrize("username", ["asha", "ASHA", "  Asha "])
def test_letter_case_of_a_username_does_not_matter(anybody: ApiClient, asha: User, username: str):
    assert anybody.post(URL, LOGIN | {"username": username}).status_code == 200


@pytest.mark.parametrize("password", ["wrong", PASSWORD.strip(), PASSWORD.upper()])
def test_a_wrong_password_is_refused(anybody: ApiClient, asha: User, password: str):
    response = anybody.post(URL, LOGIN | {"password": password})

    assert failure(response) == (401, "invalid_credentials")
    assert audit_lines() == [("refused.invalid_credentials", None, asha.pk, True)]


@pytest.mark.parametrize("username", ["nobody", "ü", "İ" * 150, "🚗", "' OR 1=1 --", "Asha%", "_sha", "\u212a"])
def test_an_unknown_username_is_refused_without_a_trace_of_its_text(anybody: ApiClient, asha: User, username: str):
    response = anybody.post(URL, LOGIN | {"username": username})

    assert failure(response) == (401, "invalid_credentials")
    assert audit_lines() == [("refused.invalid_credentials", None, None, True)]
    assert AuditEntry.objects.get().facts == {}


def test_a_suspended_user_looks_like_an_unknown_one(anybody: ApiClient, asha: User):
    User.objects.update(is_active=False)

    assert failure(anybody.post(URL, LOGIN)) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", None),
        ("username", 1),
        ("username", ""),
        ("username", "a" * 201),
        ("username", "a\x00"),
        ("password", None),
        ("password", ""),
        ("password", True),
        ("password", "x" * 129),
        ("password", "a\x00"),
    ],
)
def test_bad_input_is_refused(anybody: ApiClient, asha: User, field: str, value: object):
    assert wrong_fields(anybody.post(URL, LOGIN | {field: value})) == [field]


# --- Lock-out --------------------------------------------------------------------------------------


def _fail(client: ApiClient, times: int, username: str = "Asha") -> list[int]:
    return [client.post(URL, WRONG | {"username": username}).status_code for _ in range(times)]


def test_five_failures_lock_out_for_fifteen_minutes(anybody: ApiClient, asha: User):
    with time_machine.travel(NOON, tick=False) as clock:
        assert _fail(anybody, 5) == [401] * 5

        clock.shift(60)
        response = anybody.post(URL, LOGIN)

        assert failure(response) == (429, "too_many_attempts")
        assert response.headers["Retry-After"] == "840"
        assert audit_lines()[-1] == ("refused.too_many_attempts", None, asha.pk, True)

        clock.shift(839)
        assert anybody.post(URL, LOGIN).status_code == 429
        clock.shift(2)
        assert anybody.post(URL, LOGIN).status_code == 200


def test_all_spellings_of_a_username_share_one_count(anybody: ApiClient, asha: User):
    spellings = ["asha", "ASHA", "Asha", " asha", "aSHA"]

    assert [_fail(anybody, 1, spelling)[0] for spelling in spellings] == [401] * 5
    assert _fail(anybody, 1, "ashA") == [429]


def test_browsers_of_one_address_share_one_count(anybody: ApiClient, asha: User):
    for number in range(5):
        anybody.post(URL, WRONG, User_Agent=f"browser {number}")

    assert failure(anybody.post(URL, LOGIN)) == (429, "too_many_attempts")


def test_a_success_resets_the_count(anybody: ApiClient, asha: User):
    _fail(anybody, 4)
    assert anybody.post(URL, LOGIN).status_code == 200
    assert not AccessAttempt.objects.exists()

    assert _fail(anybody, 5) == [401] * 5


def test_a_lock_out_is_for_one_username_and_one_address(anybody: ApiClient, asha: User, hashed_password: str):
    other = make_user(Role.USER, "ravi")
    User.objects.filter(pk=other.pk).update(password=hashed_password)
    elsewhere = ApiClient()
    elsewhere.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    _fail(anybody, 5)

    assert anybody.post(URL, LOGIN).status_code == 429
    assert anybody.post(URL, LOGIN | {"username": "ravi"}).status_code == 200
    assert elsewhere.post(URL, LOGIN).status_code == 200


def test_the_setting_says_how_many_failures(anybody: ApiClient, asha: User, settings):
    settings.AXES_FAILURE_LIMIT = 2

    assert _fail(anybody, 3) == [401, 401, 429]


def test_the_sign_in_page_locks_out_too(anybody: ApiClient, asha: User):
    _fail(anybody, 5)
    browser = Client()

    response = browser.post("/sign-in/", {"username": "ASHA", "password": PASSWORD})

    assert "Too many failed attempts" in response.content.decode()
    assert "_auth_user_id" not in browser.session


def test_tries_during_a_lock_out_do_not_make_it_longer(anybody: ApiClient, asha: User):
    with time_machine.travel(NOON, tick=False) as moment:
        _fail(anybody, 5)
        moment.shift(600)
        assert _fail(anybody, 1) == [429]
        Client().post("/sign-in/", WRONG)

        moment.shift(301)
        assert anybody.post(URL, LOGIN).status_code == 200


def test_an_address_that_is_none_does_not_break_the_count(anybody: ApiClient, asha: User):
    anybody.client.defaults["REMOTE_ADDR"] = ""

    assert _fail(anybody, 6) == [401] * 5 + [429]
