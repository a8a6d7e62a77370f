"""The only writer of receipts, invoices, credit notes and their number series.

A number is taken under the lock of its series, in the transaction that writes the document: a rollback returns the
number, so a series has no gaps. Documents are never changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.core.site_settings import RECEIPT_FOOTER
from parking.facilities.models import ParkingSite
from parking.invoices.customers import recipient_of
from parking.invoices.events import DocumentIssued
from parking.invoices.models import DocumentKind, NumberSeries, TaxDocument, TaxDocumentQuerySet, TaxProfile
from parking.invoices.profiles import profile_at
from parking.invoices.rules import LARGEST, Split, document_number, financial_year, split_tax
from parking.invoices.snapshot import Facts, Line, Money, Original, Snapshot, Supplier
from parking.payments.models import Bill, Payment, Refund
from parking.tariffs.rules import BillLine, LineKind

# The letter of each series, in front of the number; invoices have none.
_LETTERS = {
    DocumentKind.TAX_INVOICE: "",
    DocumentKind.RECEIPT: "R",
    DocumentKind.CREDIT_NOTE: "C",
    DocumentKind.REFUND_VOUCHER: "V",
}
BEFORE_SERVICE = "Parking, paid in advance"

# --- Documents -------------------------------------------------------------------------------------


def issue_for_bill(*, bill: Bill, facts: Facts, now: datetime) -> TaxDocument:
    """Return the tax invoice of a closed bill, or an unregistered operator's receipt; write it at the first call.

    Raises ValueError for a bill that is open, or that charges nothing.
    """
    if bill.closed_at is None or charged_total(bill) <= ZERO:
        raise ValueError(f"{bill} is open or empty")
    present = TaxDocument.objects.filter(bill=bill).of_bill()
    return present.first() or _issue_for_bill(present, bill, facts, now)


def _issue_for_bill(present: "TaxDocumentQuerySet", bill: Bill, facts: Facts, now: datetime) -> TaxDocument:
    with transaction.atomic():
        # Details of the customer that are being written at this moment are waited for (customers.give_details).
        Bill.objects.select_for_update(no_key=True).get(pk=bill.pk)
        return _once(present, _draft_for_bill(bill, facts), now)


def _draft_for_bill(bill: Bill, facts: Facts) -> "_Draft":
    closed_at = bill.closed_at or bill.created_at
    profile = profile_at(facts.site, closed_at)
    kind = DocumentKind.TAX_INVOICE if profile.gstin else DocumentKind.RECEIPT
    payments, refunds = _money_of(bill, closed_at)
    snapshot = _snapshot(profile, bill, facts, lines=charged_lines(bill), payments=payments, refunds=refunds)
    # Terms have the tax in them, however prices are written.
    split = split_tax(charged_total(bill), _rate(profile), inclusive=True)
    return _Draft(kind, profile.series_prefix, split, snapshot, facts.site, bill)


def issue_receipt(*, payment: Payment, facts: Facts, now: datetime) -> TaxDocument:
    """Return the receipt voucher of a payment that no bill document covers (yet); write it at the first call."""
    present = TaxDocument.objects.filter(payment=payment)
    profile = profile_at(facts.site, payment.captured_at)
    line = Line(BEFORE_SERVICE, 1, payment.amount, payment.amount)
    snapshot = _snapshot(profile, payment.bill, facts, lines=[line], payments=[_paid(payment)])
    # Money that was taken is what the customer paid, tax and all, however prices are written.
    split = split_tax(payment.amount, _rate(profile), inclusive=True)
    draft = _Draft(
        DocumentKind.RECEIPT, profile.series_prefix, split, snapshot, facts.site, payment.bill, payment=payment
    )
    return _once(present, draft, now)


def issue_credit_note(*, document: TaxDocument, refund: Refund, now: datetime) -> TaxDocument:
    """Return the credit note for a refund after an invoice, or the refund voucher to a receipt; write it once.

    Tax is split over all that was refunded so far, so that the notes of a document that was refunded whole add up to
    it. Raises ValueError for a refund of another bill, or of more than the document's total.
    """
    if document.original_id is not None or refund.payment.bill_id != document.bill_id:
        raise ValueError(f"{refund} does not belong to {document}")
    present = TaxDocument.objects.filter(refund=refund)
    with transaction.atomic():
        # Two refunds of one document are split one after the other.
        TaxDocument.objects.select_for_update(no_key=True).get(pk=document.pk)
        return present.first() or _once(present, _note(document, refund), now)


def _note(document: TaxDocument, refund: Refund) -> "_Draft":
    before = _noted(document)
    if before.total + refund.amount > document.total:
        raise ValueError(f"{refund} is more than what is left of {document}")
    original = Snapshot.from_json(document.snapshot)
    rate = original.rate if document.cgst else ZERO
    snapshot = Snapshot(
        supplier=original.supplier,
        recipient=original.recipient,
        details=original.details,
        lines=(Line(refund.reason, 1, refund.amount, refund.amount),),
        sac=original.sac,
        rate=original.rate,
        refunds=(_given_back(refund),),
        original=Original(document.number, document.issued_at),
        legal_note=original.legal_note,
        time_zone=original.time_zone,
    )
    is_voucher = document.payment_id is not None
    return _Draft(
        DocumentKind.REFUND_VOUCHER if is_voucher else DocumentKind.CREDIT_NOTE,
        document.number[:3],
        split_tax(before.total + refund.amount, rate, inclusive=True) - before,
        snapshot,
        document.site,
        document.bill,
        refund=refund,
        original=document,
    )


def _noted(document: TaxDocument) -> Split:
    """Return the sums of the notes to a document."""
    sums = document.notes.aggregate(*(Sum(name) for name in ("taxable", "cgst", "sgst", "total")))
    return Split(**{name.removesuffix("__sum"): value or ZERO for name, value in sums.items()})


@dataclass(frozen=True)
class _Draft:
    """A document that has no number yet."""

    kind: DocumentKind
    prefix: str
    split: Split
    snapshot: Snapshot
    site: ParkingSite
    bill: Bill
    payment: Payment | None = None
    refund: Refund | None = None
    original: TaxDocument | None = None


def _once(present: "TaxDocumentQuerySet", draft: _Draft, now: datetime) -> TaxDocument:
    """Return the document that exists, or else write the draft under the next number of its series."""
    found = present.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            series = _locked_series(draft.site, draft.prefix, draft.kind, now)
            # Somebody may have written it while we waited for the series.
            return present.first() or _write(draft, series, now)
    except IntegrityError:
        # Written at the same moment in the series of another year: the number went back with the transaction.
        found = present.first()
        if found is None:
            raise
        return found


def take_number(*, site: ParkingSite, prefix: str, kind: DocumentKind, now: datetime) -> tuple[str, datetime]:
    """Return the next number of a series and its date, in the transaction that writes the document of it.

    For documents that are kept elsewhere, such as those of shops. Raises Refused `series_used_up`.
    """
    series = _locked_series(site, prefix, kind, now)
    return _next_number(series, now), series.last_at or now


def _locked_series(site: ParkingSite, prefix: str, kind: DocumentKind, now: datetime) -> NumberSeries:
    key = {"prefix": prefix, "kind": kind, "year": financial_year(now, ZoneInfo(site.time_zone))}
    rows = NumberSeries.objects.select_for_update(no_key=True).filter(**key, site=site)
    series = rows.first()
    if series is None:
        NumberSeries.objects.bulk_create([NumberSeries(**key, site=site)], ignore_conflicts=True)
        series = rows.get()
    return series


def _next_number(series: NumberSeries, now: datetime) -> str:
    if series.last >= LARGEST:
        raise Refused("series_used_up", "All numbers of this series are given: the site needs another prefix")
    series.last += 1
    # Whoever waited for the lock is later than whoever had it: dates follow the numbers.
    series.last_at = max(now, series.last_at or now)
    series.save(update_fields=["last", "last_at"])
    letter = _LETTERS[DocumentKind(series.kind)]
    return document_number(prefix=series.prefix, letter=letter, year=series.year, count=series.last)


def _write(draft: _Draft, series: NumberSeries, now: datetime) -> TaxDocument:
    number, split = _next_number(series, now), draft.split
    document = TaxDocument(
        number=number,
        kind=draft.kind,
        site=draft.site,
        bill=draft.bill,
        payment=draft.payment,
        refund=draft.refund,
        original=draft.original,
        issued_at=series.last_at or now,
        taxable=split.taxable,
        cgst=split.cgst,
        sgst=split.sgst,
        total=split.total,
        snapshot=draft.snapshot.to_json(),
    )
    document.save(force_insert=True)
    audit.record(
        SYSTEM, DocumentIssued(bill_id=draft.bill.pk, number=document.number, kind=draft.kind, total=split.total), now
    )
    return document


# --- What goes on them -----------------------------------------------------------------------------


def _rate(profile: TaxProfile) -> Decimal:
    return profile.rate if profile.gstin else ZERO


def charged_lines(bill: Bill) -> list[Line]:
    """Return the lines that a bill was closed with. A later refund has a note and does not change the invoice."""
    lines = (BillLine.from_json(line) for line in bill.lines)
    charged = (line for line in lines if line.kind != LineKind.REFUND)
    return [Line(_printed(line), line.quantity, line.unit_price, line.amount) for line in charged]


def _printed(line: BillLine) -> str:
    """Return the label of a line as a document has it: what a shop pays is no discount, but another payer's part."""
    if line.kind != LineKind.SHOP:
        return line.label
    shop, given = line.label.removeprefix("Validated by ").rsplit(", ", 1)
    return f"{given}, paid by {shop}"


