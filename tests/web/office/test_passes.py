"""The office's page of plans and passes."""

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.passes.models import Plan
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(admin: User) -> Client:
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_a_plan_is_made_and_changed(office: Client, zone: ParkingZone) -> None:
    values = {
        "name": "Office", "site_id": zone.site_id, "period": "MONTH", "price": "5,000", "zone_ids": [zone.pk],
        "vehicles": "3", "inside": "2", "days": ["MON", "TUE"], "begins": "08:00", "ends": "20:00", "is_active": "on",
    }  # fmt: skip
    assert office.post("/office/plans/new/", values).status_code == 302
    plan = Plan.objects.get()
    assert (plan.price, plan.days, plan.begins, plan.ends) == (5000, ["MON", "TUE"], "08:00", "20:00")
    page = office.get(f"/office/plans/{plan.pk}/")
    seen = page.context["form"]["seen"].value()
    changed = {name: value for name, value in values.items() if name not in {"site_id", "period", "is_active"}}
    assert office.post(f"/office/plans/{plan.pk}/", changed | {"price": "5200", "seen": seen}).status_code == 302
    plan.refresh_from_db()
    assert (plan.price, plan.is_active, plan.vehicles) == (5200, False, 3)


def test_what_does_not_fit_is_said(office: Client, zone: ParkingZone) -> None:
    make_plan(zone, name="Office")
    values = {"name": "Office", "site_id": zone.site_id, "period": "WEEK", "price": "0", "vehicles": "1", "inside": "2"}
    text = office.post("/office/plans/new/", values | {"days": ["MON"]}).content.decode()
    assert "Not more than" not in text and "not more than there are vehicles" in text
    text = office.post("/office/plans/new/", values | {"days": ["MON"], "inside": "1", "price": "9"}).content.decode()
    assert "There is already a plan with this name." in text


def test_passes_are_found_by_plate(office: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone), "DL-01-AB-1234")
    assert held.number in office.get("/office/passes/?q=AB1234").content.decode()
    assert held.number not in office.get("/office/passes/?q=ZZ99").content.decode()
    assert "No pass was found." in office.get("/office/passes/?q=ZZ99").content.decode()
