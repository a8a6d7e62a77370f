"""Company and GSTIN for the invoice, on the driver's page and at the gate."""

import pytest

from parking.accounts.models import User
from parking.checkout.documents import facts_of
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.invoices.models import CustomerDetails
from parking.invoices.services import issue_for_bill
from parking.stays.models import ParkingSession
from tests.build import book, enter, leave, make_user, reloaded
from tests.web.driver.conftest import browser_of
from tests.web.driver.test_booking import text_of

SENT = {"company": "Asha Textiles", "gstin": "27aapfu0939f1zv", "address": "7 MG Road"}


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, book(driver, zone, "DL-01-AB-1234"))


def addresses(session: ParkingSession) -> dict[str, tuple[str, str]]:
    """Return the page and the one that leads to it, for driver and attendant."""
    return {
        "driver": (f"/tickets/{session.pk}/invoice/", f"/tickets/{session.pk}/"),
        "staff": (f"/gate/stays/{session.pk}/invoice/", f"/gate/stays/{session.pk}/"),
    }


@pytest.mark.parametrize("who", ["driver", "staff"])
def test_it_is_given_until_the_invoice_is_issued(inside, driver, staff, who):
    browser = browser_of({"driver": driver, "staff": staff}[who])
    form, before = addresses(inside)[who]
    assert f'href="{form}"' in browser.get(before).content.decode()
    assert browser.post(form, SENT).headers["Location"] == before
    given = CustomerDetails.objects.get()
    assert (given.company, given.gstin, given.address) == ("Asha Textiles", "27AAPFU0939F1ZV", "7 MG Road")
    assert 'value="27AAPFU0939F1ZV"' in browser.get(form).content.decode()
    wrong = text_of(browser.post(form, SENT | {"gstin": "27AAPFU0939F1ZW"}))
    assert "The last character must be V after these fourteen, not W" in wrong
    leave(staff, inside)
    session = reloaded(inside)
    issue_for_bill(bill=session.bill, facts=facts_of(session), now=clock.now())
    assert "The invoice was issued already." in text_of(browser.post(form, SENT | {"company": "Other"}))
    assert CustomerDetails.objects.get().company == "Asha Textiles"


def test_a_gstin_needs_its_name(inside, driver):
    form, _ = addresses(inside)["driver"]
    assert "Enter the name that the GSTIN" in text_of(browser_of(driver).post(form, SENT | {"company": ""}))
    assert not CustomerDetails.objects.exists()


def test_another_drivers_booking_is_not_there(inside):
    form, _ = addresses(inside)["driver"]
    assert browser_of(make_user()).get(form).status_code == 404
