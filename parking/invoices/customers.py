"""The customer's company and GSTIN for the documents of one bill: checked, written, and read at the issue."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, Refused
from parking.invoices.events import CustomerDetailsGiven
from parking.invoices.gstin import cleaned, fault_of
from parking.invoices.models import CustomerDetails, TaxDocument
from parking.invoices.snapshot import Recipient
from parking.payments.models import Bill

COMPANY_LENGTH, ADDRESS_LENGTH = 150, 300


@dataclass(frozen=True)
class Wanted:
    """What shall stand on the documents; all of it empty takes back what was given."""

    company: str = ""
    gstin: str = ""
    address: str = ""


def details_of(bill: Bill) -> CustomerDetails:
    """Return the details that were given for a bill; empty ones, not stored, if none were."""
    return CustomerDetails.objects.filter(bill=bill).first() or CustomerDetails(bill=bill)


def is_issued(bill: Bill) -> bool:
    """Return whether the bill has its invoice or receipt; vouchers for single payments do not count."""
    return TaxDocument.objects.filter(bill=bill).of_bill().exists()


def recipient_of(bill: Bill, recipient: Recipient) -> Recipient:
    """Return the recipient of a bill's documents, with the details that were given for it."""
    given = details_of(bill)
    return replace(recipient, company=given.company, gstin=given.gstin, address=given.address)


def give_details(*, actor: Actor, bill: Bill, wanted: Wanted, now: datetime) -> CustomerDetails:
    """Write the details for a bill that the caller has locked in a transaction, so that none is issued meanwhile.

    Raises InvalidInput, and Refused `document_issued` once the bill has its invoice or receipt.
    """
    gstin = cleaned(wanted.gstin)
    _check(wanted, gstin)
    if is_issued(bill):
        raise Refused("document_issued", "The invoice was issued already; what stands on it cannot be changed")
    with transaction.atomic():
        values = {"company": wanted.company, "gstin": gstin, "address": wanted.address, "given_at": now}
        details, _ = CustomerDetails.objects.update_or_create(bill=bill, defaults=values)
        event = CustomerDetailsGiven(bill_id=bill.pk, has_company=bool(wanted.company), has_gstin=bool(gstin))
        audit.record(actor, event, now)
    return details


def _check(wanted: Wanted, gstin: str) -> None:
    errors = {}
    if gstin and (fault := fault_of(gstin)):
        errors["gstin"] = fault.sentence
    if not wanted.company and (gstin or wanted.address):
        errors["company"] = "The name under which the GSTIN is registered is needed"
    for field, most in (("company", COMPANY_LENGTH), ("address", ADDRESS_LENGTH)):
        if len(getattr(wanted, field)) > most:
            errors[field] = f"At most {most} characters"
    if errors:
        raise InvalidInput({field: [text] for field, text in errors.items()})
