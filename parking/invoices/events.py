"""The events of tax documents and profiles."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(Event):
    """A receipt, invoice, credit note or voucher was written for a bill; `total` is rupees."""

    action = "document.issued"
    subject_kind = "bill"

    bill_id: int
    number: str
    kind: str
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class TaxProfileAdded(Event):
    """A tax profile was added, which applies to a site from a day on; `rate` is in percent."""

    action = "tax_profile.added"
    subject_kind = "site"

    site_id: int
    holds_from: date
    gstin: str
    rate: Decimal
    prefix: str


@dataclass(frozen=True, kw_only=True)
class DocumentMailAsked(Event):
    """Somebody wished to have the documents of a payment by mail."""

    action = "document.mail_asked"
    subject_kind = "bill"

    bill_id: int
    payment_id: int
    mail_id: int


@dataclass(frozen=True, kw_only=True)
class DocumentMailed(Event):
    """The mail server took the mail with the documents of a payment."""

    action = "document.mailed"
    subject_kind = "bill"

    bill_id: int
    payment_id: int
    mail_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerDetailsGiven(Event):
    """Company and GSTIN for the documents of a bill were given or taken back; whose they are is not on record."""

    action = "customer_details.given"
    subject_kind = "bill"

    bill_id: int
    has_company: bool
    has_gstin: bool
