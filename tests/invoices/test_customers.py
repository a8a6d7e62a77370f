"""A customer's company and GSTIN: given before the issue by driver or attendant, on the documents, then fixed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.checkout import customers
from parking.checkout.customers import Given
from parking.checkout.documents import documents_of_payment, facts_of
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.ids import Ref
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.customers import Wanted
from parking.invoices.models import CustomerDetails, TaxDocument
from parking.invoices.services import issue_for_bill
from parking.invoices.sheets import sheet_of
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import actor, book, make_user
from tests.client import ApiClient
from tests.invoices.conftest import LATER
from tests.moments import START

pytestmark = pytest.mark.django_db

FIRM = Wanted(company="Asha Textiles", gstin="27AAPFU0939F1ZV", address="7 MG Road, Mumbai")


def give(user: User, session: ParkingSession, wanted: Wanted = FIRM) -> Given:
    is_driver = user.role == Role.USER
    return customers.give_details(
        actor=actor(user), session=Ref(pk=session.pk), wanted=wanted, now=LATER, only_of_caller=is_driver
    )


def facts_on_paper(session: ParkingSession) -> dict[str, str]:
    return dict(sheet_of(issue_for_bill(bill=session.bill, facts=facts_of(session), now=LATER)).facts)


def test_what_driver_or_attendant_gave_stands_on_the_invoice(
    registered: ParkingSite, stay: ParkingSession, driver: User, staff: User
):
    give(driver, stay, Wanted(company="Wrong"))
    give(staff, stay)
    facts = facts_on_paper(stay)
    assert (facts["Customer"], facts["Customer's GSTIN"]) == ("Asha Textiles", "27AAPFU0939F1ZV")
    assert facts["Customer's address"] == "7 MG Road, Mumbai"
    assert ParkingSession.objects.get().owner_name == "Asha Rao"


def test_without_details_the_invoice_is_in_the_name_of_the_stay(registered: ParkingSite, stay: ParkingSession):
    facts = facts_on_paper(stay)
    assert facts["Customer"] == "Asha Rao"
    assert not {"Customer's GSTIN", "Customer's address"} & facts.keys()


def test_empty_details_take_back_what_was_given(registered: ParkingSite, stay: ParkingSession, driver: User):
    give(driver, stay)
    give(driver, stay, Wanted())
    assert facts_on_paper(stay)["Customer"] == "Asha Rao"
    assert CustomerDetails.objects.count() == 1


def test_after_the_issue_they_are_refused(registered: ParkingSite, stay: ParkingSession, driver: User):
    issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER)
    with pytest.raises(Refused) as refusal:
        give(driver, stay)
    assert refusal.value.code == "document_issued"
    assert not CustomerDetails.objects.exists()
    assert customers.details_of(actor=actor(driver), session=Ref(pk=stay.pk), only_of_caller=True).is_issued


def test_a_receipt_voucher_for_the_fee_fixes_nothing(registered: ParkingSite, driver: User, zone: ParkingZone):
    session = book(driver, zone, now=START)
    payment = Payment.objects.get()
    give(driver, session)
    (voucher,) = documents_of_payment(payment_id=payment.pk, actor=actor(driver), now=START)
    assert dict(sheet_of(voucher).facts)["Customer"] == "Asha Textiles"
    give(driver, session, Wanted(company="Asha Silk"))
    assert CustomerDetails.objects.get().company == "Asha Silk"


@pytest.mark.parametrize(
    ("wanted", "errors"),
    [
        (
            Wanted(company="A", gstin="27AAPFU0939F1ZW"),
            {"gstin": ["Character 15 must be V after these fourteen, not W: one of the fifteen is wrong"]},
        ),
        (
            Wanted(gstin="27AAPFU0939F1ZV"),
            {"company": ["The name under which the GSTIN is registered is needed"]},
        ),
        (Wanted(company="A" * 151), {"company": ["At most 150 characters"]}),
    ],
)
def test_wrong_details_are_refused(stay: ParkingSession, driver: User, wanted: Wanted, errors: dict[str, list[str]]):
    with pytest.raises(InvalidInput) as refusal:
        give(driver, stay, wanted)
    assert refusal.value.errors == errors


def test_a_gstin_is_taken_as_people_type_it(stay: ParkingSession, driver: User):
    assert give(driver, stay, Wanted(company="A", gstin=" 27aapfu 0939f-1zv")).details.gstin == "27AAPFU0939F1ZV"


def test_the_record_says_that_and_not_what(stay: ParkingSession, driver: User):
    give(driver, stay)
    entry = AuditEntry.objects.get(action="customer_details.given")
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (driver.pk, "bill", stay.bill_id)
    assert entry.facts == {"has_company": True, "has_gstin": True}


def test_a_gstin_without_a_name_is_forbidden_by_the_database(stay: ParkingSession):
    with pytest.raises(IntegrityError, match="customer_gstin_has_a_name"), transaction.atomic():
        CustomerDetails.objects.create(bill=stay.bill, gstin="27AAPFU0939F1ZV", given_at=LATER)


def test_somebody_elses_stay_is_not_there(stay: ParkingSession):
    with pytest.raises(NotFound):
        give(make_user(), stay)
    assert not CustomerDetails.objects.exists()


# --- Calls -----------------------------------------------------------------------------------------

BODY = {"company": "Asha Textiles", "gstin": "27AAPFU0939F1ZV", "address": "7 MG Road, Mumbai"}


@pytest.mark.parametrize("part", ["user", "staff"])
def test_driver_and_attendant_have_a_call(stay: ParkingSession, driver: User, staff: User, part: str):
    client = ApiClient(driver if part == "user" else staff)
    path = f"/api/{part}/sessions/{stay.uuid}/invoice-details/"
    empty = {"session_id": stay.pk, "company": "", "gstin": "", "address": "", "is_issued": False}
    assert client.get(path).json()["data"] == empty
    answer = client.post(path, BODY)
    assert (answer.status_code, answer.json()["data"]) == (200, {**empty, **BODY})
    wrong = client.post(path, {"company": "A", "gstin": "27AAPFU0939F1Z"}).json()
    assert (wrong["code"], wrong["errors"]) == (
        "validation_error", {"gstin": ["A GSTIN has 15 characters; this has 14"]},
    )  # fmt: skip
    issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER + timedelta(minutes=1))
    assert client.post(path, BODY).json()["code"] == "document_issued"
    assert client.get(path).json()["data"]["is_issued"] is True
    assert TaxDocument.objects.count() == 1


def test_another_drivers_stay_is_not_found(stay: ParkingSession):
    client = ApiClient(make_user())
    path = f"/api/user/sessions/{stay.pk}/invoice-details/"
    assert [client.get(path).status_code, client.post(path, BODY).status_code] == [404, 404]
