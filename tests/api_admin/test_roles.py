"""Who may call a manager's addresses."""

import json

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingZone
from tests.client import ApiClient

READS = [
    "audit/",
    "dashboard/",
    "payments/",
    "revenue-report/",
    "all-sessions/",
    "zones/",
    "zones/{zone}/",
    "debts/",
    "refunds/",
    "settings/",
    "settings/history/",
]
WRITES = [
    ("post", "zones/"),
    ("patch", "zones/{zone}/"),
    ("delete", "zones/{zone}/"),
    ("post", "zones/{zone}/slots/"),
    ("patch", "slots/{slot}/"),
    ("post", "debts/1/write-off/"),
    ("post", "refunds/"),
    ("post", "refunds/1/approve/"),
    ("post", "refunds/1/retry/"),
    ("post", "reconciliation/"),
    ("patch", "settings/"),
]
CALLS = [("get", path) for path in READS] + WRITES


def call(client: ApiClient, method: str, path: str, zone: ParkingZone) -> tuple[int, str]:
    address = "/api/admin/" + path.format(zone=zone.pk, slot=zone.slots.order_by("pk").values_list("pk", flat=True)[0])
    # A body that is no good: whoever may not call must hear of that first.
    extra = {} if method in {"get", "delete"} else {"body": {"name": None, "status": None}}
    response = getattr(client, method)(address, **extra)
    return response.status_code, json.loads(response.content).get("code", "")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_nobody_without_a_token(anybody: ApiClient, zone: ParkingZone, method: str, path: str) -> None:
    assert call(anybody, method, path, zone) == (401, "not_authenticated")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_no_driver_and_no_attendant(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, method: str, path: str
) -> None:
    assert call(as_driver, method, path, zone) == (403, "forbidden")
    assert call(as_staff, method, path, zone) == (403, "forbidden")
    zone.refresh_from_db()
    assert zone.retired_at is None


@pytest.mark.parametrize("path", READS)
def test_a_manager_may_read(as_admin: ApiClient, zone: ParkingZone, path: str) -> None:
    assert call(as_admin, "get", path, zone) == (200, "")


def test_a_suspended_manager_may_not(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert call(as_admin, "get", "dashboard/", zone) == (401, "token_not_valid")


def test_an_attempt_to_change_is_in_the_audit(as_staff: ApiClient, staff: User, zone: ParkingZone) -> None:
    call(as_staff, "delete", "zones/{zone}/", zone)
    entry = AuditEntry.objects.get(action="refused.forbidden")
    assert (entry.actor_id, entry.actor_role, entry.refused) == (staff.pk, "STAFF", True)
