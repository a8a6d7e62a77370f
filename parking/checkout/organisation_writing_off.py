"""Giving up what an organisation owes on an overdue invoice, by an administrator with a second person's word."""

from datetime import datetime

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.passes.events import InvoiceWriteOffAsked, InvoiceWriteOffRefused, InvoiceWrittenOff
from parking.passes.models import OrganisationInvoice
from parking.passes.organisation_invoices import invoice_by_number, lock_invoice, write_off
from parking.passes.organisations import organisation_by_id
from parking.payments import orders

_KIND = ApprovalKind.INVOICE_WRITE_OFF


def ask_write_off(*, actor: Actor, organisation_id: int, number: int, reason: str, now: datetime) -> Approval:
    """Write down that what is due on an overdue invoice shall be given up; nothing changes before it is approved.

    What was refused may be asked for again. Raises NotFound `organisation_not_found`, `invoice_not_found`; Refused
    `nothing_due`, `invoice_not_overdue`, `asked_already` (it waits).
    """
    organisation = organisation_by_id(organisation_id, sites=actor.sites)
    found = invoice_by_number(organisation, number)
    with transaction.atomic():
        invoice = lock_invoice(found.bill_id)
        _refuse_not_overdue(invoice, now)
        approvals.forget_refused(kind=_KIND, subject_id=invoice.pk)
        if approvals.approval_of(kind=_KIND, subject_id=invoice.pk) is not None:
            raise Refused("asked_already", "Writing this invoice off waits for another administrator already")
        facts = {
            "organisation_id": organisation.pk,
            "number": number,
            "write_off": str(invoice.bill.due),
            "reason": reason,
        }
        approval = approvals.ask(
            kind=_KIND,
            subject_id=invoice.pk,
            site_id=organisation.plan.site_id,
            asked_by_id=actor.user_id,
            facts=facts,
            now=now,
        )
        asked = InvoiceWriteOffAsked(
            organisation_id=organisation.pk, number=number, amount=invoice.bill.due, reason=reason
        )
        audit.record(actor, asked, now)
    return approval


def approve_write_off(*, actor: Actor, invoice_id: int, now: datetime) -> None:
    """Give up what is due on an invoice: its organisation is overdue no longer. The bill stays as it was issued.

    Raises Refused `own_change`, `decided_already`, `nothing_due`; Forbidden `second_person_not_independent`.
    """
    with transaction.atomic():
        invoice = _locked(invoice_id)
        approval = approvals.undecided(kind=_KIND, subject_id=invoice_id)
        own = Refused("own_change", "Another administrator must approve what you asked for")
        approvals.refuse_first_person(approval, actor, own=own, now=now)
        if invoice.bill.due == ZERO:
            raise _nothing_due()
        # The contact may be paying at this moment; should the money come all the same, it counts.
        orders.give_up(bill=invoice.bill, now=now)
        write_off(invoice=invoice, now=now)
        _note(invoice_id, Decision.APPROVE, actor, now)
        written = InvoiceWrittenOff(
            organisation_id=invoice.organisation_id,
            number=invoice.number,
            amount=invoice.bill.due,
            reason=str(approval.facts["reason"]),
        )
        audit.record(actor, written, now)


def refuse_write_off(*, actor: Actor, invoice_id: int, now: datetime) -> None:
    """Leave an invoice as it is. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        invoice = _locked(invoice_id)
        asked_by = approvals.undecided(kind=_KIND, subject_id=invoice_id).asked_by_id
        _note(invoice_id, Decision.REFUSE, actor, now)
        refused = InvoiceWriteOffRefused(
            organisation_id=invoice.organisation_id, number=invoice.number, asked_by=asked_by
        )
        audit.record(actor, refused, now)


def _locked(invoice_id: int) -> OrganisationInvoice:
    return lock_invoice(OrganisationInvoice.objects.values_list("bill_id", flat=True).get(pk=invoice_id))


def _refuse_not_overdue(invoice: OrganisationInvoice, now: datetime) -> None:
    if invoice.bill.due == ZERO or invoice.written_off_at is not None:
        raise _nothing_due()
    if now < invoice.due_at:
        raise Refused("invoice_not_overdue", "An invoice is written off once it is overdue")


def _nothing_due() -> Refused:
    return Refused("nothing_due", "Nothing is due on this invoice")


def _note(invoice_id: int, decision: Decision, actor: Actor, now: datetime) -> None:
    approvals.note_decision(kind=_KIND, subject_id=invoice_id, decision=decision, decided_by_id=actor.user_id, now=now)
