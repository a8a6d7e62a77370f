"""Receipts and invoices of stays, passes and organisations: which one a payment has, and issuing what is missing.

A document is written when somebody first asks for it, or by the worker's sweep; never at the gate, where a car waits
(docs/adr/0009-documents-are-issued-behind-the-gate.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from parking.accounts.models import User
from parking.core.actor import Actor, ActorKind
from parking.core.errors import NotFound, Refused
from parking.core.money import ZERO
from parking.invoices.models import TaxDocument, TaxProfile
from parking.invoices.services import charged_total, issue_credit_note, issue_for_bill, issue_receipt
from parking.invoices.snapshot import Details, Facts, Recipient
from parking.passes.models import OrganisationInvoice, PassPeriod
from parking.payments.models import Bill, BillKind, Debt, Payment, Refund, RefundStatus
from parking.stays.models import ParkingSession

log = structlog.get_logger(__name__)

# Most documents that one run of the sweep issues: the next run goes on.
AT_ONCE = 500
# How far back the frequent run looks; the daily one looks at everything.
LATELY = timedelta(days=3)


def documents_of_payment(*, payment_id: int, actor: Actor, now: datetime) -> tuple[TaxDocument, ...]:
    """The document of a payment, and the notes to it of what was refunded later; issued now if they were not.

    Raises as `find_payment`.
    """
    return issued_documents(*find_payment(payment_id=payment_id, actor=actor), now=now)


@dataclass(frozen=True)
class Sale:
    """What a bill was for, as documents have it: a stay (`session`), a period of a pass, a month of an organisation.

    `account` is whose it is, None for a walk-in.
    """

    bill: Bill
    facts: Facts
    account: User | None
    session: ParkingSession | None = None


def find_payment(*, payment_id: int, actor: Actor) -> tuple[Payment, Sale]:
    """Return a payment and what it was for.

    Raises NotFound `payment_not_found`, also for a payment that is neither the caller's own nor of work that they see.
    """
    payment = Payment.objects.select_related("bill").filter(pk=payment_id).first()
    sale = _sale_of(payment.bill) if payment else None
    if payment is None or sale is None or not _may_see(actor, sale):
        raise NotFound("payment_not_found", "There is no such payment")
    return payment, sale


def _sale_of(bill: Bill) -> Sale | None:
    if bill.kind == BillKind.PASS:
        period = _periods().filter(bill=bill).first()
        return _sale_of_pass(period) if period else None
    if bill.kind == BillKind.ORGANISATION:
        return _sale_of_organisation(_organisation_invoices().get(bill=bill))
    session = _stays().filter(bill=bill).first()
    return _sale_of_stay(session) if session else None


def _sale_of_organisation(invoice: OrganisationInvoice) -> Sale:
    return Sale(invoice.bill, facts_of_organisation(invoice), invoice.organisation.contact)


def document_of_organisation(invoice: OrganisationInvoice, *, now: datetime) -> tuple[TaxDocument, ...]:
    """Return the invoice of a month and the notes to it, issued now if they were not. Raises NotFound if it is free."""
    found = _organisation_invoices().get(pk=invoice.pk)
    if charged_total(found.bill) == ZERO:
        raise NotFound("invoice_not_found", "There is no such invoice")
    document = issue_for_bill(bill=found.bill, facts=facts_of_organisation(found), now=now)
    return (document, *_notes_to(document, now))


def _stays() -> "QuerySet[ParkingSession]":
    return ParkingSession.objects.whole().select_related("zone__site", "driver")


def _periods() -> "QuerySet[PassPeriod]":
    return PassPeriod.objects.select_related("bill", "subscription__plan__site", "subscription__driver")


def _organisation_invoices() -> "QuerySet[OrganisationInvoice]":
    rows = OrganisationInvoice.objects.select_related("bill", "organisation__plan__site", "organisation__contact")
    return rows.select_related("organisation__subscription")


def _sale_of_stay(session: ParkingSession) -> Sale:
    return Sale(session.bill, facts_of(session), session.driver, session)


def _sale_of_pass(period: PassPeriod) -> Sale:
    return Sale(period.bill, facts_of_pass(period), period.subscription.driver)


def issued_documents(payment: Payment, sale: Sale, *, now: datetime) -> tuple[TaxDocument, ...]:
    """Return the documents of a payment, issued now if they were not."""
    document = _document_of(payment, sale, now)
    return (document, *_notes_to(document, now))


def _notes_to(document: TaxDocument, now: datetime) -> Iterator[TaxDocument]:
    for refund in _refunds_after(document).order_by("pk"):
        yield issue_credit_note(document=document, refund=refund, now=now)


def _may_see(actor: Actor, sale: Sale) -> bool:
    if actor.kind == ActorKind.SYSTEM:
        return True
    is_own = actor.user_id is not None and sale.account is not None and sale.account.pk == actor.user_id
    return is_own or (actor.sees_work and actor.works_at(sale.facts.site.pk))


def _document_of(payment: Payment, sale: Sale, now: datetime) -> TaxDocument:
    if _is_covered(payment, payment.bill):
        return issue_for_bill(bill=payment.bill, facts=sale.facts, now=now)
    return issue_receipt(payment=payment, facts=sale.facts, now=now)


def _is_covered(payment: Payment, bill: Bill) -> bool:
    """Whether a payment stands on its bill's document: not one for an open or empty bill, nor money that came later."""
    if bill.closed_at is None or charged_total(bill) == ZERO:
        return False
    if bill.kind == BillKind.ORGANISATION:
        # Its invoice goes out before the money comes.
        return True
    # A debt is part of what the document of its bill charged.
    return payment.captured_at <= bill.closed_at or Debt.objects.filter(payment=payment).exists()


