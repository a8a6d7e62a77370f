"""Tax profiles by call: listed by site, added once, refused with the names of the contract."""

from typing import Any

import pytest

from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import TaxProfile
from tests.api_admin.test_zones import code, data
from tests.client import ApiClient
from tests.invoices.conftest import GSTIN, register

pytestmark = pytest.mark.django_db

PROFILES = "/api/admin/tax-profiles/"


def body(site: ParkingSite, **changes: Any) -> dict[str, Any]:
    return {
        "site_id": site.pk, "legal_name": "Namma Parking", "address": "Bengaluru", "gstin": GSTIN,
        "series_prefix": "KA1", "rate": 18, "valid_from": "2026-12-01", "legal_note": "", **changes,
    }  # fmt: skip


def test_a_profile_is_added_and_listed(manager: ApiClient, zone: ParkingZone) -> None:
    site = zone.site
    register(site, prefix="KA0")
    added = data(manager.post(PROFILES, body(site, rate=0, legal_note="Exempt")), 201)
    assert added == {
        "id": added["id"], "site_id": site.pk, "site_name": site.name, "legal_name": "Namma Parking",
        "address": "Bengaluru", "gstin": GSTIN, "state_code": "29", "series_prefix": "KA1", "rate": 0.0,
        "sac": "996743", "prices_include_tax": True, "valid_from": "2026-12-01", "legal_note": "Exempt",
            "created_at": "2026-11-23T06:30:00Z",
    }  # fmt: skip
    listed = data(manager.get(PROFILES, site_id=site.pk))
    assert [row["series_prefix"] for row in listed["results"]] == ["KA1", "KA0"]
    assert data(manager.get(PROFILES, site_id=site.pk + 1))["results"] == []


def test_the_same_request_again_adds_one(manager: ApiClient, zone: ParkingZone) -> None:
    answers = [manager.post(PROFILES, body(zone.site), **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert TaxProfile.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"series_prefix": "0A1"}, "series_prefix"),
        ({"gstin": "29AAGCB7383J1Z5"}, "gstin"),
        ({"rate": 0}, "legal_note"),
        ({"rate": 100}, "rate"),
        ({"valid_from": "2026-04-01"}, "valid_from"),
        ({"state_code": "27"}, "state_code"),
    ],
)
def test_what_is_wrong_is_named(manager: ApiClient, zone: ParkingZone, changes: dict[str, Any], field: str) -> None:
    register(zone.site, prefix="KA9")
    answer = manager.post(PROFILES, body(zone.site, **changes))
    assert (code(answer), list(answer.json()["errors"])) == ("validation_error", [field])
    assert TaxProfile.objects.count() == 1


def test_a_site_that_is_not_there(manager: ApiClient, zone: ParkingZone) -> None:
    answer = manager.post(PROFILES, body(zone.site, site_id=zone.site_id + 1))
    assert code(answer, 404) == "site_not_found"
