"""How organisations, the vehicles on their lists, and their invoices are shown."""

from datetime import date, datetime
from typing import Self

from parking.checkout.organisation_money import payments_of
from parking.edge.shapes import Shape
from parking.passes.models import Organisation, OrganisationInvoice, OrganisationKind, PassVehicle
from parking.passes.organisation_rules import Billing, Pricing
from parking.payments.models import Payment, PaymentMethod


class OrganisationOut(Shape):
    """An organisation. `amber_at` and `paying_at` are set while an invoice is unpaid: from when it is overdue."""

    id: int
    name: str
    kind: OrganisationKind
    plan_id: int
    plan_name: str
    site_id: int
    site_name: str
    gstin: str | None
    address: str | None
    contact_id: int | None
    contact: str | None
    vehicles: int
    inside: int
    pricing: Pricing
    price: float
    billing: Billing
    due_days: int
    amber_days: int
    starts_on: date
    ends_on: date | None
    pass_number: str
    pass_code: str
    status: str
    amber_at: datetime | None
    paying_at: datetime | None

    example = {
        "id": 1,
        "name": "City Hospital",
        "kind": "HOSPITAL",
        "plan_id": 2,
        "plan_name": "Monthly",
        "site_id": 1,
        "site_name": "Connaught Place",
        "gstin": "07AAACC1206D1ZM",
        "address": "12 Ring Road, New Delhi",
        "contact_id": None,
        "contact": None,
        "vehicles": 40,
        "inside": 25,
        "pricing": "PER_VEHICLE",
        "price": 2500.0,
        "billing": "MONTHLY",
        "due_days": 15,
        "amber_days": 7,
        "starts_on": "2026-11-01",
        "ends_on": None,
        "pass_number": "P-000124",
        "pass_code": "PASS-4H2M9QX2T0ZD",
        "status": "ACTIVE",
        "amber_at": None,
        "paying_at": None,
    }

    @classmethod
    def of(cls, one: Organisation) -> Self:
        """Return an organisation; it must come with plan, site, contact and pass."""
        held = one.subscription
        return cls.read(
            one,
            plan_name=one.plan.name,
            site_id=one.plan.site_id,
            site_name=one.plan.site.name,
            gstin=one.gstin or None,
            address=one.address or None,
            contact=one.contact.username if one.contact else None,
            pass_number=held.number,
            pass_code=held.pass_code,
            status=held.status,
            amber_at=held.amber_at,
            paying_at=held.paying_at,
        )


class ListedVehicleOut(Shape):
    """A vehicle on a list, from and until when; without `until_at`, for good."""

    vehicle_number: str
    from_at: datetime
    until_at: datetime | None

    example = {"vehicle_number": "DL-01-AB-1234", "from_at": "2026-11-30T18:30:00Z", "until_at": None}

    @classmethod
    def of(cls, row: PassVehicle) -> Self:
        """Return a place on a list."""
        return cls.read(row, vehicle_number=row.vehicle.vehicle_number)


class EnteredOut(Shape):
    """Money that was entered against an invoice; TDS is tax that the customer deducted."""

    id: int
    method: PaymentMethod
    amount: float
    reference: str | None
    at: datetime

    example = {"id": 91, "method": "BANK", "amount": 98000.0, "reference": "SBIN526331", "at": "2026-12-10T06:30:00Z"}

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Return a payment."""
        return cls.read(payment, reference=payment.reference or None, at=payment.captured_at)


class OrganisationInvoiceOut(Shape):
    """The invoice of a month: `total` includes tax; it is paid once nothing is `due`."""

    number: int
    starts_at: datetime
    ends_at: datetime
    vehicles: int
    total: float
    paid: float
    due: float
    due_on: date
    paid_at: datetime | None
    written_off_at: datetime | None
    payments: list[EnteredOut]

    example = {
        "number": 1,
        "starts_at": "2026-10-31T18:30:00Z",
        "ends_at": "2026-11-30T18:30:00Z",
        "vehicles": 40,
        "total": 100000.0,
        "paid": 98000.0,
        "due": 2000.0,
        "due_on": "2026-12-16",
        "paid_at": None,
        "written_off_at": None,
        "payments": [EnteredOut.example],
    }

    @classmethod
    def of(cls, invoice: OrganisationInvoice) -> Self:
        """Return an invoice; it must come with its bill."""
        bill = invoice.bill
        return cls.read(
            invoice,
            total=bill.total,
            paid=bill.paid,
            due=bill.due,
            payments=[EnteredOut.of(payment) for payment in payments_of(invoice)],
        )
