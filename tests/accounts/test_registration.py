"""POST /api/auth/register/"""

import pytest

from parking.accounts.models import User
from parking.api.shapes.users import PermissionsOut
from parking.audit.models import AuditEntry
from parking.core.models import IdempotencyKey
from tests.accounts.people import audit_lines, body_of, failure, wrong_fields
from tests.build import make_user
from tests.client import ApiClient

URL = "/api/auth/register/"
ASHA = {"username": "asha", "password": "monsoon-2026", "email": "asha@Example.ORG"}


def test_a_driver_signs_up(anybody: ApiClient):
    response = anybody.post(URL, ASHA | {"phone": "+91 98765 43210", "first_name": "आशा", "last_name": " Rao "})

    assert response.status_code == 201
    user = User.objects.get()
    assert body_of(response) == {
        "success": True,
        "message": "Welcome",
        "data": {
            "id": user.pk,
            "username": "asha",
            "email": "asha@example.org",
            "phone": "+91 98765 43210",
            "first_name": "आशा",
            "last_name": "Rao",
            "role": "USER",
            "is_active": True,
            "language": "en",
            "email_confirmed_at": None,
            "password_must_change": False,
            "date_joined": user.date_joined.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "sites": [],
            "permissions": PermissionsOut.example,
            "special_slots": [],
            "disability_card": "",
        },
    }
    assert user.password.startswith("argon2$argon2id$")
    assert audit_lines() == [("user.registered", user.pk, user.pk, False)]
    assert AuditEntry.objects.get().facts == {}


def test_a_phone_number_is_contact_enough(anybody: ApiClient):
    body = {"username": "ravi", "password": "monsoon-2026", "phone": "98765-43210", "email": None}

    assert anybody.post(URL, body).status_code == 201


@pytest.mark.parametrize("contact", [{}, {"email": "", "phone": ""}, {"email": None, "phone": None}])
def test_one_contact_is_needed(anybody: ApiClient, contact: dict):
    response = anybody.post(URL, {"username": "asha", "password": "monsoon-2026"} | contact)

    assert wrong_fields(response) == ["email"]
    assert not User.objects.exists()


def test_nobody_signs_up_as_more_than_a_driver(anybody: ApiClient):
    response = anybody.post(URL, ASHA | {"role": "ADMIN", "is_staff": True, "token_epoch": 9})

    assert response.status_code == 201
    assert body_of(response)["data"]["role"] == "USER"
    assert User.objects.get().token_epoch == 0


@pytest.mark.parametrize("taken", ["asha", "ASHA", "aShA"])
def test_a_username_exists_once_in_any_letter_case(anybody: ApiClient, taken: str):
    make_user(username="Asha")

    response = anybody.post(URL, ASHA | {"username": taken})

    assert failure(response) == (400, "username_taken")
    assert body_of(response)["errors"] == {"username": ["This username is taken"]}
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "   "),
        ("username", "a b"),
        ("username", "a" * 151),
        ("username", "a\x00b"),
        ("username", "аsha"),  # a Cyrillic a, which looks like a Latin one
        ("username", "İ"),
        ("username", "🚗"),
        ("username", "a\u202eb"),
        ("username", 7),
        ("username", True),
        ("username", None),
        ("username", ["asha"]),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "monsoon\x002026"),
        ("password", 12345678),
        ("email", "asha"),
        ("email", "asha@"),
        ("email", "asha@localhost"),
        ("email", "a@b.co\x00m"),
        ("email", "a" * 250 + "@example.org"),
        ("email", 7),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "९८७६५४३२१०"),
        ("phone", "1" * 21),
        ("phone", 9876543210),
        ("first_name", "x" * 151),
        ("first_name", "nul\x00"),
        ("last_name", None),
    ],
)
def test_bad_input_is_refused(anybody: ApiClient, field: str, value: object):
    response = anybody.post(URL, ASHA | {"phone": "98765-43210", field: value})

    assert wrong_fields(response) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"asha"', b'{"username": "\\ud800"}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_malformed_body_is_refused(anybody: ApiClient, body: bytes):
    response = anybody.client.post(URL, body, content_type="application/json")

    assert response.status_code == 400
    assert body_of(response)["success"] is False


@pytest.mark.parametrize("password", ["x" * 128, "पासवर्ड-बारिश", "🚗🚕🚙🚌🚎🏎🚓🚑", "        a       "])
def test_strange_passwords_open_the_account(anybody: ApiClient, password: str):
    assert anybody.post(URL, ASHA | {"password": password}).status_code == 201

    response = anybody.post("/api/auth/login/", {"username": "asha", "password": password})

    assert response.status_code == 200
    wrong = {"username": "asha", "password": f"{password[:-1]}y"}
    assert failure(anybody.post("/api/auth/login/", wrong)) == (401, "invalid_credentials")


def test_the_rules_for_passwords_are_the_settings(anybody: ApiClient, settings):
    name = "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": name}]

    response = anybody.post(URL, {"username": "asharao2026", "password": "asharao2026", "phone": "98765-43210"})

    assert wrong_fields(response) == ["password"]


def test_a_repeated_request_makes_one_account(anybody: ApiClient):
    first = anybody.post(URL, ASHA, Idempotency_Key="k1")
    again = anybody.post(URL, ASHA, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(again) == body_of(first)
    assert User.objects.count() == 1


def test_a_key_is_one_request(anybody: ApiClient):
    anybody.post(URL, ASHA, Idempotency_Key="k1")

    response = anybody.post(URL, ASHA | {"password": "another-2026"}, Idempotency_Key="k1")

    assert failure(response) == (409, "idempotency_key_reused")


def test_a_key_belongs_to_an_address(anybody: ApiClient):
    anybody.post(URL, ASHA, Idempotency_Key="k1")
    elsewhere = ApiClient()
    elsewhere.client.defaults["REMOTE_ADDR"] = "192.0.2.7"

    response = elsewhere.post(URL, ASHA, Idempotency_Key="k1")

    assert failure(response) == (400, "username_taken")


def test_the_kept_fingerprint_does_not_give_the_password_away(anybody: ApiClient, settings):
    anybody.post(URL, ASHA, Idempotency_Key="k1")
    kept = IdempotencyKey.objects.get().fingerprint
    settings.SECRET_KEY = "another secret of another server, long enough"
    IdempotencyKey.objects.all().delete()
    User.objects.all().delete()

    anybody.post(URL, ASHA, Idempotency_Key="k1")

    assert IdempotencyKey.objects.get().fingerprint != kept