def charged_total(bill: Bill) -> Decimal:
    """Return the total that a bill was closed with, in rupees."""
    return sum((line.amount for line in charged_lines(bill)), ZERO)


def _snapshot(
    profile: TaxProfile,
    bill: Bill,
    facts: Facts,
    *,
    lines: Iterable[Line],
    payments: Iterable[Money],
    refunds: Iterable[Money] = (),
) -> Snapshot:
    return Snapshot(
        supplier=Supplier(profile.legal_name, profile.address, profile.gstin, profile.state_code),
        recipient=recipient_of(bill, facts.recipient),
        details=facts.details,
        lines=tuple(lines),
        sac=profile.sac,
        rate=profile.rate,
        payments=tuple(payments),
        refunds=tuple(refunds),
        legal_note=profile.legal_note,
        footer=RECEIPT_FOOTER.at(facts.site.pk),
        time_zone=facts.site.time_zone,
    )


def _money_of(bill: Bill, until: datetime) -> tuple[list[Money], list[Money]]:
    """Return the payments and refunds that a bill was closed with; what came later is refunded, or has a note."""
    payments = Payment.objects.filter(bill=bill, captured_at__lte=until).order_by("pk")
    refunds = Refund.objects.filter(payment__bill=bill, payment__captured_at__lte=until, created_at__lte=until)
    rows = refunds.owed().select_related("payment").order_by("pk")
    return [_paid(payment) for payment in payments], [_given_back(refund) for refund in rows]


def _paid(payment: Payment) -> Money:
    return Money(
        at=payment.captured_at,
        amount=payment.amount,
        method=payment.method,
        gateway=payment.gateway,
        reference=payment.reference,
        tendered=payment.tendered,
        customer_fee=payment.customer_fee or None,
    )


def _given_back(refund: Refund) -> Money:
    return Money(
        at=refund.completed_at or refund.created_at,
        amount=refund.amount,
        method=refund.payment.method,
        gateway=refund.payment.gateway,
        reference=refund.refund_id,
    )