def _refunds_after(document: TaxDocument) -> "QuerySet[Refund]":
    """What went back of a document's money after it was closed; what went back before stands on it."""
    done = Refund.objects.filter(status=RefundStatus.COMPLETED).select_related("payment")
    if document.payment_id is not None:
        return done.filter(payment_id=document.payment_id)
    bill = document.bill
    if bill.kind == BillKind.ORGANISATION:
        return done.filter(payment__bill=bill)
    return done.filter(payment__bill=bill, payment__captured_at__lte=bill.closed_at, created_at__gt=bill.closed_at)


def facts_of(session: ParkingSession) -> Facts:
    """What a document says of a stay. The session must come with its slot, vehicle, zone and site."""
    zone = session.zone
    return Facts(
        site=zone.site,
        recipient=Recipient(name=session.owner_name),
        details=Details(
            booking=session.pk,
            plate=session.vehicle.vehicle_number,
            site=zone.site.name,
            zone=zone.name,
            slot=session.slot_number or "",
            entry=session.entry_time,
            exit=session.exit_time,
            code=session.qr_code,
        ),
    )


def facts_of_pass(period: PassPeriod) -> Facts:
    """What a document says of a period of a pass. It must come with its pass, plan, site and driver."""
    held = period.subscription
    site = held.plan.site
    plates = held.vehicles.filter(until_at=None).order_by("pk").values_list("vehicle__vehicle_number", flat=True)
    details = Details(
        booking=0,
        plate=", ".join(plates),
        site=site.name,
        zone="",
        pass_number=f"{held.number}, {held.plan.name}",
        holds_from=period.starts_at,
        holds_until=period.ends_at,
    )
    return Facts(site=site, recipient=Recipient(name=held.holder_name), details=details)


def facts_of_organisation(invoice: OrganisationInvoice) -> Facts:
    """What a document says of a month of an organisation. It must come with its organisation, plan, site and pass."""
    one = invoice.organisation
    details = Details(
        booking=0,
        plate="",
        site=one.plan.site.name,
        zone="",
        pass_number=f"{one.subscription.number}, {one.plan.name}",
        holds_from=invoice.starts_at,
        holds_until=invoice.ends_at,
        due_on=invoice.due_on,
    )
    return Facts(site=one.plan.site, recipient=Recipient(name=one.name), details=details)


# --- The sweep -------------------------------------------------------------------------------------


def issue_missing_documents(*, now: datetime, within: timedelta | None = LATELY) -> int:
    """Issue what closed bills and finished refunds lack, at sites that have a tax profile; answers how many.

    Safe to repeat, and to run twice at once. `within` None looks back to the day on which the first profile holds.
    """
    since = None if within is None else now - within
    return _issue_for_bills(since, now) + _issue_notes(since, now)


