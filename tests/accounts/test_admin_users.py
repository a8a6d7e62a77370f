"""GET and POST /api/admin/users/, GET and PATCH /api/admin/users/{id}/"""

import pytest

from parking.accounts.models import Role, User
from parking.api.shapes.users import PermissionsOut
from parking.audit.models import AuditEntry
from tests.accounts.people import LOGIN, PASSWORD, audit_lines, body_of, failure, wrong_fields
from tests.build import make_user
from tests.client import ApiClient

URL = "/api/admin/users/"
RAVI = {"username": "ravi", "password": "gate-keeper-1"}


def one(user: User) -> str:
    return f"{URL}{user.pk}/"


# --- Reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_only_administrators_come_in(role: Role, asha: User):
    client = ApiClient(make_user(role))

    answers = [client.get(URL), client.post(URL, RAVI), client.get(one(asha)), client.patch(one(asha), {})]

    assert [failure(answer) for answer in answers] == [(403, "forbidden")] * 4
    assert not User.objects.filter(username="ravi").exists()


def test_without_token_nobody_comes_in(anybody: ApiClient):
    assert failure(anybody.get(URL)) == (401, "not_authenticated")


def test_accounts_are_listed_by_pages(as_admin: ApiClient, admin: User):
    others = [make_user(username=f"driver-{number}") for number in range(4)]

    data = body_of(as_admin.get(URL, page=2, page_size=2))["data"]

    assert [row["username"] for row in data.pop("results")] == [others[1].username, others[2].username]
    assert data == {"count": 5, "page": 2, "page_size": 2, "pages": 3}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", 0),
        ("page", 2),
        ("page", -1),
        ("page", "one"),
        ("page", "9" * 40),
        ("page", ""),
        ("page_size", 0),
        ("page_size", 101),
        ("role", "ROOT"),
        ("is_active", "maybe"),
        ("q", "nul\x00"),
        ("q", "x" * 201),
    ],
)
def test_what_is_no_page_is_refused(as_admin: ApiClient, field: str, value: object):
    assert wrong_fields(as_admin.get(URL, **{field: value})) == [field]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["boss", "gate", "asha", "gone"]),
        ({"role": "STAFF"}, ["gate"]),
        ({"is_active": "false"}, ["gone"]),
        ({"is_active": "true", "role": "USER"}, ["asha"]),
        ({"q": "ASH"}, ["asha"]),
        ({"q": "98765"}, ["gone"]),
        ({"q": "%"}, []),
        ({"q": ""}, ["boss", "gate", "asha", "gone"]),
    ],
)
def test_accounts_are_found(db: None, query: dict, found: list[str]):
    boss = make_user(Role.ADMIN, "boss")
    make_user(Role.STAFF, "gate")
    make_user(Role.USER, "asha")
    gone = make_user(Role.USER, "gone")
    User.objects.filter(pk=gone.pk).update(is_active=False, phone="+91 98765 43210")

    data = body_of(ApiClient(boss).get(URL, **query))["data"]

    assert [row["username"] for row in data["results"]] == found


def test_one_account_is_shown(as_admin: ApiClient, asha: User):
    assert body_of(as_admin.get(one(asha)))["data"] == {
        "id": asha.pk,
        "username": "Asha",
        "email": "someone@example.org",
        "phone": "",
        "first_name": "",
        "last_name": "",
        "role": "USER",
        "is_active": True,
        "language": "en",
        "email_confirmed_at": None,
        "password_must_change": False,
        "date_joined": asha.date_joined.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "sites": [],
        "permissions": PermissionsOut.example,
        "special_slots": [],
        "disability_card": "",
    }


def test_what_is_not_there_is_not_found(as_admin: ApiClient):
    assert failure(as_admin.get(f"{URL}999999/")) == (404, "user_not_found")
    assert failure(as_admin.patch(f"{URL}999999/", {"is_active": False})) == (404, "user_not_found")
    assert failure(as_admin.patch(f"{URL}999999/", {"password": "long-enough"})) == (404, "user_not_found")


@pytest.mark.parametrize("pk", ["0", "-1", "abc", "9" * 30, "1.5", "%00"])
def test_what_is_no_number_is_refused(as_admin: ApiClient, pk: str):
    assert as_admin.get(f"{URL}{pk}/").status_code in {400, 404}


# --- Making ----------------------------------------------------------------------------------------


def test_an_administrator_makes_an_attendant_who_can_sign_in(anybody: ApiClient, as_admin: ApiClient, admin: User):
    response = as_admin.post(URL, RAVI | {"role": "STAFF", "email": "ravi@example.org", "language": "hi"})

    assert response.status_code == 201
    data = body_of(response)["data"]
    assert (data["role"], data["language"], data["is_active"]) == ("STAFF", "hi", True)
    assert anybody.post("/api/auth/login/", RAVI).status_code == 200
    assert audit_lines()[0] == ("user.created", admin.pk, data["id"], False)
    facts = AuditEntry.objects.order_by("pk").values_list("facts", flat=True)[0]
    assert facts == {"role": "STAFF", "is_active": True, "sites": [], "has_email": True}


