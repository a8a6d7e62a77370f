"""The calls of organisations: terms, list, invoices, payments, and what reports and notices say of them."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.checkout.organisation_money import invoice_months, note_overdue_invoices
from parking.checkout.refunding import refund_any_payment
from parking.facilities.models import ParkingZone
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.models import Organisation
from parking.payments.models import Payment
from tests.api.reading import data_of, errors_of, problem_of
from tests.build import actor, enter, leave, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, refused
from tests.invoices.conftest import GSTIN, register
from tests.moments import START
from tests.passes.build import make_plan
from tests.passes.organisations import again, invoiced, make_organisation, midday, pay, upload

pytestmark = pytest.mark.django_db

BASE = "/api/admin/organisations/"
CARS = ("DL-01-AB-0001", "DL-01-AB-0002", "DL-01-AB-0003")
LATER = date(2026, 12, 22)


@pytest.fixture(autouse=True)
def at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


def _body(zone: ParkingZone, **fields: Any) -> dict[str, Any]:
    return {
        "name": "City Hospital", "kind": "HOSPITAL", "plan_id": make_plan(zone).pk, "gstin": GSTIN.lower(),
        "vehicles": 40, "inside": 25, "pricing": "PER_VEHICLE", "price": 2500, "billing": "MONTHLY",
    } | fields  # fmt: skip


def _send(client: ApiClient, organisation: Organisation, *lines: str, **fields: str) -> Any:
    file = BytesIO("\n".join(["vehicle_number,leaves_on", *lines]).encode())
    file.name = "list.csv"
    address = f"{BASE}{organisation.pk}/vehicles/"
    return client.client.post(address, {"file": file, **fields}, headers=client.headers)


def test_a_manager_makes_and_changes_one(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = data_of(as_admin.post(BASE, _body(zone)), 201)
    assert (made["gstin"], made["due_days"], made["amber_days"], made["starts_on"], made["status"]) == (
        GSTIN, 15, 7, "2026-11-22", "ACTIVE",
    )  # fmt: skip
    changed = data_of(as_admin.patch(f"{BASE}{made['id']}/", {"vehicles": 50, "ends_on": "2027-03-31"}))
    assert (changed["vehicles"], changed["ends_on"], changed["pass_number"]) == (50, "2027-03-31", made["pass_number"])
    assert data_of(as_admin.patch(f"{BASE}{made['id']}/", {"ends_on": None}))["ends_on"] is None
    assert [row["id"] for row in data_of(as_admin.get(BASE))["results"]] == [made["id"]]
    # Its pass is none of those that are sold.
    assert data_of(as_admin.get("/api/admin/passes/"))["results"] == []
    cancel = as_admin.patch(f"/api/admin/passes/{made['pass_number']}/", {"cancel": True})
    assert problem_of(cancel) == (404, "pass_not_found")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"gstin": "29AAGCB7383J1Z5"}, {"gstin"}),
        ({"inside": 41}, {"inside"}),
        ({"price": 0}, {"price"}),
        ({"price": 300_000}, {"price"}),
        ({"contact_id": 999_999}, {"contact_id"}),
        ({"starts_on": "2027-01-01", "ends_on": "2026-12-31"}, {"ends_on"}),
        ({"kind": "CLUB"}, {"kind"}),
        ({"vehicles": 2001}, {"vehicles"}),
    ],
)
def test_what_does_not_fit_is_named(
    as_admin: ApiClient, zone: ParkingZone, fields: dict[str, Any], named: set[str]
) -> None:
    assert errors_of(as_admin.post(BASE, _body(zone, **fields))) == named
    assert not Organisation.objects.exists()


def test_plan_billing_and_first_day_are_chosen_once(as_admin: ApiClient, zone: ParkingZone) -> None:
    made = data_of(as_admin.post(BASE, _body(zone)), 201)
    shown = data_of(as_admin.patch(f"{BASE}{made['id']}/", {"billing": "AHEAD", "starts_on": "2027-01-01"}))
    assert (shown["billing"], shown["starts_on"]) == ("MONTHLY", "2026-11-22")


def test_a_list_is_uploaded_and_read(as_admin: ApiClient, zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    tried = data_of(_send(as_admin, organisation, *CARS, dry_run="true"))
    assert (tried["done"], [row["action"] for row in tried["rows"]]) == (False, ["ADD"] * 3)
    assert data_of(_send(as_admin, organisation, *CARS))["done"]
    wrong = data_of(_send(as_admin, organisation, "?", "DL-01-AB-0009"))
    assert [(fault["row"], fault["code"]) for fault in wrong["faults"]] == [(2, "plate_invalid"), (3, "list_full")]
    whole = data_of(_send(as_admin, organisation, f"{CARS[0]},2026-11-30", replace="true"))
    assert {(row["name"], row["action"]) for row in whole["rows"]} == {(car, "LEAVE") for car in CARS}
    listed = data_of(as_admin.get(f"{BASE}{organisation.pk}/vehicles/"))["results"]
    assert [(row["vehicle_number"], row["until_at"]) for row in listed] == [
        (CARS[0], "2026-11-30T18:30:00Z"),
        (CARS[1], "2026-11-22T18:30:00Z"),
        (CARS[2], "2026-11-22T18:30:00Z"),
    ]
    assert problem_of(_send(as_admin, organisation, '"x')) == (400, "list_unreadable")


def test_an_invoice_is_read_paid_and_taken_away(admin: User, zone: ParkingZone, time_machine: Traveller) -> None:
    register(zone.site)
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    time_machine.move_to(midday(LATER), tick=False)
    client = ApiClient(admin)
    address = f"{BASE}{organisation.pk}/invoices/"
    (shown,) = data_of(client.get(address))
    assert (shown["number"], shown["total"], shown["due"], shown["due_on"]) == (1, 3000.0, 3000.0, "2027-01-01")
    body = {"amount": 2900, "tds": 60, "reference": "UTR1", "tds_reference": "TDS-7"}
    answers = [client.post(f"{address}1/payments/", body, Idempotency_Key="k1") for _ in range(2)]
    paid = data_of(answers[1], 201)
    assert (paid["paid"], paid["due"]) == (2960.0, 40.0)
    assert [(row["method"], row["amount"], row["reference"]) for row in paid["payments"]] == [
        ("BANK", 2900.0, "UTR1"),
        ("TDS", 60.0, "TDS-7"),
    ]
    assert problem_of(client.post(f"{address}1/payments/", {"amount": 41, "reference": "U2"})) == (
        400, "amount_exceeds_due",
    )  # fmt: skip
    assert errors_of(client.post(f"{address}1/payments/", {"amount": 40})) == {"reference"}
    assert problem_of(client.get(f"{address}7/invoice.pdf")) == (404, "invoice_not_found")
    pdf = client.get(f"{address}1/invoice.pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert_books_agree()


def test_the_sums_of_reports_agree_with_the_row_passes(
    admin: User, staff: User, zone: ParkingZone, time_machine: Traveller
) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    now = midday(LATER)
    session = enter(staff, take_ticket(zone, "KA-01-AB-0001", now), now)
    pay(admin, organisation, 1, "1900", tds="100", now=now)
    time_machine.move_to(now, tick=False)
    leave(staff, session, now=now)
    as_admin = ApiClient(admin)
    report = data_of(as_admin.get("/api/admin/revenue-report/", date=LATER.isoformat()))
    zones = {row["zone_name"]: row["revenue"] for row in report["zones"]}
    assert zones == {"Zone A": 50.0, "Passes": 2000.0}
    methods = {row["method"]: row["revenue"] for row in report["methods"]}
    assert methods == {"CASH": 50.0, "ONLINE": 0.0, "UPI": 0.0, "BANK": 1900.0, "TDS": 100.0}
    assert report["total"] == sum(zones.values()) == sum(methods.values())
    rows = data_of(as_admin.get("/api/admin/payments/", start_date=LATER.isoformat(), end_date=LATER.isoformat()))
    assert sorted((row["method"], row["amount"]) for row in rows["results"] if row["session_id"] is None) == [
        ("BANK", 1900.0),
        ("TDS", 100.0),
    ]
    assert rows["totals"]["net"] == 2050.0


def test_tax_that_was_deducted_is_not_given_back(admin: User, zone: ParkingZone) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS)
    invoiced(organisation, LATER)
    pay(admin, organisation, 1, "0", tds="100", now=midday(LATER))
    with refused("tds_not_refundable"):
        refund_any_payment(
            actor=actor(admin), payment_id=Payment.objects.get().pk, amount=Decimal("100.00"), reason="No",
            now=midday(LATER),
        )  # fmt: skip


def test_the_contact_is_told_of_invoices_and_once_of_overdue_ones(driver: User, zone: ParkingZone) -> None:
    organisation = make_organisation(zone, contact_id=driver.pk)
    upload(organisation, *CARS)
    invoice_months(now=midday(LATER))
    assert note_overdue_invoices(now=midday(date(2027, 1, 1))) == 0
    assert note_overdue_invoices(now=midday(date(2027, 1, 2))) == 1
    assert note_overdue_invoices(now=midday(date(2027, 1, 3))) == 0
    take_events(now=midday(date(2027, 1, 3)))
    told = list(Notice.objects.filter(person=driver).order_by("pk"))
    address = f"/organisations/{organisation.pk}/"
    assert [(row.kind, row.path, row.values["amount"]) for row in told] == [
        ("organisation_invoiced", address, "3000.00"),
        ("organisation_overdue", address, "3000.00"),
    ]
    assert told[1].values["pays_from"] == again(organisation).subscription.paying_at.isoformat()  # type: ignore[union-attr]
