"""The money of organisations: invoices by the month, and what the office enters against them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import takewhile

from django.db import transaction
from django.db.models import F, Max, Q

from parking.audit import services as audit
from parking.checkout.collecting import Collection, refuse_missing_reference
from parking.core import idempotency
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import InvalidInput, Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.invoices import customers
from parking.passes import organisation_invoices
from parking.passes.events import OrganisationInvoiced, OrganisationOverdue, OrganisationPaid
from parking.passes.models import Organisation, OrganisationInvoice
from parking.passes.organisation_invoices import (
    invoice_by_number,
    last_written,
    lock_invoice,
    note_balance,
    vehicles_in,
    write_month,
)
from parking.passes.organisation_rules import Month, Pricing, months_to_invoice
from parking.passes.organisations import agreement_of, lock_pass_of, organisation_by_id, organisations_of, zone_of
from parking.payments import bills, orders
from parking.payments.models import Bill, Payment, PaymentMethod
from parking.payments.takings import Entry

METHODS = (PaymentMethod.BANK, PaymentMethod.UPI, PaymentMethod.CASH)
_LONGEST_REFERENCE = 40

# --- Invoices by the month -------------------------------------------------------------------------------


def invoice_months(*, now: datetime) -> int:
    """Write the invoices whose time has come; answers how many.

    One transaction for each organisation, decided again under its lock: safe to repeat, to run twice at once, and to
    run after an outage of any length. What is written late is due as many days later.
    """
    rows = Organisation.objects.select_related("plan__site")
    rows = rows.annotate(written=Max("invoices__number"), until=Max("invoices__ends_at")).order_by("pk")
    rows = rows.filter(Q(until=None) | Q(until__lt=F("subscription__ends_at")))
    candidates = [one.pk for one in rows if _months(one, one.written or 0, one.until, now)]
    return sum(_invoice(pk, now) for pk in candidates)


def _months(organisation: Organisation, written: int, until: datetime | None, now: datetime) -> list[Month]:
    zone = zone_of(organisation)
    today, since = now.astimezone(zone).date(), until.astimezone(zone).date() if until else None
    months = months_to_invoice(agreement_of(organisation), written=written, today=today, since=since)
    return list(takewhile(partial(_is_priced, organisation, today), months))


def _is_priced(organisation: Organisation, today: date, month: Month) -> bool:
    """Return whether it is known what a month costs: with a price for each vehicle, once it is over or has vehicles."""
    if month.ends <= today or organisation.pricing != Pricing.PER_VEHICLE:
        return True
    return vehicles_in(organisation, organisation.subscription, month) > 0


def _invoice(organisation_id: int, now: datetime) -> int:
    with transaction.atomic(durable=True):
        held = lock_pass_of(organisation_id)
        organisation = organisation_by_id(organisation_id, sites=None)
        last = last_written(organisation)
        months = _months(organisation, last.number if last else 0, last.ends_at if last else None, now)
        for month in months:
            invoice = write_month(organisation=organisation, held=held, month=month, now=now)
            name_customer(invoice.bill, organisation, actor=SYSTEM, now=now)
            event = OrganisationInvoiced(
                organisation_id=organisation.pk,
                number=invoice.number,
                amount=invoice.bill.total,
                vehicles=invoice.vehicles,
                due_on=invoice.due_on.isoformat(),
            )
            audit.record(SYSTEM, event, now)
    return len(months)


def name_customer(bill: Bill, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Put name, address and GSTIN of an organisation on the documents of a bill, as they are now."""
    if bill.total == ZERO:
        return
    wanted = customers.Wanted(company=organisation.name, gstin=organisation.gstin, address=organisation.address)
    customers.give_details(actor=actor, bill=bill, wanted=wanted, now=now)


def note_overdue_invoices(*, now: datetime) -> int:
    """Record invoices whose last day to pay has passed, so that the contact is told; answers how many.

    Safe to repeat, and to run twice at once. What the gate does follows from the time alone.
    """
    late = OrganisationInvoice.objects.filter(
        paid_at=None, written_off_at=None, due_at__lte=now, overdue_noted_at=None
    ).order_by("pk")
    return sum(_note_overdue(bill_id, now) for bill_id in list(late.values_list("bill_id", flat=True)))


