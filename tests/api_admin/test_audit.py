"""The audit record by the API: which lines, and what of them."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from parking.audit import services as audit
from parking.audit.events import Refusal
from parking.audit.models import AuditEntry
from parking.core.actor import GATEWAY, SYSTEM
from parking.facilities.events import ZoneRetired
from parking.facilities.models import ParkingZone
from tests.api.reading import data_of, problem_of
from tests.build import actor
from tests.client import ApiClient
from tests.moments import START, at

pytestmark = pytest.mark.django_db

ADDRESS = "/api/admin/audit/"


@pytest.fixture
def lines(admin: User, staff: User, zone: ParkingZone) -> None:
    """Three lines, one a day from 22 to 24 November, after those that the zone made."""
    audit.record(actor(admin), ZoneRetired(zone_id=zone.pk), START)
    audit.record(actor(staff), Refusal(code="zone_full", path="/api/user/book-slot/"), at(24 * 60))
    audit.record(GATEWAY, ZoneRetired(zone_id=99), at(48 * 60))


def found(client: ApiClient, query: str) -> list[tuple[str, Any]]:
    rows = data_of(client.get(f"{ADDRESS}?start_date=2026-11-22&end_date=2026-11-24&{query}"))["results"]
    return [(row["action"], row["subject_id"]) for row in rows]


FULL, GONE, OTHER = ("refused.zone_full", None), "zone.retired", ("zone.retired", 99)


@pytest.mark.usefixtures("lines")
def test_each_filter_finds_its_lines(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    gone = (GONE, zone.pk)
    assert found(as_admin, "refused=true") == [FULL]
    assert found(as_admin, "action=zone.retired") == [OTHER, gone]
    assert found(as_admin, f"actor={admin.pk}&action=zone.retired") == [gone]
    assert found(as_admin, f"actor={admin.username.upper()}&action=zone.retired") == [gone]
    assert found(as_admin, "actor=nobody") == found(as_admin, "actor=0") == []
    assert found(as_admin, f"subject_kind=zone&subject_id={zone.pk}&refused=false")[0] == gone
    assert found(as_admin, "subject_id=99") == [OTHER]
    assert found(as_admin, "request_id=unknown") == []


@pytest.mark.usefixtures("lines")
def test_a_line_says_who_did_what(as_admin: ApiClient, staff: User) -> None:
    [row] = data_of(as_admin.get(f"{ADDRESS}?refused=true"))["results"]
    assert {name: row[name] for name in ("actor_kind", "actor_id", "actor_role", "refused", "facts", "at")} == {
        "actor_kind": "USER",
        "actor_id": staff.pk,
        "actor_role": "STAFF",
        "refused": True,
        "facts": {"path": "/api/user/book-slot/"},
        "at": "2026-11-23T04:30:00Z",
    }
    [row] = data_of(as_admin.get(f"{ADDRESS}?subject_id=99"))["results"]
    assert (row["actor_kind"], row["actor_id"], row["actor_role"]) == ("GATEWAY", None, None)


@pytest.mark.usefixtures("lines")
def test_all_lines_are_counted_without_reading_them_each_time(as_admin: ApiClient, admin: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = data_of(as_admin.get(f"{ADDRESS}?page_size=1"))
    assert page["count"] == page["pages"] == AuditEntry.objects.count()
    assert ["MAX(" in query["sql"] for query in captured.captured_queries if "COUNT(" in query["sql"]] == [True]
    audit.record(actor(admin), ZoneRetired(zone_id=98), START)
    assert data_of(as_admin.get(ADDRESS))["count"] == page["count"] + 1


@pytest.mark.usefixtures("lines")
def test_the_file_has_the_lines_of_the_filter(as_admin: ApiClient) -> None:
    answer: Any = as_admin.get(f"{ADDRESS}?refused=true&export=csv")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["action"], row["actor_role"], row["facts"]) for row in rows] == [
        ("refused.zone_full", "STAFF", '{"path": "/api/user/book-slot/"}')
    ]


def test_who_works_at_some_sites_reads_none_of_it(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    User.objects.filter(pk=admin.pk).update(site_ids=[zone.site_id])
    assert problem_of(as_admin.get(ADDRESS)) == (403, "not_permitted")


@pytest.mark.parametrize(
    "query", ["subject_id=-1", "refused=2", "start_date=2026-13-01", "page=0", "actor=%00", "export=pdf"]
)
def test_a_wrong_filter_is_refused(as_admin: ApiClient, query: str) -> None:
    assert problem_of(as_admin.get(f"{ADDRESS}?{query}")) == (400, "validation_error")


def test_the_systems_lines_have_no_account(as_admin: ApiClient, zone: ParkingZone) -> None:
    audit.record(SYSTEM, ZoneRetired(zone_id=zone.pk), START)
    [row] = data_of(as_admin.get(f"{ADDRESS}?action=zone.retired"))["results"]
    assert (row["actor_kind"], row["actor_id"], row["actor_role"]) == ("SYSTEM", None, None)
