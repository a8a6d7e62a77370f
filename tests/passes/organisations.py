"""Builders of organisations, their lists and invoices."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from parking.accounts.models import User
from parking.checkout.organisation_money import Received, enter_payment, invoice_months
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.importing.faults import Report
from parking.facilities.models import ParkingZone
from parking.passes.models import Organisation, OrganisationInvoice, Plan
from parking.passes.organisation_list import import_list
from parking.passes.organisations import create_organisation, organisation_by_id
from tests.build import actor
from tests.moments import START
from tests.passes.build import make_plan

TERMS: dict[str, Any] = {
    "name": "City Hospital",
    "kind": "HOSPITAL",
    "gstin": "",
    "address": "12 Ring Road, New Delhi",
    "contact_id": None,
    "vehicles": 3,
    "inside": 2,
    "pricing": "PER_VEHICLE",
    "price": Decimal("1000.00"),
    "billing": "MONTHLY",
    "due_days": 10,
    "amber_days": 5,
    "starts_on": None,
    "ends_on": None,
}


def make_organisation(
    zone: ParkingZone, *, now: datetime = START, plan: Plan | None = None, **terms: Any
) -> Organisation:
    """Return a hospital of three vehicles, two inside, ₹1,000 a month for each, due ten days after the month."""
    plan = plan or make_plan(zone, name="Staff", period="MONTH")
    fields = {**TERMS, "plan_id": plan.pk, **terms}
    return create_organisation(actor=SYSTEM, fields=fields, now=now)


def upload(
    organisation: Organisation, *lines: str, replaces: bool = False, dry_run: bool = False, now: datetime = START
) -> Report:
    """Upload a list: `KA-01-AB-0001,2026-12-01,2026-12-31` for each vehicle."""
    text = "\n".join(["vehicle_number,joins_on,leaves_on", *lines])
    return upload_file(organisation, text.encode(), replaces=replaces, dry_run=dry_run, now=now)


def upload_file(
    organisation: Organisation, content: bytes, *, replaces: bool = False, dry_run: bool = False, now: datetime = START
) -> Report:
    return import_list(
        actor=SYSTEM,
        organisation_id=organisation.pk,
        content=content,
        replaces=replaces,
        dry_run=dry_run,
        now=now,
    )


def midday(day: date) -> datetime:
    """Return midday of a date in Delhi."""
    return clock.day_start(day).replace(hour=12)


def invoiced(organisation: Organisation, day: date) -> list[OrganisationInvoice]:
    """Let the worker run on a day, and return the invoices, the first one first."""
    invoice_months(now=midday(day))
    return list(OrganisationInvoice.objects.select_related("bill").filter(organisation=organisation).order_by("number"))


def pay(
    admin: User, organisation: Organisation, number: int, amount: str, *, tds: str = "0", now: datetime, **more: str
) -> OrganisationInvoice:
    received = Received(Decimal(amount), Decimal(tds), **{"reference": "UTR1", **more})
    return enter_payment(actor=actor(admin), organisation_id=organisation.pk, number=number, received=received, now=now)


def again(organisation: Organisation) -> Organisation:
    return organisation_by_id(organisation.pk, sites=None)
