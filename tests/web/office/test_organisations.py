"""The office's pages of organisations: made, changed, their list, their invoices; and what the contact sees."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import Role, User
from parking.checkout.refunding import refund_any_payment
from parking.facilities.models import ParkingZone
from parking.passes.models import Organisation, PassVehicle
from parking.payments.models import Payment
from tests.build import actor, make_user
from tests.passes.build import make_plan
from tests.passes.organisations import again, invoiced, make_organisation, midday, pay, upload

pytestmark = pytest.mark.django_db

CARS = ("DL-01-AB-0001", "DL-01-AB-0002")
LATER = date(2026, 12, 22)


def _browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def office(admin: User) -> Client:
    return _browser(admin)


def _send_list(office: Client, organisation: Organisation, *lines: str, **fields: str) -> Any:
    content = "\n".join(["vehicle_number", *lines]).encode()
    file = SimpleUploadedFile("list.csv", content, content_type="text/csv")
    return office.post(f"/office/organisations/{organisation.pk}/vehicles/", {"file": file, **fields})


def test_an_organisation_is_made_and_changed(office: Client, zone: ParkingZone, driver: User) -> None:
    plan = make_plan(zone)
    values = {
        "name": "City Hospital", "kind": "HOSPITAL", "gstin": "", "address": "12 Ring Road", "contact": driver.username,
        "plan_id": plan.pk, "vehicles": "40", "inside": "25", "price": "2,500", "pricing": "PER_VEHICLE",
        "billing": "MONTHLY", "due_days": "15", "amber_days": "7",
    }  # fmt: skip
    assert office.post("/office/organisations/new/", values).status_code == 302
    made = Organisation.objects.get()
    assert (made.price, made.contact, made.vehicles) == (Decimal("2500.00"), driver, 40)
    page = office.get(f"/office/organisations/{made.pk}/edit/")
    changed = {name: value for name, value in values.items() if name not in {"plan_id", "billing"}}
    changed |= {"inside": "41", "seen": page.context["form"]["seen"].value()}
    text = office.post(f"/office/organisations/{made.pk}/edit/", changed).content.decode()
    assert "not more than there are vehicles" in text
    assert office.post(f"/office/organisations/{made.pk}/edit/", changed | {"inside": "30"}).status_code == 302
    assert again(made).inside == 30
    again_text = office.post("/office/organisations/new/", values).content.decode()
    assert "There is already an organisation with this name." in again_text


def test_a_list_is_tried_and_taken(office: Client, zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    tried = _send_list(office, organisation, *CARS, step="try").content.decode()
    assert "Nothing was changed: this would happen" in tried
    assert not PassVehicle.objects.exists()
    wrong = _send_list(office, organisation, "?", step="go").content.decode()
    assert "? is not a plate." in wrong
    taken = _send_list(office, organisation, *CARS, step="go").content.decode()
    assert "The list was changed." in taken and CARS[1] in taken
    file = office.get(f"/office/organisations/{organisation.pk}/vehicles.csv").content.decode()
    assert file.splitlines()[0] == "vehicle_number,joins_on,leaves_on"
    assert [line.split(",")[0] for line in file.splitlines()[1:]] == list(CARS)


def test_an_auditor_changes_no_list(zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    browser = _browser(make_user(Role.AUDITOR))
    assert browser.get(f"/office/organisations/{organisation.pk}/vehicles/").status_code == 200
    assert _send_list(browser, organisation, *CARS, step="go").status_code == 403
    assert not PassVehicle.objects.exists()


def test_a_payment_with_tax_deducted_is_entered_once(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    time_machine.move_to(midday(LATER), tick=False)
    office = _browser(admin)
    address = f"/office/organisations/{organisation.pk}/invoices/1/payment/"
    key = office.get(address).context["key"]
    values = {"method": "BANK", "amount": "1,900", "reference": "UTR9", "tds": "40", "key": key}
    assert office.post(address, values).status_code == 302
    assert office.post(address, values).status_code == 302
    assert [(row.method, row.amount) for row in Payment.objects.order_by("pk")] == [
        ("BANK", Decimal("1900.00")),
        ("TDS", Decimal("40.00")),
    ]
    text = office.get(f"/office/organisations/{organisation.pk}/").content.decode()
    assert "UTR9" in text and "₹60" in text
    more = office.post(address, {"method": "BANK", "amount": "61", "reference": "UTR10"}).content.decode()
    assert "This is more than is due on the invoice." in more


def test_the_contact_sees_list_and_invoices_and_nobody_else(
    zone: ParkingZone, driver: User, time_machine: Traveller
) -> None:
    organisation = make_organisation(zone, contact_id=driver.pk)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    time_machine.move_to(midday(LATER), tick=False)
    browser, stranger = _browser(driver), _browser(make_user())
    assert "City Hospital" in browser.get("/passes/").content.decode()
    assert "City Hospital" not in stranger.get("/passes/").content.decode()
    text = browser.get(f"/organisations/{organisation.pk}/").content.decode()
    assert CARS[0].replace("-", " ") in text and "₹2,000" in text
    pdf = browser.get(f"/organisations/{organisation.pk}/invoices/1/invoice.pdf")
    assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
    for path in ("", "vehicles.csv", "invoices/1/invoice.pdf"):
        assert stranger.get(f"/organisations/{organisation.pk}/{path}").status_code == 404


def test_a_refund_names_the_organisation(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    time_machine.move_to(midday(LATER), tick=False)
    pay(admin, organisation, 1, "2000", now=midday(LATER))
    office, payment = _browser(admin), Payment.objects.get()
    address = f"/office/organisations/{organisation.pk}/"
    assert f"/office/payments/{payment.pk}/refund/" in office.get(address).content.decode()
    refund_any_payment(
        actor=actor(admin), payment_id=payment.pk, amount=Decimal("500.00"), reason="Less", now=midday(LATER)
    )
    assert "City Hospital" in office.get("/office/review/").content.decode()
    assert "City Hospital" in office.get("/gate/refunds/").content.decode()
    assert "Refunded ₹500" in office.get(address).content.decode()
