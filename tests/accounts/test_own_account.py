"""GET and PATCH /api/auth/me/, POST /api/auth/password/change/"""

import pytest

from parking.accounts.models import User
from parking.accounts.tokens import TokenPair, issue
from parking.audit.models import AuditEntry
from parking.core import clock
from tests.accounts.people import LOGIN, PASSWORD, audit_lines, body_of, failure, wrong_fields
from tests.client import ApiClient

ME = "/api/auth/me/"
CHANGE = "/api/auth/password/change/"
NEW_PASSWORD = "winter-2027"


@pytest.fixture
def as_asha(asha: User) -> ApiClient:
    return ApiClient(asha)


def test_the_profile_is_changed(as_asha: ApiClient, asha: User):
    changes = {
        "first_name": "आशा",
        "last_name": "",
        "email": "asha@Example.COM",
        "phone": "98765-43210",
        "language": "hi",
    }

    response = as_asha.patch(ME, changes | {"password": PASSWORD})

    assert response.status_code == 200
    data = body_of(response)["data"]
    assert {name: data[name] for name in changes} == changes | {"email": "asha@example.com"}
    assert body_of(as_asha.get(ME))["data"] == data
    assert audit_lines() == [("user.changed", asha.pk, asha.pk, False)]
    assert AuditEntry.objects.get().facts == {
        "changed": sorted(changes),
        "role": "USER",
        "is_active": True,
        "sites": [],
        "administrator_lost": False,
    }


def test_what_is_left_out_stays(as_asha: ApiClient):
    before = body_of(as_asha.get(ME))["data"]

    response = as_asha.patch(ME, {"first_name": "Asha", "email": None})

    assert body_of(response)["data"] == before | {"first_name": "Asha"}


def test_nobody_makes_himself_more_than_he_is(as_asha: ApiClient):
    before = body_of(as_asha.get(ME))["data"]

    response = as_asha.patch(ME, {"role": "ADMIN", "is_active": False, "username": "root", "id": 1, "password": "x"})

    assert (response.status_code, body_of(response)["data"]) == (200, before)


def test_one_contact_must_remain(as_asha: ApiClient, asha: User):
    assert wrong_fields(as_asha.patch(ME, {"email": ""})) == ["email"]
    assert as_asha.patch(ME, {"email": "", "phone": "98765-43210", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "asha"),
        ("email", 7),
        ("phone", "x"),
        ("language", "fr"),
        ("language", ""),
        ("first_name", "x" * 151),
        ("first_name", ["x"]),
        ("last_name", "nul\x00"),
    ],
)
def test_bad_input_changes_nothing(as_asha: ApiClient, field: str, value: object):
    before = body_of(as_asha.get(ME))["data"]

    assert wrong_fields(as_asha.patch(ME, {"first_name": "X"} | {field: value})) == [field]
    assert body_of(as_asha.get(ME))["data"] == before


# --- Password --------------------------------------------------------------------------------------


def test_a_new_password_kills_all_earlier_tokens(anybody: ApiClient, as_asha: ApiClient, asha: User):
    earlier: TokenPair = issue(asha, now=clock.now())

    response = as_asha.post(CHANGE, {"old_password": PASSWORD, "new_password": NEW_PASSWORD})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    new = body_of(response)
    assert sorted(new) == ["access", "refresh"]
    assert failure(as_asha.get(ME)) == (401, "token_not_valid")
    assert failure(anybody.post("/api/auth/refresh/", {"refresh": earlier.refresh})) == (401, "token_not_valid")
    assert ApiClient().client.get(ME, headers={"Authorization": f"Bearer {new['access']}"}).status_code == 200
    assert anybody.post("/api/auth/refresh/", {"refresh": new["refresh"]}).status_code == 200
    assert failure(anybody.post("/api/auth/login/", LOGIN)) == (401, "invalid_credentials")
    assert anybody.post("/api/auth/login/", LOGIN | {"password": NEW_PASSWORD}).status_code == 200
    assert audit_lines()[0] == ("password.changed", asha.pk, asha.pk, False)


def test_the_present_password_is_no_new_one(as_asha: ApiClient, asha: User):
    before = asha.password
    response = as_asha.post(CHANGE, {"old_password": PASSWORD, "new_password": PASSWORD})
    assert failure(response) == (400, "password_unchanged")
    asha.refresh_from_db()
    assert asha.password == before


def test_a_wrong_old_password_changes_nothing(anybody: ApiClient, as_asha: ApiClient, asha: User):
    response = as_asha.post(CHANGE, {"old_password": "wrong", "new_password": NEW_PASSWORD})

    assert failure(response) == (400, "password_wrong")
    assert as_asha.get(ME).status_code == 200
    assert anybody.post("/api/auth/login/", LOGIN).status_code == 200
    assert audit_lines()[0] == ("refused.password_wrong", asha.pk, None, True)


def test_a_stolen_token_is_no_way_to_guess_the_password(as_asha: ApiClient):
    guess = {"old_password": "wrong", "new_password": NEW_PASSWORD}

    codes = [failure(as_asha.post(CHANGE, guess)) for _ in range(6)]

    assert codes == [(400, "password_wrong")] * 5 + [(429, "too_many_attempts")]
    right = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert failure(as_asha.post(CHANGE, right)) == (429, "too_many_attempts")


@pytest.mark.parametrize("new", ["short", "x" * 129, "nul\x00-2026", 7, None])
def test_a_bad_new_password_changes_nothing(as_asha: ApiClient, asha: User, new: object):
    response = as_asha.post(CHANGE, {"old_password": PASSWORD, "new_password": new})

    assert wrong_fields(response) == ["new_password"]
    assert as_asha.get(ME).status_code == 200


def test_the_rules_for_passwords_are_the_settings(as_asha: ApiClient, settings):
    name = "django.contrib.auth.password_validation.NumericPasswordValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": name}]

    response = as_asha.post(CHANGE, {"old_password": PASSWORD, "new_password": "1234567890"})

    assert wrong_fields(response) == ["new_password"]