def _note_overdue(bill_id: int, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        invoice = lock_invoice(bill_id)
        if invoice.paid_at or invoice.written_off_at or invoice.overdue_noted_at:
            return False
        organisation_invoices.note_overdue(invoice=invoice, now=now)
        pays_from = invoice.due_at + timedelta(days=invoice.organisation.amber_days)
        event = OrganisationOverdue(
            organisation_id=invoice.organisation_id,
            number=invoice.number,
            due=invoice.bill.due,
            pays_from=pays_from.isoformat(),
        )
        audit.record(SYSTEM, event, now)
    return True


# --- What is paid ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """What an organisation paid against an invoice: an amount that came, and tax that it deducted (rupees).

    `method` is BANK, UPI or CASH; `reference` the bank's number, or UPI's 12 digits; `tds_reference` the number of the
    certificate, if it is known.
    """

    amount: Decimal
    tds: Decimal = ZERO
    method: str = PaymentMethod.BANK
    reference: str = ""
    tds_reference: str = ""


def enter_payment(
    *,
    actor: Actor,
    organisation_id: int,
    number: int,
    received: Received,
    now: datetime,
    key: RequestKey | None = None,
) -> OrganisationInvoice:
    """Write down what was paid of an invoice, wholly or in part.

    Raises NotFound `organisation_not_found`, `invoice_not_found`; Refused `nothing_due`, `amount_exceeds_due`,
    `payment_method_invalid`, `upi_reference_invalid`, `upi_reference_used`, `bank_reference_used`; InvalidInput;
    RepeatedRequest.
    """
    organisation = organisation_by_id(organisation_id, sites=actor.sites)
    found = invoice_by_number(organisation, number)
    entries = _entries(received, actor)
    with transaction.atomic():
        idempotency.claim(key, subject=str(found.pk), now=now)
        invoice = lock_invoice(found.bill_id)
        if invoice.bill.due == ZERO:
            raise Refused("nothing_due", "Nothing is due on this invoice")
        # The contact may be paying what was due until now; should it come all the same, it counts, or goes back.
        orders.give_up(bill=invoice.bill, now=now)
        bills.pay_on_account(bill=invoice.bill, entries=entries, now=now)
        note_balance(invoice=invoice, now=now)
        event = OrganisationPaid(
            organisation_id=organisation.pk,
            number=number,
            amount=received.amount,
            tds=received.tds,
            method=received.method,
            due=invoice.bill.due,
        )
        audit.record(actor, event, now)
    return invoice_by_number(organisations_of(actor.sites).get(pk=organisation.pk), number)


def _entries(received: Received, actor: Actor) -> list[Entry]:
    """Return the rows of money to be written. Raises as `enter_payment`."""
    if received.method not in METHODS:
        raise Refused("payment_method_invalid", "Invalid payment method. Use BANK, UPI or CASH")
    method, reference = PaymentMethod(received.method), received.reference.strip()
    if min(received.amount, received.tds) < ZERO or received.amount + received.tds == ZERO:
        raise InvalidInput({"amount": ["More than 0"]})
    if max(len(reference), len(received.tds_reference)) > _LONGEST_REFERENCE:
        raise InvalidInput({"reference": [f"At most {_LONGEST_REFERENCE} characters"]})
    if received.amount > ZERO:
        refuse_missing_reference(Collection(method, upi_reference=reference))
        if method == PaymentMethod.BANK and not reference:
            raise InvalidInput({"reference": ["The number of the transfer or cheque is needed"]})
    rows = [
        Entry(method, received.amount, actor.user_id, reference),
        Entry(PaymentMethod.TDS, received.tds, actor.user_id, received.tds_reference.strip()),
    ]
    return [row for row in rows if row.amount > ZERO]


def payments_of(invoice: OrganisationInvoice) -> list[Payment]:
    """Return what was entered against an invoice, in its order."""
    return list(Payment.objects.filter(bill_id=invoice.bill_id).order_by("pk"))
