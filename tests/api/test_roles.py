"""Who may call what: the matrix of roles, and tokens that are no good."""

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingZone
from tests.api.reading import book, data_of, problem_of
from tests.build import make_user
from tests.client import ApiClient
from tests.invariants import nothing_changes

pytestmark = pytest.mark.django_db

SESSION = "00000000-0000-4000-8000-000000000000"
DRIVER = [
    ("GET", "/api/user/zones/"),
    ("POST", "/api/user/book-slot/"),
    ("POST", "/api/user/reservations/"),
    ("GET", "/api/user/waiting-list/"),
    ("POST", "/api/user/waiting-list/"),
    ("POST", "/api/user/waiting-list/1/accept/"),
    ("DELETE", "/api/user/waiting-list/1/"),
    ("PATCH", f"/api/user/reservations/{SESSION}/"),
    ("GET", "/api/user/current-session/"),
    ("GET", f"/api/user/sessions/{SESSION}/"),
    ("GET", f"/api/user/sessions/{SESSION}/qr.svg"),
    ("GET", f"/api/user/sessions/{SESSION}/qr.png"),
    ("GET", "/api/user/history/"),
    ("POST", "/api/user/cancel-booking/"),
    ("GET", f"/api/user/sessions/{SESSION}/invoice-details/"),
    ("POST", f"/api/user/sessions/{SESSION}/invoice-details/"),
    ("GET", "/api/user/vehicles/"),
    ("POST", "/api/user/vehicles/"),
    ("DELETE", "/api/user/vehicles/1/"),
]
STAFF = [
    ("POST", "/api/staff/entry/"),
    ("POST", "/api/staff/exit/quote/"),
    ("POST", "/api/staff/exit/"),
    ("GET", "/api/staff/active-sessions/"),
    ("GET", "/api/staff/slot-status/"),
    ("POST", f"/api/staff/sessions/{SESSION}/terminate/"),
    ("GET", f"/api/staff/sessions/{SESSION}/invoice-details/"),
    ("POST", f"/api/staff/sessions/{SESSION}/invoice-details/"),
]
ADMIN = [
    ("GET", "/api/admin/dashboard/"),
    ("GET", "/api/admin/payments/"),
    ("GET", "/api/admin/revenue-report/"),
    ("GET", "/api/admin/all-sessions/"),
    ("GET", "/api/admin/zones/"),
    ("POST", "/api/admin/zones/"),
    ("GET", "/api/admin/zones/1/"),
    ("PATCH", "/api/admin/zones/1/"),
    ("DELETE", "/api/admin/zones/1/"),
    ("POST", "/api/admin/zones/1/slots/"),
    ("PATCH", "/api/admin/slots/1/"),
    ("GET", "/api/admin/refunds/"),
    ("POST", "/api/admin/refunds/"),
    ("POST", "/api/admin/refunds/1/approve/"),
    ("POST", "/api/admin/refunds/1/retry/"),
    ("POST", "/api/admin/refunds/1/send-back/"),
    ("GET", "/api/admin/reconciliation/"),
    ("POST", "/api/admin/reconciliation/"),
    ("GET", "/api/admin/tax-profiles/"),
    ("POST", "/api/admin/tax-profiles/"),
    ("GET", "/api/admin/users/"),
    ("POST", "/api/admin/users/"),
    ("GET", "/api/admin/users/1/"),
    ("PATCH", "/api/admin/users/1/"),
]
ANYBODY = [("GET", "/api/public/zones/"), ("GET", "/api/public/health/")]
CALLS = DRIVER + STAFF + ADMIN


def _call(client: ApiClient, method: str, path: str) -> tuple[int, str]:
    """Status and code of a call with a body that is no good, so that nothing can come of it."""
    send = getattr(client, method.lower())
    answer = send(path) if method in {"GET", "DELETE"} else send(path, {})
    if answer.status_code == 200:
        return 200, ""
    return problem_of(answer)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_token_nobody_gets_in(anybody: ApiClient, method: str, path: str) -> None:
    assert _call(anybody, method, path) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("role", "forbidden"), [(Role.USER, STAFF + ADMIN), (Role.STAFF, DRIVER + ADMIN), (Role.ADMIN, [])]
)
def test_each_role_gets_in_where_it_belongs(role: Role, forbidden: list[tuple[str, str]]) -> None:
    client = ApiClient(make_user(role))
    kept_out = [call for call in CALLS + ANYBODY if _call(client, *call)[0] == 403]
    assert kept_out == [call for call in CALLS if call in forbidden]


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer x.y.z", "bearer ÿ.ÿ.ÿ"])
def test_what_is_no_token_is_401(anybody: ApiClient, authorization: str) -> None:
    answer = anybody.client.get("/api/user/zones/", headers={"Authorization": authorization})
    status, code = problem_of(answer)
    assert (status, code in {"not_authenticated", "token_not_valid"}) == (401, True)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_role_is_read_with_each_request(driver: User, as_driver: ApiClient) -> None:
    assert _call(as_driver, "GET", "/api/staff/slot-status/") == (403, "forbidden")
    User.objects.filter(pk=driver.pk).update(role=Role.STAFF)
    assert _call(as_driver, "GET", "/api/staff/slot-status/") == (200, "")
    assert _call(as_driver, "GET", "/api/user/history/") == (403, "forbidden")


def test_a_suspended_user_is_out_with_the_next_request(driver: User, as_driver: ApiClient, zone: ParkingZone) -> None:
    User.objects.filter(pk=driver.pk).update(is_active=False)
    with nothing_changes():
        assert problem_of(book(as_driver, zone.pk)) == (401, "token_not_valid")


def test_a_manager_does_what_drivers_and_attendants_do(as_admin: ApiClient, zone: ParkingZone) -> None:
    booking = data_of(book(as_admin, zone.pk), 201)
    body = {"qr_code": booking["qr_code"]}
    assert data_of(as_admin.post("/api/staff/entry/", body))["status"] == "ACTIVE"
    assert data_of(as_admin.post("/api/staff/exit/", body | {"payment_method": "CASH"}))["status"] == "COMPLETED"


def test_every_forbidden_attempt_is_in_the_audit_and_one_forbidden_look(driver: User, as_driver: ApiClient) -> None:
    for _ in range(2):
        as_driver.get("/api/staff/slot-status/")
        as_driver.post("/api/staff/entry/", {"qr_code": "QR-000000000000"})
    entries = list(AuditEntry.objects.order_by("pk"))
    assert {(entry.action, entry.actor_id, entry.refused) for entry in entries} == {
        ("refused.forbidden", driver.pk, True)
    }
    look, attempt = "/api/staff/slot-status/", "/api/staff/entry/"
    assert [entry.facts["path"] for entry in entries] == [look, attempt, attempt]
