"""The office's page of plans and passes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import Approval, User
from parking.checkout import passes
from parking.checkout.pass_changes import cancel_pass
from parking.checkout.pass_renewing import offer_renewals
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.passes.models import Plan, Subscription
from parking.payments.models import Payment
from tests.build import actor
from tests.invariants import assert_books_agree
from tests.moments import START
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


def test_a_pass_is_sold_in_the_office(office: Client, driver: User, zone: ParkingZone, admin: User) -> None:
    plan = make_plan(zone, price="1500.00")
    values = {"username": driver.username, "plan": plan.pk, "vehicles": "DL-01-AB-1234", "method": "CASH"}
    short = office.post("/office/passes/sell/", values | {"tendered": "1000"})
    assert (short.status_code, Subscription.objects.count()) == (200, 0)
    key = office.get("/office/passes/sell/").context["key"]
    sold = [office.post("/office/passes/sell/", values | {"tendered": "2000", "key": key}) for _ in range(2)]
    held = Subscription.objects.get()
    assert [answer["Location"] for answer in sold] == [f"/office/passes/{held.number}/"] * 2
    assert [(row.method, row.amount, row.attendant) for row in Payment.objects.all()] == [("CASH", 1500, admin)]
    text = office.get(sold[0]["Location"]).content.decode()
    assert f"Pass {held.number} was sold for ₹1,500. Change: ₹500" in text
    assert plate_words("DL-01-AB-1234") in text and driver.username in text
    assert_books_agree()


def test_a_suspended_account_is_sold_none(office: Client, driver: User, zone: ParkingZone) -> None:
    User.objects.filter(pk=driver.pk).update(is_active=False)
    values = {"username": driver.username, "plan": make_plan(zone).pk, "vehicles": "DL-01-AB-1234", "method": "CASH"}
    answer = office.post("/office/passes/sell/", values)
    assert (answer.status_code, Subscription.objects.count()) == (200, 0)
    assert "This account was not found." in answer.content.decode()


def test_a_manager_asks_for_the_end_of_a_pass(office: Client, driver: User, zone: ParkingZone, admin: User) -> None:
    held = bought(driver, make_plan(zone, price="1500.00"))
    address = f"/office/passes/{held.number}/"
    assert "At most ₹1,500 can be refunded." in office.get(address).content.decode()
    too_much = office.post(f"{address}end/", {"refund": "1501", "reason": "Moved"}).content.decode()
    assert "That is more than can still be refunded." in too_much
    assert office.post(f"{address}end/", {"refund": "500", "reason": "Moved"}).status_code == 302
    asked = Approval.objects.get()
    assert (asked.kind, asked.asked_by, asked.facts["amount"]) == ("PASS_CANCELLATION", admin, "500.00")
    held.refresh_from_db()
    assert held.status == "ACTIVE"
    waiting = office.get(address).content.decode()
    assert "The end of this pass waits for another manager." in waiting and "Ask to end the pass" not in waiting


def test_a_manager_chooses_whether_a_pass_is_renewed(office: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone))
    for value, expected in (("on", True), ("", False)):
        assert office.post(f"/office/passes/{held.number}/renewal/", {"auto_renew": value}).status_code == 302
        held.refresh_from_db()
        assert held.auto_renew is expected


def test_the_page_of_a_slot_names_the_pass_that_it_is_kept_for(office: Client, driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, reserved=True))
    free = ParkingSlot.objects.exclude(pk=held.slot_id)[0]
    link = f'<a href="/office/passes/{held.number}/">{held.number}</a>'
    assert link in office.get(f"/office/slots/{held.slot_id}/").content.decode()
    assert "This slot is kept" not in office.get(f"/office/slots/{free.pk}/").content.decode()
    cancel_pass(actor=actor(driver), subscription=held, reason="", now=START)
    assert "This slot is kept" not in office.get(f"/office/slots/{held.slot_id}/").content.decode()


def test_the_page_of_a_pass_costs_as_many_statements_for_many_periods(
    office: Client, driver: User, zone: ParkingZone
) -> None:
    held = bought(driver, make_plan(zone, price="1500.00"), auto_renew=True)
    counts = []
    for periods in (1, 2, 3):
        with CaptureQueriesContext(connection) as seen:
            text = office.get(f"/office/passes/{held.number}/").content.decode()
        counts.append(len(seen))
        assert f"At most ₹{1500 * periods:,} can be refunded." in text
        assert offer_renewals(now=held.ends_at - timedelta(days=1)) == 1
        held = passes.pay(actor=actor(driver), number=held.number, gateway=None, now=held.ends_at).subscription
    # The first one also reads what is read once in a process.
    assert counts[1] == counts[2] <= counts[0]


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"inside": "2"}, "inside", "कम से कम 1, और गाड़ियों की संख्या से ज़्यादा नहीं।"),
        ({"price": "0"}, "price_reason", "बताएँ कि यह प्लान मुफ़्त क्यों है।"),
        ({"price": "-1"}, "price", "यह 0 या उससे ज़्यादा होना चाहिए।"),
        ({"vehicles": "21"}, "vehicles", "यह 20 या उससे कम होना चाहिए।"),
        (
            {"vehicles": "2", "inside": "2", "reserved": "on"},
            "reserved",
            "स्लॉट एक ही गाड़ी के लिए रखा जाता है: एक समय में एक ही अंदर हो सकती है।",
        ),
    ],
)
def test_what_a_plan_may_not_be_is_said_in_hindi_at_its_field(
    office: Client, zone: ParkingZone, wrong: dict[str, str], field: str, text: str
) -> None:
    office.cookies["django_language"] = "hi"
    values = {"name": "Office", "site_id": zone.site_id, "period": "WEEK", "price": "900", "vehicles": "1"}
    page = office.post("/office/plans/new/", values | {"inside": "1", "days": ["MON"]} | wrong)
    assert page.context["form"].errors == {field: [text]}
    assert not Plan.objects.exists()