def test_an_account_is_a_drivers_if_nothing_else_is_said(as_admin: ApiClient):
    assert body_of(as_admin.post(URL, RAVI))["data"]["role"] == "USER"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a b"),
        ("username", None),
        ("password", "short"),
        ("password", None),
        ("role", "ROOT"),
        ("role", 1),
        ("is_active", 1),
        ("is_active", "true"),
        ("email", "x"),
        ("phone", "x"),
    ],
)
def test_bad_input_makes_nothing(as_admin: ApiClient, field: str, value: object):
    assert wrong_fields(as_admin.post(URL, RAVI | {field: value})) == [field]
    assert User.objects.count() == 1


def test_a_taken_username_is_refused(as_admin: ApiClient, asha: User):
    assert failure(as_admin.post(URL, RAVI | {"username": "ASHA"})) == (400, "username_taken")
    ravi = make_user(username="ravi")
    assert failure(as_admin.patch(one(ravi), {"username": "asha"})) == (400, "username_taken")
    ravi.refresh_from_db()
    assert ravi.username == "ravi"


def test_a_repeated_request_makes_one_account(as_admin: ApiClient):
    first = as_admin.post(URL, RAVI, Idempotency_Key="k1")
    again = as_admin.post(URL, RAVI, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert body_of(again) == body_of(first)


# --- Changing --------------------------------------------------------------------------------------


def test_an_account_is_changed(as_admin: ApiClient, admin: User, asha: User):
    response = as_admin.patch(one(asha), {"username": "asha.rao", "email": "", "phone": "98765-43210", "role": "STAFF"})

    data = body_of(response)["data"]
    assert response.status_code == 200
    assert [data[name] for name in ("username", "email", "phone", "role")] == [
        "asha.rao",
        "",
        "98765-43210",
        "STAFF",
    ]
    assert body_of(as_admin.get(one(asha)))["data"] == data
    assert audit_lines() == [("user.changed", admin.pk, asha.pk, False)]
    assert AuditEntry.objects.get().facts == {
        "changed": ["email", "phone", "role", "username"],
        "role": "STAFF",
        "is_active": True,
        "sites": [],
        "administrator_lost": False,
    }


def test_a_new_role_holds_at_once(as_admin: ApiClient, asha: User):
    as_asha = ApiClient(asha)
    assert failure(as_asha.get(URL)) == (403, "forbidden")

    as_admin.patch(one(asha), {"role": "ADMIN"})

    assert as_asha.get(URL).status_code == 200


def test_suspension_holds_at_once_and_reactivation_revives_no_token(
    anybody: ApiClient, as_admin: ApiClient, asha: User
):
    as_asha = ApiClient(asha)
    assert as_admin.patch(one(asha), {"is_active": False}).status_code == 200
    assert failure(as_asha.get("/api/auth/me/")) == (401, "token_not_valid")
    assert failure(anybody.post("/api/auth/login/", LOGIN)) == (401, "invalid_credentials")

    assert as_admin.patch(one(asha), {"is_active": True}).status_code == 200

    assert failure(as_asha.get("/api/auth/me/")) == (401, "token_not_valid")
    assert anybody.post("/api/auth/login/", LOGIN).status_code == 200


def test_a_password_set_by_an_administrator_ends_all_tokens(anybody: ApiClient, as_admin: ApiClient, asha: User):
    as_asha = ApiClient(asha)

    response = as_admin.patch(one(asha), {"password": "a-new-beginning"})

    assert response.status_code == 200
    assert "password" not in body_of(response)["data"]
    assert failure(as_asha.get("/api/auth/me/")) == (401, "token_not_valid")
    assert failure(anybody.post("/api/auth/login/", LOGIN)) == (401, "invalid_credentials")
    assert anybody.post("/api/auth/login/", LOGIN | {"password": "a-new-beginning"}).status_code == 200
    assert AuditEntry.objects.order_by("pk")[0].facts["changed"] == ["password"]


def test_other_changes_leave_tokens_alone(as_admin: ApiClient, asha: User):
    as_asha = ApiClient(asha)

    as_admin.patch(one(asha), {"first_name": "Asha", "is_active": True})

    assert as_asha.get("/api/auth/me/").status_code == 200
    assert (
        as_asha.client.post(
            "/api/auth/login/", {"username": "asha", "password": PASSWORD}, content_type="application/json"
        ).status_code
        == 200
    )


# --- The last administrator ------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"role": "STAFF"}, {"role": "USER"}, {"is_active": False}])
def test_the_last_active_administrator_stays_one(as_admin: ApiClient, admin: User, change: dict):
    sleeping = make_user(Role.ADMIN)
    User.objects.filter(pk=sleeping.pk).update(is_active=False)

    response = as_admin.patch(one(admin), change | {"first_name": "X"})

    assert failure(response) == (400, "last_admin")
    admin.refresh_from_db()
    assert (admin.role, admin.is_active, admin.first_name, admin.token_epoch) == ("ADMIN", True, "", 0)
    assert audit_lines() == [("refused.last_admin", admin.pk, None, True)]


@pytest.mark.parametrize("change", [{"role": "STAFF"}, {"is_active": False}])
def test_one_of_two_administrators_may_go(as_admin: ApiClient, admin: User, change: dict):
    make_user(Role.ADMIN)

    assert as_admin.patch(one(admin), change).status_code == 200


def test_the_last_administrator_may_change_everything_else(as_admin: ApiClient, admin: User):
    response = as_admin.patch(one(admin), {"first_name": "Meera", "role": "ADMIN", "is_active": True})

    assert response.status_code == 200
