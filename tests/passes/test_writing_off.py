"""An overdue invoice of an organisation is given up by one administrator, with the word of another."""

from datetime import date, datetime

import pytest
from django.test import Client
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.checkout.approving import decide
from parking.checkout.organisation_money import note_overdue_invoices
from parking.checkout.organisation_writing_off import ask_write_off
from parking.facilities.models import ParkingZone
from parking.passes.models import Organisation, OrganisationInvoice
from tests.build import actor, make_user
from tests.invariants import assert_books_agree, refused
from tests.passes.organisations import again, invoiced, make_organisation, midday, pay, upload

pytestmark = pytest.mark.django_db

# Three days after the last day to pay.
LATE = midday(date(2027, 1, 4))


@pytest.fixture
def organisation(driver: User, zone: ParkingZone) -> Organisation:
    made = make_organisation(zone, contact_id=driver.pk)
    upload(made, "DL-01-AB-1234")
    invoiced(made, date(2026, 12, 22))
    return made


@pytest.fixture
def second() -> User:
    return make_user(Role.ADMIN)


def ask(admin: User, organisation: Organisation, now: datetime = LATE) -> Approval:
    return ask_write_off(actor=actor(admin), organisation_id=organisation.pk, number=1, reason="Insolvent", now=now)


def test_what_is_due_is_given_up_with_a_second_persons_word(
    admin: User, second: User, organisation: Organisation
) -> None:
    approval = ask(admin, organisation)
    assert OrganisationInvoice.objects.get().written_off_at is None
    with refused("own_change"):
        decide(actor=actor(admin), approval_id=approval.pk, decision="APPROVE", now=LATE)  # type: ignore[arg-type]
    decide(actor=actor(second), approval_id=approval.pk, decision="APPROVE", now=LATE)  # type: ignore[arg-type]
    invoice = OrganisationInvoice.objects.select_related("bill").get()
    assert (invoice.written_off_at, invoice.paid_at, invoice.bill.due) == (LATE, None, 1000)
    assert again(organisation).subscription.amber_at is None
    assert note_overdue_invoices(now=LATE) == 0
    with refused("nothing_due"):
        ask(admin, organisation)
    pay(admin, organisation, 1, "1000", now=LATE)
    assert OrganisationInvoice.objects.get().paid_at == LATE
    assert_books_agree()


def test_refused_it_stays_overdue_and_may_be_asked_again(admin: User, second: User, organisation: Organisation) -> None:
    approval = ask(admin, organisation)
    with refused("asked_already"):
        ask(admin, organisation)
    decide(actor=actor(second), approval_id=approval.pk, decision="REFUSE", now=LATE)  # type: ignore[arg-type]
    assert again(organisation).subscription.amber_at is not None
    assert ask(admin, organisation).pk != approval.pk
    assert_books_agree()


def test_an_invoice_is_not_given_up_before_it_is_overdue(admin: User, organisation: Organisation) -> None:
    with refused("invoice_not_overdue"):
        ask(admin, organisation, midday(date(2027, 1, 1)))


def test_pages_ask_approve_and_show_it(
    admin: User, second: User, driver: User, organisation: Organisation, time_machine: Traveller
) -> None:
    time_machine.move_to(LATE, tick=False)
    office, other, contact = Client(), Client(), Client()
    for browser, user in ((office, admin), (other, second), (contact, driver)):
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/office/organisations/{organisation.pk}/invoices/1/write-off/"
    assert f'href="{address}"' in office.get(f"/office/organisations/{organisation.pk}/").content.decode()
    assert office.post(address, {"reason": ""}).status_code == 200
    assert office.post(address, {"reason": "Insolvent"}).status_code == 302
    waiting = other.get("/office/approvals/").content.decode()
    assert "City Hospital" in waiting
    assert "Write off ₹1,000" in waiting
    other.post(f"/office/approvals/{Approval.objects.get().pk}/", {"decision": "APPROVE"})
    assert "Written off" in office.get(f"/office/organisations/{organisation.pk}/").content.decode()
    assert f"/organisations/{organisation.pk}/invoices/1/pay/" not in (
        contact.get(f"/organisations/{organisation.pk}/").content.decode()
    )
    assert_books_agree()