def _issue_for_bills(since: datetime | None, now: datetime) -> int:
    first = TaxProfile.objects.aggregate(day=Min("holds_from"))["day"]
    if first is None:
        return 0
    # A day more, for every time zone. Told so, the database reads no bill of the years before the first profile.
    earliest = datetime.combine(first, time.min, UTC) - timedelta(days=1)
    issued = 0
    for sale in _sales_without_document(earliest if since is None else max(since, earliest)):
        if issued == AT_ONCE:
            break
        if charged_total(sale.bill) > ZERO and _is_issued(sale, now):
            issued += 1
    return issued


def _is_issued(sale: Sale, now: datetime) -> bool:
    try:
        issue_for_bill(bill=sale.bill, facts=sale.facts, now=now)
    except Refused as refusal:
        # A site without numbers left shall not hold up the others; the office has an alert.
        log.error("document_not_issued", bill_id=sale.bill.pk, code=refusal.code)
        return False
    return True


def _sales_without_document(since: datetime) -> Iterator[Sale]:
    yield from map(_sale_of_stay, _without_document(since).iterator())
    yield from map(_sale_of_pass, _passes_without_document(since).iterator())
    yield from map(_sale_of_organisation, _organisations_without_document(since).iterator())


def _organisations_without_document(since: datetime) -> "QuerySet[OrganisationInvoice]":
    """Months of organisations that were invoiced, but have no document; as `_without_document`."""
    present = TaxDocument.objects.filter(bill=OuterRef("bill"), payment=None, original=None)
    site = OuterRef("organisation__plan__site")
    profiles = TaxProfile.objects.filter(site=site, holds_from__lte=OuterRef("created_at__date"))
    rows = _organisation_invoices().filter(~Exists(present), Exists(profiles), created_at__gte=since)
    return rows.order_by("created_at", "pk")


def _passes_without_document(since: datetime) -> "QuerySet[PassPeriod]":
    """Periods of passes that were paid, but have no document, in the order of their payment; as `_without_document`."""
    present = TaxDocument.objects.filter(bill=OuterRef("bill"), payment=None, original=None)
    site = OuterRef("subscription__plan__site")
    profiles = TaxProfile.objects.filter(site=site, holds_from__lte=OuterRef("paid_at__date"))
    rows = _periods().filter(~Exists(present), Exists(profiles), paid_at__gte=since)
    return rows.order_by("paid_at", "pk")


def _without_document(since: datetime) -> "QuerySet[ParkingSession]":
    """Stays whose bill was closed and charges something, but has no document, in the order in which they ended."""
    present = TaxDocument.objects.filter(bill=OuterRef("bill"), payment=None, original=None)
    # A site without a profile owes nobody a document: there it is written for whoever asks.
    profiles = TaxProfile.objects.filter(site=OuterRef("zone__site"), holds_from__lte=OuterRef("ended_at__date"))
    rows = _stays().filter(~Exists(present), Exists(profiles), bill__closed_at__isnull=False)
    # What was charged and given back whole is invoiced and credited; only what never cost anything is passed over.
    rows = rows.filter(Q(bill__total__gt=0) | Q(bill__refunded__gt=0), ended_at__gte=since)
    return rows.order_by("ended_at", "pk")


def _issue_notes(since: datetime | None, now: datetime) -> int:
    issued = 0
    for refund in _without_note(since).iterator():
        document = _present_document(refund.payment)
        if document is not None and _refunds_after(document).filter(pk=refund.pk).exists():
            issue_credit_note(document=document, refund=refund, now=now)
            issued += 1
    return issued


def _without_note(since: datetime | None) -> "QuerySet[Refund]":
    """Finished refunds that have no note, of money that stands on a document; most of them need one."""
    closed_at = F("payment__bill__closed_at")
    documents = TaxDocument.objects.all()
    of_bill = Exists(documents.filter(bill=OuterRef("payment__bill"), payment=None, original=None))
    of_payment = Exists(documents.filter(payment=OuterRef("payment")))
    refunds = Refund.objects.filter(status=RefundStatus.COMPLETED, documents=None)
    if since is not None:
        refunds = refunds.filter(completed_at__gte=since)
    needed = Q(of_bill, created_at__gt=closed_at) | Q(of_payment)
    return refunds.filter(needed).select_related("payment__bill").order_by("pk")


def _present_document(payment: Payment) -> TaxDocument | None:
    if _is_covered(payment, payment.bill):
        return TaxDocument.objects.filter(bill=payment.bill).of_bill().first()
    return TaxDocument.objects.filter(payment=payment).first()
