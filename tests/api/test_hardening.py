"""Nothing that a client sends is an error of ours, and whatever is refused changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.core import direct
from parking.facilities.models import ParkingZone
from tests.api.reading import book, errors_of, problem_of
from tests.build import make_user
from tests.client import ApiClient
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

POSTS = [
    "/api/user/book-slot/",
    "/api/user/reservations/",
    "/api/user/waiting-list/",
    "/api/user/cancel-booking/",
    "/api/staff/entry/",
    "/api/staff/exit/quote/",
    "/api/staff/exit/",
    "/api/staff/sessions/1/terminate/",
    "/api/admin/zones/",
    "/api/admin/users/",
    "/api/auth/register/",
    "/api/auth/login/",
]
BOOKING: dict[str, Any] = {"zone_id": 1, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"}
EXIT: dict[str, Any] = {"qr_code": "QR-000000000000", "payment_method": "CASH"}


def send(client: ApiClient, path: str, body: bytes | str, media: str = "application/json", method: str = "POST") -> Any:
    """Any bytes under any name of a type."""
    data = body.encode() if isinstance(body, str) else body
    # The type said aloud, because the test client leaves it out when the body is empty.
    return client.client.generic(method, path, data, headers=client.headers, CONTENT_TYPE=media)


# --- Bodies ------------------------------------------------------------------------------------------

MALFORMED = {
    "half": b"{",
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "NaN": b'{"zone_id": NaN}',
    "infinite": b'{"zone_id": Infinity}',
    "lone surrogate": b'{"qr_code": "\\ud800"}',
    "lone surrogate in a name": b'{"\\udfff": 1}',
    "no UTF-8": b'{"qr_code": "\xff\xfe"}',
    "null byte": b'{"qr_code": \x00}',
    "deep nesting": b"[" * 5000 + b"]" * 5000,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "two documents": b"{} {}",
    "XML": b"<a/>",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_json_is_400(as_admin: ApiClient, body: bytes) -> None:
    with nothing_changes():
        for path in POSTS:
            assert problem_of(send(as_admin, path, body)) == (400, "malformed_body")


@pytest.mark.parametrize("body", ["", "[]", "null", "1", '"text"', "true", "[{}]"])
def test_json_that_is_no_object_is_400(as_admin: ApiClient, body: str) -> None:
    for path in POSTS:
        assert problem_of(send(as_admin, path, body)) == (400, "validation_error")


@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "json"]
)
def test_other_types_of_body_are_415(as_admin: ApiClient, media: str) -> None:
    for path in POSTS:
        assert problem_of(send(as_admin, path, b"{}", media)) == (415, "unsupported_media_type")


def test_a_type_with_a_character_set_is_taken(as_staff: ApiClient) -> None:
    answer = send(as_staff, "/api/staff/entry/", json.dumps(EXIT), "application/json; charset=utf-8")
    assert problem_of(answer) == (404, "qr_not_found")


@pytest.mark.parametrize("media", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_of_two_megabytes_is_413_whatever_it_is(as_admin: ApiClient, media: str) -> None:
    body = json.dumps({"qr_code": "x" * 2_000_000})
    with nothing_changes():
        for path in POSTS:
            assert problem_of(send(as_admin, path, body, media)) == (413, "body_too_large")


def test_a_body_just_below_the_limit_is_read(as_staff: ApiClient) -> None:
    body = json.dumps({"qr_code": "x" * 900_000})
    assert problem_of(send(as_staff, "/api/staff/entry/", body)) == (400, "validation_error")


# --- Types -------------------------------------------------------------------------------------------

WRONG: list[tuple[str, object]] = [
    ("zone_id", True),
    ("zone_id", False),
    ("zone_id", None),
    ("zone_id", -1),
    ("zone_id", 1.5),
    ("zone_id", 1e30),
    ("zone_id", 2**63),
    ("zone_id", 10**40),
    ("zone_id", "1.0"),
    ("zone_id", "१"),
    ("zone_id", ""),
    ("zone_id", [1]),
    ("zone_id", {"pk": 1}),
    ("zone_id", "{7d9f2c1e-5b1a4e0f-9c573f3a0a8f6d21}"),
    ("vehicle_number", 1234),
    ("vehicle_number", True),
    ("vehicle_number", None),
    ("vehicle_number", ["DL01AB1234"]),
    ("vehicle_number", ""),
    ("vehicle_number", "   "),
    ("vehicle_number", "x" * 31),
    ("vehicle_number", "DL01\x00AB1234"),
    ("owner_name", "A\x00"),
    ("owner_name", 1),
    ("owner_name", "x" * 101),
    ("vehicle_kind", "car"),
    ("vehicle_kind", 1),
    ("gateway", True),
    ("gateway", "x" * 13),
]


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda value: repr(value)[:30])
def test_a_wrong_type_is_named(as_driver: ApiClient, zone: ParkingZone, field: str, value: object) -> None:
    with nothing_changes():
        answer = as_driver.post("/api/user/book-slot/", BOOKING | {"zone_id": zone.pk} | {field: value})
        assert errors_of(answer) == {field}


@pytest.mark.parametrize(
    "field", ["qr_code", "payment_method", "vehicle_number", "gateway", "scan_id", "amount_tendered"]
)
@pytest.mark.parametrize("value", [True, [], {}, "\x00", "x" * 600])
def test_a_wrong_type_at_the_gate_is_named(as_staff: ApiClient, field: str, value: object) -> None:
    assert errors_of(as_staff.post("/api/staff/exit/", EXIT | {field: value})) == {field}


def test_unknown_fields_are_passed_over(as_staff: ApiClient) -> None:
    assert problem_of(as_staff.post("/api/staff/exit/", EXIT | {"colour": "red"})) == (404, "qr_not_found")


def test_texts_are_trimmed(as_driver: ApiClient, zone: ParkingZone) -> None:
    body = BOOKING | {"zone_id": zone.pk, "owner_name": "  आशा राव  "}
    answer = as_driver.post("/api/user/book-slot/", body)
    assert json.loads(answer.content)["data"]["owner_name"] == "आशा राव"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(["\x00", "QR-000000000000", "today", "1", "CASH"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["zone_id", "vehicle_number", "owner_name", "vehicle_kind", "gateway", "session_id", "reason", "qr_code"]
FIELDS += ["payment_method", "amount_tendered", "scan_id"]


@given(path=st.sampled_from(POSTS[:6]), body=st.dictionaries(st.sampled_from(FIELDS), JSON))
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_is_answered_in_the_contract_s_form(db: None, path: str, body: dict[str, object]) -> None:
    user, _ = User.objects.get_or_create(username="any", defaults={"role": Role.ADMIN, "date_joined": _JOINED})
    status, _code = problem_of(ApiClient(user).post(path, body))
    assert status in {400, 404}


_JOINED = "2026-11-22T04:30:00Z"


# --- Addresses and methods -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/user/book-slot"),
        ("POST", "/api/staff/entry"),
        ("GET", "/api/public/zones"),
        ("GET", "/api/public/health"),
        ("GET", "/api/"),
        ("GET", "/api/nothing/"),
        ("POST", "/api/user/book-slot//"),
        ("GET", "/api/user/sessions/1"),
        ("GET", "/api/user/sessions/1/qr.svg/"),
        ("GET", "/api/%00/"),
        ("GET", "/api/%ED%A0%80/"),
        ("GET", "/api/../etc/passwd"),
    ],
)
def test_what_is_not_there_is_404_without_redirect(as_admin: ApiClient, method: str, path: str) -> None:
    assert problem_of(send(as_admin, path, b"{}", method=method)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/user/book-slot/", "POST"),
        ("PUT", "/api/user/book-slot/", "POST"),
        ("DELETE", "/api/user/history/", "GET"),
        ("POST", "/api/public/zones/", "GET"),
        ("PATCH", "/api/staff/entry/", "POST"),
    ],
)
def test_another_method_is_405_and_told_which(as_admin: ApiClient, method: str, path: str, allowed: str) -> None:
    answer = send(as_admin, path, b"{}", method=method)
    assert (problem_of(answer), answer.headers["Allow"]) == ((405, "method_not_allowed"), allowed)


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80", "%FF", "9" * 400, "'; DROP TABLE stays_parkingsession; --"])
@pytest.mark.parametrize("name", ["q", "zone_id", "page", "page_size", "long_stay"])
def test_any_filter_is_answered(as_staff: ApiClient, name: str, value: str) -> None:
    answer = as_staff.client.get(f"/api/staff/active-sessions/?{name}={value}", headers=as_staff.headers)
    if answer.status_code != 200:
        assert errors_of(answer) == {name}


# --- Request ids ---------------------------------------------------------------------------------------


def test_a_request_id_comes_back(anybody: ApiClient) -> None:
    answer = anybody.client.get("/api/public/health/", headers={"X-Request-ID": "gate1.2026-11-22_000042"})
    assert answer.headers["X-Request-ID"] == "gate1.2026-11-22_000042"


@pytest.mark.parametrize("given_id", ["", "x" * 65, "two words", "<script>", "नमस्ते"])
def test_a_request_id_that_is_no_good_is_replaced(anybody: ApiClient, given_id: str) -> None:
    ids = {
        anybody.client.get("/api/public/health/", headers={"X-Request-ID": given_id}).headers["X-Request-ID"]
        for _ in range(2)
    }
    assert len(ids) == 2
    assert all(len(request_id) == 32 for request_id in ids)


def test_a_request_id_is_in_the_audit(as_driver: ApiClient, zone: ParkingZone) -> None:
    book(as_driver, zone.pk, X_Request_ID="abc-123")
    assert set(AuditEntry.objects.filter(subject_kind="session").values_list("request_id", flat=True)) == {"abc-123"}


# --- A database that is away ----------------------------------------------------------------------------


@pytest.fixture(params=[OperationalError, InterfaceError])
def database_goes_away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, every statement fails as it does when the server has gone."""

    def gone(*_: object, **__: object) -> None:
        raise request.param("server closed the connection unexpectedly")

    def go() -> None:
        monkeypatch.setattr(CursorWrapper, "execute", gone)
        monkeypatch.setattr(direct, "send", gone)

    return go


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/public/zones/"),
        ("GET", "/api/user/history/"),
        ("POST", "/api/user/book-slot/"),
        ("POST", "/api/staff/exit/"),
        ("GET", "/api/admin/dashboard/"),
        ("POST", "/api/auth/login/"),
    ],
)
def test_a_database_that_is_away_is_503(
    database_goes_away: Callable[[], None], method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = ApiClient(make_user(Role.ADMIN))
    database_goes_away()
    answer = send(client, path, json.dumps(BOOKING | EXIT | {"username": "a", "password": "b"}), method=method)
    monkeypatch.undo()
    assert (problem_of(answer), answer.headers["Retry-After"]) == ((503, "database_unavailable"), "2")
