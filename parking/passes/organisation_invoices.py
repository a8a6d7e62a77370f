"""The only writer of the invoices of organisations: a month with its bill, and what was paid of it.

The pass of the organisation must be locked (`organisations.lock_pass_of`); `checkout.organisation_billing` records.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from parking.core import clock
from parking.core.errors import NotFound
from parking.core.money import ZERO
from parking.passes.models import Organisation, OrganisationInvoice, Subscription
from parking.passes.organisation_rules import Month, Pricing, most_at_once
from parking.passes.organisations import refresh_overdue, stretches_of, zone_of
from parking.payments import bills
from parking.payments.models import BillKind
from parking.tariffs.rules import BillLine, Charge, LineKind


def write_month(*, organisation: Organisation, held: Subscription, month: Month, now: datetime) -> OrganisationInvoice:
    """Write the invoice of a month: its bill is closed at once, and due as many days later as was agreed.

    One that costs nothing is paid.
    """
    zone = zone_of(organisation)
    starts_at, ends_at = clock.day_start(month.starts, zone), clock.day_start(month.ends, zone)
    vehicles = vehicles_in(organisation, held, month)
    charge = _charge(organisation, month, vehicles, ends_at)
    bill = bills.open(
        kind=BillKind.ORGANISATION, site_id=organisation.plan.site_id, payer_id=organisation.contact_id, now=now
    )
    bills.put_on_account(bill=bill, charge=charge, now=now)
    due_on = now.astimezone(zone).date() + timedelta(days=organisation.due_days)
    invoice = OrganisationInvoice.objects.create(
        organisation=organisation,
        number=month.number,
        starts_at=starts_at,
        ends_at=ends_at,
        vehicles=vehicles,
        bill=bill,
        due_on=due_on,
        due_at=clock.day_start(due_on + timedelta(days=1), zone),
        paid_at=now if charge.total == ZERO else None,
        created_at=now,
    )
    refresh_overdue(organisation, held)
    return invoice


def _charge(organisation: Organisation, month: Month, vehicles: int, until: datetime) -> Charge:
    price = month.share_of(organisation.price)
    quantity = vehicles if organisation.pricing == Pricing.PER_VEHICLE else 1
    part = "" if month.days == month.whole else f", {month.days} of {month.whole} days"
    first, last = month.starts, month.ends - timedelta(days=1)
    label = f"Parking {first:%d %b %Y} to {last:%d %b %Y}{part}"
    lines = (BillLine(label, quantity, price, LineKind.PASS),) if quantity * price > ZERO else ()
    return Charge(lines, until)


def vehicles_in(organisation: Organisation, held: Subscription, month: Month) -> int:
    """Return how many vehicles are on the list at once at most in a month, as it is now."""
    zone = zone_of(organisation)
    starts_at, ends_at = clock.day_start(month.starts, zone), clock.day_start(month.ends, zone)
    return most_at_once(stretches_of(held), starts=starts_at, ends=ends_at)


def last_written(organisation: Organisation) -> OrganisationInvoice | None:
    """Return the invoice of the last month that has one."""
    return OrganisationInvoice.objects.filter(organisation=organisation).order_by("number").last()


def lock_invoice(bill_id: int) -> OrganisationInvoice:
    """Lock the pass of the organisation that a bill belongs to, then the invoice and the bill; return it with both."""
    organisation_id = OrganisationInvoice.objects.values_list("organisation_id", flat=True).get(bill_id=bill_id)
    rows = Subscription.objects.select_for_update(no_key=True)
    held = rows.get(organisation_id=organisation_id)
    found = OrganisationInvoice.objects.select_related("bill", "organisation__plan__site")
    invoice = found.select_for_update(of=("self", "bill"), no_key=True).get(bill_id=bill_id)
    invoice.organisation.subscription = held
    return invoice


def note_balance(*, invoice: OrganisationInvoice, now: datetime) -> None:
    """Follow what was paid of an invoice that is locked: it is paid once nothing is due, and not any more otherwise."""
    is_paid = invoice.bill.due == ZERO
    if is_paid != (invoice.paid_at is not None):
        invoice.paid_at = now if is_paid else None
        invoice.save(update_fields=["paid_at"])
    refresh_overdue(invoice.organisation, invoice.organisation.subscription)


def note_overdue(*, invoice: OrganisationInvoice, now: datetime) -> None:
    """Note that the contact is told of an invoice that is overdue; it must be locked."""
    invoice.overdue_noted_at = now
    invoice.save(update_fields=["overdue_noted_at"])


def write_off(*, invoice: OrganisationInvoice, now: datetime) -> None:
    """Give up what is due on an invoice, which must be locked; it is awaited no longer, and may still be paid."""
    invoice.written_off_at = now
    invoice.save(update_fields=["written_off_at"])
    refresh_overdue(invoice.organisation, invoice.organisation.subscription)


# --- Reads ---------------------------------------------------------------------------------------------


def invoices_of(organisation: Organisation) -> "list[OrganisationInvoice]":
    """Return the invoices of an organisation with their bills, the newest first."""
    return list(
        OrganisationInvoice.objects.select_related("bill").filter(organisation=organisation).order_by("-number")
    )


def invoice_by_number(organisation: Organisation, number: int) -> OrganisationInvoice:
    """Return an invoice by the number of its month. Raises NotFound `invoice_not_found`."""
    rows = OrganisationInvoice.objects.select_related("bill").filter(organisation=organisation, number=number)
    found = rows.first()
    if found is None:
        raise NotFound("invoice_not_found", "There is no such invoice")
    found.organisation = organisation
    return found


def due_by_organisation(ids: Collection[int]) -> dict[int, Decimal]:
    """Return what organisations owe on their invoices, in rupees; those that owe nothing are missing."""
    rows = OrganisationInvoice.objects.select_related("bill").filter(
        organisation_id__in=ids, paid_at=None, written_off_at=None
    )
    found: dict[int, Decimal] = {}
    for invoice in rows:
        found[invoice.organisation_id] = found.get(invoice.organisation_id, ZERO) + invoice.bill.due
    return found
