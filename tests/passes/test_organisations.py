"""Organisations: their list, what their vehicles are covered for, their invoices, and what is overdue."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.checkout import pass_entry, pass_renewing
from parking.checkout.documents import document_of_organisation, issue_missing_documents
from parking.checkout.organisation_money import invoice_months
from parking.checkout.refunding import approve_refund, refund_any_payment
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError, InvalidInput
from parking.facilities.models import ParkingZone
from parking.invoices.models import TaxDocument
from parking.invoices.sheets import sheet_of
from parking.passes.models import Organisation, OrganisationInvoice, PassVehicle, Subscription
from parking.passes.organisations import change_organisation
from parking.payments.models import Debt, Payment
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import actor, leave, make_user
from tests.client import ApiClient
from tests.invariants import assert_books_agree, refused
from tests.invoices.conftest import GSTIN, register
from tests.moments import START, at
from tests.passes.build import bought, make_plan
from tests.passes.organisations import again, invoiced, make_organisation, midday, pay, upload, upload_file

pytestmark = pytest.mark.django_db

CARS = ("DL-01-AB-0001", "DL-01-AB-0002", "DL-01-AB-0003")


def _enter(staff: User, organisation: Organisation, plate: str, now: datetime = START) -> pass_entry.PassEntered:
    return pass_entry.enter_with_pass(
        actor=actor(staff), qr_code=organisation.subscription.pass_code, plate=plate, now=now
    )


# --- The list ----------------------------------------------------------------------------------------------


def test_a_list_is_tried_first_and_then_carried_out(zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    tried = upload(organisation, *CARS, dry_run=True)
    assert ([row.action for row in tried.outcomes], tried.is_done) == (["ADD"] * 3, False)
    assert not PassVehicle.objects.exists()
    assert upload(organisation, *CARS).is_done
    assert Vehicle.objects.filter(has_pass=True).count() == 3
    assert [row.action for row in upload(organisation, *CARS).outcomes] == ["KEEP"] * 3
    line = AuditEntry.objects.get(action="organisation.list_changed")
    assert (line.subject_id, len(line.facts["joined"])) == (organisation.pk, 3)


def test_faults_are_told_by_row_and_nothing_is_changed(zone: ParkingZone, driver: User) -> None:
    organisation = make_organisation(zone, vehicles=2)
    bought(driver, make_plan(zone), CARS[2])
    report = upload(
        organisation,
        CARS[0],
        "dl01ab0001",
        "?",
        f"{CARS[1]},tomorrow",
        f"{CARS[1]},2026-12-02,2026-12-01",
        CARS[2],
        ",2026-12-01",
    )
    assert [(fault.row, fault.column, fault.code) for fault in report.faults] == [
        (3, "vehicle_number", "twice"),
        (4, "vehicle_number", "plate_invalid"),
        (5, "joins_on", "date_invalid"),
        (6, "leaves_on", "dates_reversed"),
        (7, "vehicle_number", "refused"),
        (8, "vehicle_number", "empty"),
    ]
    assert report.faults[4].error is not None
    assert report.faults[4].error.code == "pass_overlap"
    assert not PassVehicle.objects.filter(subscription=organisation.subscription).exists()


def test_the_quota_holds_at_every_moment(zone: ParkingZone) -> None:
    organisation = make_organisation(zone, vehicles=2, inside=1)
    full = upload(organisation, *CARS)
    assert [(fault.row, fault.code) for fault in full.faults] == [(4, "list_full")]
    # The third comes when the first has left.
    assert upload(organisation, f"{CARS[0]},,2026-11-30", CARS[1], f"{CARS[2]},2026-12-01").is_done
    # On the list already, but not two days earlier, and the first does not stay.
    for line in (f"{CARS[2]},2026-11-29", CARS[0]):
        assert [fault.code for fault in upload(organisation, line).faults] == ["list_full"]
    places = PassVehicle.objects.filter(subscription=organisation.subscription)
    assert places.filter(until_at=None).count() == 2


def test_joiners_and_leavers_have_dates(zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    upload(organisation, f"{CARS[0]},2026-12-01", f"{CARS[1]},,30-11-2026")
    places = [
        (row.vehicle.vehicle_number, row.from_at, row.until_at)
        for row in PassVehicle.objects.select_related("vehicle").order_by("pk")
    ]
    assert places == [
        (CARS[0], datetime(2026, 11, 30, 18, 30, tzinfo=UTC), None),
        (CARS[1], datetime(2026, 11, 21, 18, 30, tzinfo=UTC), datetime(2026, 11, 30, 18, 30, tzinfo=UTC)),
    ]
    whole = upload(organisation, CARS[2], replaces=True)
    assert {(row.row, row.name, row.action) for row in whole.outcomes} == {
        (0, CARS[0], "LEAVE"),
        (0, CARS[1], "LEAVE"),
        (2, CARS[2], "ADD"),
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", "list_unreadable"),
        (b'vehicle_number\n"DL', "list_unreadable"),
        (b"vehicle_number\n" + b"DL-01-AB-1234\n" * 2001, "list_too_large"),
        (b"x" * 500_001, "list_too_large"),
    ],
)
def test_a_file_that_is_no_list_is_refused(zone: ParkingZone, content: bytes, code: str) -> None:
    organisation = make_organisation(zone)
    with refused(code):
        upload_file(organisation, content)


@pytest.mark.parametrize(("field", "text"), [("address", "12\x00"), ("gstin", "\x00")])
def test_a_text_that_no_database_keeps_is_refused(zone: ParkingZone, admin: User, field: str, text: str) -> None:
    address = f"/api/admin/organisations/{make_organisation(zone).pk}/"
    assert list(ApiClient(admin).patch(address, {field: text}).json()["errors"]) == [field]


# --- At the gate -------------------------------------------------------------------------------------------


def test_as_many_as_agreed_are_covered_and_one_more_pays(zone: ParkingZone, staff: User) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    sessions = [_enter(staff, organisation, plate).session for plate in CARS]
    assert [(one.subscription_id, one.pass_note) for one in sessions] == [
        (organisation.subscription.pk, ""),
        (organisation.subscription.pk, ""),
        (None, "ALL_INSIDE"),
    ]
    assert sessions[0].owner_name == "City Hospital"
    assert sessions[0].driver_id is None
    for one in sessions:
        one.refresh_from_db()
    assert [leave(staff, one, now=at(120)).session.bill.total for one in sessions] == [
        Decimal("0.00"), Decimal("0.00"), Decimal("100.00"),
    ]  # fmt: skip
    assert_books_agree()


def test_overdue_is_amber_and_then_pays_until_it_is_paid(zone: ParkingZone, staff: User, admin: User) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    (invoice,) = invoiced(organisation, date(2026, 12, 22))
    assert (invoice.bill.total, invoice.vehicles, invoice.due_on) == (Decimal("3000.00"), 3, date(2027, 1, 1))

    def seen(day: date) -> tuple[bool, bool]:
        entered = _enter(staff, organisation, CARS[0], midday(day))
        entered.session.refresh_from_db()
        leave(staff, entered.session, now=midday(day) + timedelta(hours=1))
        return entered.in_grace, entered.session.subscription_id is not None

    assert seen(date(2027, 1, 1)) == (False, True)
    assert seen(date(2027, 1, 2)) == (True, True)
    assert seen(date(2027, 1, 6)) == (True, True)
    assert seen(date(2027, 1, 7)) == (True, False)
    pay(admin, organisation, 1, "2900", tds="100", now=midday(date(2027, 1, 8)))
    assert seen(date(2027, 1, 8)) == (False, True)
    assert_books_agree()


def test_the_agreement_ends_with_its_last_day(zone: ParkingZone, staff: User) -> None:
    organisation = make_organisation(zone, ends_on=date(2026, 12, 5))
    upload(organisation, *CARS)
    assert _enter(staff, organisation, CARS[0], midday(date(2026, 12, 5))).session.subscription_id
    pass_renewing.expire_passes(now=midday(date(2026, 12, 6)))
    with pytest.raises(DomainError, match="does not hold"):
        _enter(staff, organisation, CARS[1], midday(date(2026, 12, 6)))
    (invoice,) = invoiced(organisation, date(2026, 12, 6))
    # 14 of the 30 days until 22 December, three vehicles.
    assert invoice.bill.total == Decimal("1400.01")
    assert invoice.bill.lines[0]["label"] == "Parking 22 Nov 2026 to 05 Dec 2026, 14 of 30 days"
    assert invoice_months(now=midday(date(2027, 3, 1))) == 0
    assert_books_agree()


# --- Invoices ----------------------------------------------------------------------------------------------


def test_after_an_outage_each_month_is_invoiced_once(zone: ParkingZone) -> None:
    make_organisation(zone, starts_on=date(2026, 10, 31), price=Decimal("999.99"), pricing="LUMP_SUM")
    late = midday(date(2027, 3, 2))
    assert (invoice_months(now=late), invoice_months(now=late)) == (4, 0)
    rows = OrganisationInvoice.objects.order_by("number")
    assert [(row.number, row.ends_at.date(), row.due_on) for row in rows] == [
        (1, date(2026, 11, 29), date(2027, 3, 12)),
        (2, date(2026, 12, 30), date(2027, 3, 12)),
        (3, date(2027, 1, 30), date(2027, 3, 12)),
        (4, date(2027, 2, 27), date(2027, 3, 12)),
    ]
    assert {row.bill.total for row in rows.select_related("bill")} == {Decimal("999.99")}
    assert_books_agree()


def test_paid_ahead_is_invoiced_before_the_month_begins(zone: ParkingZone) -> None:
    organisation = make_organisation(zone, billing="AHEAD", due_days=7, starts_on=date(2026, 12, 1))
    upload(organisation, CARS[0], f"{CARS[1]},2026-12-15", now=START)
    assert invoiced(organisation, date(2026, 11, 23)) == []
    (invoice,) = invoiced(organisation, date(2026, 11, 24))
    assert (invoice.vehicles, invoice.bill.total, invoice.due_on) == (2, Decimal("2000.00"), date(2026, 12, 1))
    assert_books_agree()


def test_paid_ahead_waits_for_the_first_list(zone: ParkingZone) -> None:
    """The worker runs before the office uploads the list: the month is not invoiced for nothing."""
    organisation = make_organisation(zone, billing="AHEAD", due_days=7, starts_on=date(2026, 11, 22))
    assert invoiced(organisation, date(2026, 11, 22)) == []
    upload(organisation, *CARS[:2], now=midday(date(2026, 11, 24)))
    (invoice,) = invoiced(organisation, date(2026, 11, 24))
    assert (invoice.vehicles, invoice.bill.total, invoice.due_on) == (2, Decimal("2000.00"), date(2026, 12, 1))
    assert_books_agree()


def test_a_month_ahead_in_which_no_vehicle_came_costs_nothing_in_the_end(zone: ParkingZone) -> None:
    organisation = make_organisation(zone, billing="AHEAD", due_days=7, starts_on=date(2026, 11, 22))
    (invoice,) = invoiced(organisation, date(2026, 12, 22))
    assert (invoice.number, invoice.vehicles, invoice.bill.total) == (1, 0, Decimal("0.00"))


def test_the_rest_of_a_cut_month_is_invoiced_where_the_agreement_lasts_longer(zone: ParkingZone) -> None:
    organisation = make_organisation(zone, pricing="LUMP_SUM", price=Decimal(3000), ends_on=date(2026, 12, 1))
    # Ten days of thirty are agreed.
    invoice_months(now=midday(date(2026, 12, 2)))
    change_organisation(
        actor=SYSTEM, organisation_id=organisation.pk, changes={"ends_on": None}, now=midday(date(2026, 12, 2))
    )
    rows = invoiced(organisation, date(2027, 1, 22))
    assert [(row.number, row.bill.total) for row in rows] == [
        (1, Decimal("1000.00")),
        (2, Decimal("2000.00")),
        (3, Decimal("3000.00")),
    ]
    assert [row.starts_at for row in rows[1:]] == [row.ends_at for row in rows[:2]]
    assert_books_agree()


def test_an_agreement_lasts_no_longer_into_another_pass_of_its_vehicle(driver: User, zone: ParkingZone) -> None:
    organisation = make_organisation(zone, ends_on=date(2026, 12, 1))
    upload(organisation, CARS[0])
    bought(driver, make_plan(zone), CARS[0], starts_on=date(2026, 12, 5))
    changes = {"ends_on": date(2026, 12, 31)}
    with refused("pass_overlap"):
        change_organisation(actor=SYSTEM, organisation_id=organisation.pk, changes=changes, now=START)


def test_a_vehicle_that_leaves_stays_no_longer_into_another_pass_of_it(driver: User, zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    upload(organisation, f"{CARS[0]},,2026-12-01")
    bought(driver, make_plan(zone), CARS[0], starts_on=date(2026, 12, 5))
    report = upload(organisation, f"{CARS[0]},,2026-12-31")
    assert [(fault.code, fault.error.code if fault.error else "") for fault in report.faults] == [
        ("refused", "pass_overlap")
    ]
    assert upload(organisation, f"{CARS[0]},,2026-12-04").is_done


def test_a_month_without_vehicles_costs_nothing_and_has_no_document(zone: ParkingZone) -> None:
    register(zone.site)
    organisation = make_organisation(zone)
    (invoice,) = invoiced(organisation, date(2026, 12, 22))
    assert (invoice.bill.total, invoice.paid_at) == (Decimal("0.00"), midday(date(2026, 12, 22)))
    assert issue_missing_documents(now=midday(date(2026, 12, 22))) == 0
    assert_books_agree()


def test_the_invoice_is_a_tax_invoice_for_the_organisation(zone: ParkingZone) -> None:
    register(zone.site)
    organisation = make_organisation(zone, gstin=GSTIN)
    upload(organisation, *CARS)
    (invoice,) = invoiced(organisation, date(2026, 12, 22))
    now = midday(date(2026, 12, 22))
    assert (issue_missing_documents(now=now), issue_missing_documents(now=now)) == (1, 0)
    (document,) = document_of_organisation(invoice, now=now)
    assert (document.kind, document.total, document.taxable, document.cgst) == (
        "TAX_INVOICE", Decimal("3000.00"), Decimal("2542.38"), Decimal("228.81"),
    )  # fmt: skip
    sheet = sheet_of(document)
    facts = dict(sheet.facts)
    assert (facts["Customer"], facts["Customer's GSTIN"]) == ("City Hospital", GSTIN)
    assert facts["Customer's address"] == "12 Ring Road, New Delhi"
    assert facts["To be paid by"] == "1 Jan 2027"
    assert sheet.rows[0].label == "Parking 22 Nov 2026 to 21 Dec 2026"
    assert sheet.money == (("Still due", "3,000.00"),)


def test_payments_come_in_parts_and_with_tax_deducted(zone: ParkingZone, admin: User) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, date(2026, 12, 22))
    now = midday(date(2026, 12, 24))
    first = pay(admin, organisation, 1, "1000.00", tds="60.00", now=now)
    assert (first.bill.due, first.paid_at) == (Decimal("1940.00"), None)
    with refused("bank_reference_used"):
        pay(admin, organisation, 1, "1.00", now=now)
    with refused("amount_exceeds_due"):
        pay(admin, organisation, 1, "1900.00", tds="40.01", reference="UTR2", now=now)
    with refused("payment_method_invalid"):
        pay(admin, organisation, 1, "1.00", method="ONLINE", now=now)
    with refused("upi_reference_invalid"):
        pay(admin, organisation, 1, "1.00", method="UPI", reference="123", now=now)
    rest = pay(admin, organisation, 1, "1940.00", reference="UTR2", now=now)
    assert rest.paid_at == now
    with refused("nothing_due"):
        pay(admin, organisation, 1, "1.00", reference="UTR3", now=now)
    rows = [(row.method, row.amount, row.reference) for row in Payment.objects.order_by("pk")]
    assert rows == [
        ("BANK", Decimal("1000.00"), "UTR1"),
        ("TDS", Decimal("60.00"), ""),
        ("BANK", Decimal("1940.00"), "UTR2"),
    ]
    assert again(organisation).subscription.amber_at is None
    assert not Debt.objects.exists()
    assert_books_agree()


def test_money_that_goes_back_has_a_credit_note(zone: ParkingZone, admin: User) -> None:
    register(zone.site)
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    (invoice,) = invoiced(organisation, date(2026, 12, 22))
    now = midday(date(2026, 12, 24))
    issue_missing_documents(now=now)
    pay(admin, organisation, 1, "3000.00", now=now)
    payment, second = Payment.objects.get(), make_user(Role.ADMIN)
    refund = refund_any_payment(
        actor=actor(admin), payment_id=payment.pk, amount=Decimal("1000.00"), reason="One car less", now=now
    )
    approve_refund(actor=actor(second), refund_id=refund.pk, now=now)
    assert issue_missing_documents(now=now) == 1
    note = TaxDocument.objects.get(kind="CREDIT_NOTE")
    assert (note.total, note.original.bill_id if note.original else None) == (Decimal("1000.00"), invoice.bill_id)
    assert len(document_of_organisation(invoice, now=now)) == 2
    assert_books_agree()


# --- Changing one ------------------------------------------------------------------------------------------


def test_other_terms_hold_from_now_on(zone: ParkingZone, admin: User) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    with pytest.raises(InvalidInput) as caught:
        change_organisation(
            actor=actor(admin), organisation_id=organisation.pk, changes={"vehicles": 2, "inside": 2}, now=at(1)
        )
    assert caught.value.errors == {"vehicles": ["3 are on the list"]}
    changed = change_organisation(
        actor=actor(admin), organisation_id=organisation.pk, changes={"vehicles": 5, "inside": 3}, now=at(1)
    )
    assert (changed.subscription.coverage.vehicles, changed.subscription.coverage.inside) == (5, 3)
    with refused("organisation_name_taken"):
        make_organisation(zone, plan=organisation.plan)
    assert ParkingSession.objects.count() == 0
    assert Subscription.objects.count() == 1
