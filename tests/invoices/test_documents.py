"""Which document a payment has, what it says, and that it is written once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import documents, settling
from parking.checkout.documents import facts_of
from parking.checkout.refunding import refund_payment
from parking.core.errors import NotFound, Refused
from parking.core.money import indian
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import NumberSeries, TaxDocument, TaxProfile
from parking.invoices.rules import LARGEST, own_prefix
from parking.invoices.services import issue_credit_note, issue_for_bill
from parking.invoices.sheets import sheet_of
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone, pay_ahead, terminate
from tests.gateway import FakeGateway
from tests.invoices.conftest import LATER, register, stayed
from tests.moments import START

LONG = timedelta(hours=4)

pytestmark = pytest.mark.django_db


def documents_of(user: User, payment: Payment, now: datetime = LATER) -> tuple[TaxDocument, ...]:
    return documents.documents_of_payment(payment_id=payment.pk, actor=actor(user), now=now)


def first_payment(session: ParkingSession) -> Payment:
    return Payment.objects.filter(bill=session.bill).order_by("pk")[0]


def give_back(admin: User, payment: Payment, amount: str, now: datetime = LATER) -> Refund:
    return refund_payment(
        actor=actor(admin),
        order_number=PaymentOrder.objects.get(payment=payment).order_id,
        amount=Decimal(amount),
        reason="Goodwill",
        now=now,
    )


# --- Of a bill -------------------------------------------------------------------------------------


def test_a_closed_bill_of_a_registered_operator_has_a_tax_invoice(
    registered: ParkingSite, stay: ParkingSession, driver: User
):
    (document,) = documents_of(driver, first_payment(stay))
    assert (document.number, document.kind, document.issued_at) == ("KA1/2627/0000001", "TAX_INVOICE", LATER)
    assert (document.taxable, document.cgst, document.sgst, document.total) == (
        Decimal("127.12"), Decimal("11.44"), Decimal("11.44"), Decimal("150.00"),
    )  # fmt: skip
    sheet = sheet_of(document)
    assert sheet.title == "Tax invoice"
    assert sheet.supplier_lines == ("12 Kempegowda Road, Bengaluru", "GSTIN 29AAGCB7383J1Z4")
    facts = dict(sheet.facts)
    assert (facts["Customer"], facts["Plate"]) == ("Asha Rao", plate_words(stay.vehicle.vehicle_number))
    assert facts["Parked at"] == "Main car park, Zone A, slot A-001"
    assert (facts["Entry"], facts["Exit"]) == ("22 Nov 2026, 10:00", "22 Nov 2026, 12:20")
    assert (facts["SAC"], facts["Place of supply"]) == ("996743 Parking lot services", "Karnataka (29)")
    assert sheet.sums == (("Taxable value", "127.12"), ("CGST 9%", "11.44"), ("SGST 9%", "11.44"))
    assert [amount for _, amount in sheet.money] == ["50.00", "100.00", "400.00"]
    assert sheet.money[2][0] == "Cash handed over 500.00, change"


def test_a_fee_that_the_payer_bore_stands_apart_on_the_receipt(
    gateway: FakeGateway, registered: ParkingSite, zone: ParkingZone, driver: User, staff: User
):
    gateway.outcome = GatewayState.PENDING
    session = book(driver, zone, now=START)
    order = PaymentOrder.objects.get(bill=session.bill)
    answer = OrderAnswer(order.order_id, GatewayState.COMPLETED, 5000, reference="pay_1", customer_fee=118)
    settling.settle(order=order, answer=answer, now=START)
    leave(staff, enter(staff, session, START), "CASH", START + timedelta(minutes=30))
    (document,) = documents_of(driver, first_payment(session))
    sheet = sheet_of(document)
    assert (document.total, [amount for _, amount in sheet.money]) == (Decimal("50.00"), ["50.00", "1.18"])
    assert sheet.money[1][0] == "Fee on top, kept by simulated, not part of this document"


def test_both_payments_of_a_bill_have_the_same_document(registered: ParkingSite, stay: ParkingSession, driver: User):
    found = {documents_of(driver, payment)[0].pk for payment in Payment.objects.all()}
    assert len(found) == 1
    assert TaxDocument.objects.count() == 1


def test_an_unregistered_operator_gives_a_plain_receipt(stay: ParkingSession, driver: User):
    (document,) = documents_of(driver, first_payment(stay))
    prefix = own_prefix(stay.zone.site_id)
    assert (document.kind, document.number) == ("RECEIPT", f"{prefix}R2627/0000001")
    assert (document.taxable, document.cgst, document.total) == (Decimal(150), Decimal(0), Decimal(150))
    sheet = sheet_of(document)
    assert (sheet.title, sheet.supplier, sheet.sums, sheet.amount_heading) == ("Receipt", "Main car park", (), "Amount")
    assert not {"SAC", "Place of supply", "Reverse charge"} & set(dict(sheet.facts))


def test_issuing_again_gives_the_same_document_and_takes_no_number(registered: ParkingSite, stay: ParkingSession):
    first = issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER)
    again = issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER + timedelta(days=200))
    assert first == again
    assert NumberSeries.objects.get().last == 1


def test_a_document_stays_as_it_is_when_the_world_changes(registered: ParkingSite, stay: ParkingSession, driver: User):
    payment = first_payment(stay)
    before = sheet_of(documents_of(driver, payment)[0])
    ParkingSite.objects.update(name="Another name")
    ParkingZone.objects.update(name="Zone Z")
    ParkingSession.objects.update(owner_name="Somebody")
    register(registered, prefix="KA2", holds_from=LATER.date())
    assert sheet_of(documents_of(driver, payment, LATER + timedelta(days=1))[0]) == before


def test_a_document_needs_a_closed_bill_that_charges_something(driver: User, zone: ParkingZone):
    session = book(driver, zone, now=START)
    with pytest.raises(ValueError, match="open or empty"):
        issue_for_bill(bill=session.bill, facts=facts_of(session), now=LATER)
    assert not TaxDocument.objects.exists()
    assert not NumberSeries.objects.exists()


def test_a_debt_stands_on_the_document(registered: ParkingSite, driver: User, staff: User, zone: ParkingZone):
    session = enter(staff, book(driver, zone, now=START), START)
    terminate(staff, session, "NONE", START + timedelta(minutes=140))
    (document,) = documents_of(driver, first_payment(session))
    assert sheet_of(document).money[-1] == ("Still due", "100.00")


def test_a_registered_supplier_at_rate_0_issues_a_bill_of_supply_with_its_note(
    registered: ParkingSite, stay: ParkingSession, driver: User, admin: User
):
    note = "Exempt: Notification 12/2017, entry 4"
    register(registered, prefix="KA2", holds_from=START.date(), rate=Decimal(0), legal_note=note)
    give_back(admin, first_payment(stay), "20.00")
    bill, credit_note = documents_of(driver, first_payment(stay))
    assert (bill.number, bill.kind, bill.taxable, bill.cgst) == (
        "KA2/2627/0000001", "TAX_INVOICE", Decimal(150), Decimal(0),
    )  # fmt: skip
    sheet = sheet_of(bill)
    assert (sheet.title, sheet.amount_heading) == ("Bill of supply", "Amount")
    assert sheet.sums == (("Value of supply, without tax", "150.00"),)
    assert sheet.notes[0] == note
    assert "Reverse charge" not in dict(sheet.facts)
    assert (sheet_of(credit_note).title, sheet_of(credit_note).notes[0]) == ("Credit note", note)


def test_an_older_document_at_rate_0_stays_the_tax_invoice_that_it_was(
    registered: ParkingSite, stay: ParkingSession, driver: User
):
    TaxProfile.objects.update(rate=0)
    sheet = sheet_of(documents_of(driver, first_payment(stay))[0])
    assert (sheet.title, sheet.sums[1]) == ("Tax invoice", ("CGST 0%", "0.00"))


# --- Of a payment ----------------------------------------------------------------------------------


def test_money_before_the_service_has_a_receipt_voucher_and_later_the_invoice(
    registered: ParkingSite, driver: User, staff: User, zone: ParkingZone
):
    session = book(driver, zone, now=START)
    payment = first_payment(session)
    (voucher,) = documents_of(driver, payment, START)
    assert (voucher.kind, voucher.number, voucher.total) == ("RECEIPT", "KA1R2627/0000001", Decimal(50))
    assert (sheet_of(voucher).title, sheet_of(voucher).total) == ("Receipt voucher", ("Received", "₹50.00"))
    leave(staff, enter(staff, session, START), "CASH", START + timedelta(hours=1))
    (invoice,) = documents_of(driver, payment)
    assert (invoice.kind, invoice.number) == ("TAX_INVOICE", "KA1/2627/0000001")
    assert documents_of(driver, payment)[0] == invoice
    assert TaxDocument.objects.count() == 2


def test_a_booking_that_was_cancelled_has_a_refund_voucher(registered: ParkingSite, driver: User, zone: ParkingZone):
    session = book(driver, zone, now=START)
    cancel(driver, session, START + timedelta(minutes=2))
    receipt, voucher = documents_of(driver, first_payment(session))
    assert (receipt.kind, voucher.kind, voucher.number) == ("RECEIPT", "REFUND_VOUCHER", "KA1V2627/0000001")
    assert (voucher.total, voucher.cgst, voucher.original) == (Decimal(50), receipt.cgst, receipt)
    assert dict(sheet_of(voucher).facts)["Refers to"] == f"{receipt.number} of 22 Nov 2026"


def test_money_that_came_too_late_has_a_receipt_of_its_own(
    registered: ParkingSite, driver: User, staff: User, zone: ParkingZone, gateway: FakeGateway
):
    session = enter(staff, book(driver, zone, now=START), START)
    gateway.outcome = GatewayState.PENDING
    pay_ahead(driver, session, START + timedelta(minutes=130))
    late = PaymentOrder.objects.get(bill=session.bill, purpose="AHEAD")
    leave(staff, session, "CASH", START + timedelta(minutes=140))
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=late, now=START + timedelta(minutes=150))
    payment = Payment.objects.get(order=late)
    receipt, voucher = documents_of(driver, payment)
    assert (receipt.kind, voucher.kind, voucher.total) == ("RECEIPT", "REFUND_VOUCHER", payment.amount)
    (invoice,) = documents_of(driver, first_payment(session))
    assert [amount for _, amount in sheet_of(invoice).money] == ["50.00", "100.00"]


# --- Credit notes ----------------------------------------------------------------------------------


def test_refunds_after_the_invoice_have_credit_notes_that_add_up_to_it(
    registered: ParkingSite, driver: User, staff: User, admin: User, zone: ParkingZone
):
    session = enter(staff, book(driver, zone, now=START), START)
    leave(staff, session, "CASH", START + timedelta(minutes=30))
    payment = first_payment(session)
    (invoice,) = documents_of(driver, payment, START + timedelta(hours=1))
    give_back(admin, payment, "25.00")
    give_back(admin, payment, "25.00", LATER + timedelta(minutes=1))
    found, *notes = documents_of(driver, payment, LATER + timedelta(minutes=2))
    assert found == invoice
    assert [note.number for note in notes] == ["KA1C2627/0000001", "KA1C2627/0000002"]
    # Split each for itself, both halves would be 1.91 twice, a paisa more than the invoice has.
    assert [note.cgst for note in notes] == [Decimal("1.91"), Decimal("1.90")]
    for name in ("taxable", "cgst", "sgst", "total"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name)


def test_what_was_given_back_before_the_invoice_was_written_is_invoiced_and_credited(
    registered: ParkingSite, stay: ParkingSession, driver: User, admin: User
):
    give_back(admin, first_payment(stay), "20.00")
    invoice, note = documents_of(driver, first_payment(stay))
    assert (invoice.total, note.total) == (Decimal(150), Decimal(20))
    assert [row.label for row in sheet_of(invoice).rows] == ["Parking"]
    assert sheet_of(note).rows[0].label == "Goodwill"


def test_more_than_the_document_is_never_credited(registered: ParkingSite, stay: ParkingSession, admin: User):
    invoice = issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER)
    refund = give_back(admin, first_payment(stay), "50.00")
    TaxDocument.objects.update(total=Decimal("49.99"))
    invoice.refresh_from_db()
    with pytest.raises(ValueError, match="more than what is left"):
        issue_credit_note(document=invoice, refund=refund, now=LATER)
    assert not NumberSeries.objects.filter(kind="CREDIT_NOTE").exists()


def test_a_credit_note_belongs_to_its_own_bill(
    stay: ParkingSession, driver: User, staff: User, admin: User, zone: ParkingZone
):
    other = stayed(driver, staff, zone)
    invoice = issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=LATER)
    with pytest.raises(ValueError, match="does not belong"):
        issue_credit_note(document=invoice, refund=give_back(admin, first_payment(other), "1.00"), now=LATER)


# --- Series and the sweep --------------------------------------------------------------------------


def test_a_new_financial_year_begins_at_one(registered: ParkingSite, driver: User, staff: User, zone: ParkingZone):
    midnight = datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
    stays = [stayed(driver, staff, zone, now=midnight - timedelta(days=1)) for _ in range(3)]
    times = [midnight - timedelta(seconds=1), midnight, midnight + timedelta(seconds=1)]
    issued = [
        issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=now) for stay, now in zip(stays, times, strict=True)
    ]
    assert [document.number for document in issued] == ["KA1/2627/0000001", "KA1/2728/0000001", "KA1/2728/0000002"]


def test_year_and_times_of_a_document_are_its_sites(
    registered: ParkingSite, driver: User, staff: User, zone: ParkingZone
):
    ParkingSite.objects.filter(pk=registered.pk).update(time_zone="Asia/Dubai")
    midnight = datetime(2027, 3, 31, 20, 0, tzinfo=UTC)
    first, second = (stayed(driver, staff, ParkingZone.objects.get(pk=zone.pk), now=midnight - LONG) for _ in range(2))
    issued = [
        issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=now)
        for stay, now in ((first, midnight - timedelta(seconds=1)), (second, midnight))
    ]
    assert [document.number for document in issued] == ["KA1/2627/0000001", "KA1/2728/0000001"]
    facts = dict(sheet_of(issued[0]).facts)
    assert (facts["Date"], facts["Entry"]) == ("31 Mar 2027", "31 Mar 2027, 20:00")
    # The document keeps the zone of its issue; one without a zone is older, and shows the operator's times.
    ParkingSite.objects.filter(pk=registered.pk).update(time_zone="Europe/London")
    document = TaxDocument.objects.get(pk=issued[0].pk)
    assert dict(sheet_of(document).facts)["Entry"] == "31 Mar 2027, 20:00"
    del document.snapshot["time_zone"]
    assert dict(sheet_of(document).facts)["Entry"] == "31 Mar 2027, 21:30"


def test_a_series_that_is_used_up_issues_nothing_and_says_so(
    registered: ParkingSite, stay: ParkingSession, driver: User
):
    NumberSeries.objects.create(site=registered, prefix="KA1", kind="TAX_INVOICE", year="2627", last=LARGEST)
    with pytest.raises(Refused) as refusal:
        documents_of(driver, first_payment(stay))
    assert refusal.value.code == "series_used_up"
    assert not TaxDocument.objects.exists()


def test_dates_follow_the_numbers(registered: ParkingSite, driver: User, staff: User, zone: ParkingZone):
    first, second = stayed(driver, staff, zone), stayed(driver, staff, zone)
    issue_for_bill(bill=first.bill, facts=facts_of(first), now=LATER)
    waited = issue_for_bill(bill=second.bill, facts=facts_of(second), now=LATER - timedelta(seconds=3))
    assert (waited.number, waited.issued_at) == ("KA1/2627/0000002", LATER)


def test_the_sweep_issues_what_is_missing_once(
    registered: ParkingSite, driver: User, staff: User, admin: User, zone: ParkingZone
):
    stays = [stayed(driver, staff, zone, now=START + timedelta(minutes=number)) for number in range(3)]
    cancel(driver, book(driver, zone, now=START), START + timedelta(minutes=1))
    book(driver, zone, now=START)
    give_back(admin, first_payment(stays[0]), "10.00")
    assert documents.issue_missing_documents(now=LATER) == 4
    assert documents.issue_missing_documents(now=LATER) == 0
    invoices = TaxDocument.objects.filter(kind="TAX_INVOICE").order_by("number")
    assert [document.bill_id for document in invoices] == [stay.bill_id for stay in stays]
    assert TaxDocument.objects.filter(kind="CREDIT_NOTE").count() == 1


def test_where_no_site_issues_documents_no_session_is_read(stay: ParkingSession, django_assert_num_queries: Any):
    with django_assert_num_queries(2):  # profiles, and refunds without a note
        assert documents.issue_missing_documents(now=LATER, within=None) == 0


def test_a_site_without_numbers_left_does_not_hold_up_the_others(
    registered: ParkingSite, stay: ParkingSession, driver: User, staff: User
):
    NumberSeries.objects.create(site=registered, prefix="KA1", kind="TAX_INVOICE", year="2627", last=LARGEST)
    other = ParkingSite.objects.create(name="Second car park", code="SCP", state="OPEN", created_at=START)
    register(other, prefix="KA2")
    zone = make_zone("Zone B")
    ParkingZone.objects.filter(pk=zone.pk).update(site=other)
    stayed(driver, staff, ParkingZone.objects.get(pk=zone.pk), now=START + timedelta(hours=3))
    assert documents.issue_missing_documents(now=LATER) == 1
    assert TaxDocument.objects.get().number == "KA2/2627/0000001"


def test_a_stay_that_was_given_back_whole_is_invoiced_and_credited(
    registered: ParkingSite, driver: User, staff: User, admin: User, zone: ParkingZone
):
    session = enter(staff, book(driver, zone, now=START), START)
    leave(staff, session, "CASH", START + timedelta(minutes=30))
    give_back(admin, first_payment(session), "50.00")
    assert documents.issue_missing_documents(now=LATER) == 2


def test_the_frequent_run_looks_back_three_days_and_the_daily_one_further(
    registered: ParkingSite, stay: ParkingSession
):
    much_later = START + timedelta(days=9)
    assert documents.issue_missing_documents(now=much_later) == 0
    assert documents.issue_missing_documents(now=much_later, within=None) == 1


def test_the_sweep_leaves_sites_without_profile_alone(stay: ParkingSession):
    assert documents.issue_missing_documents(now=LATER, within=None) == 0


# --- Whose it is -----------------------------------------------------------------------------------


def test_another_driver_sees_nothing(stay: ParkingSession):
    with pytest.raises(NotFound):
        documents_of(make_user(), first_payment(stay))
    assert not TaxDocument.objects.exists()


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.50", "0.50"), ("999.00", "999.00"), ("1234.50", "1,234.50"), ("1234567.5", "12,34,567.50"),
     ("10000000", "1,00,00,000.00")],
)  # fmt: skip
def test_rupees_are_grouped_as_in_india(amount, text):
    assert indian(Decimal(amount)) == text
