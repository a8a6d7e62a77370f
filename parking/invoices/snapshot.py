"""The content of a document as frozen dataclasses, stored as JSON and read back unchanged."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from parking.facilities.models import ParkingSite


@dataclass(frozen=True)
class Supplier:
    """The seller; not registered if `gstin` is empty."""

    name: str
    address: str = ""
    gstin: str = ""
    state_code: str = ""


@dataclass(frozen=True)
class Recipient:
    """The buyer: the name of the stay, and the company and GSTIN that a person gave for the document."""

    name: str = ""
    gstin: str = ""
    company: str = ""
    address: str = ""


@dataclass(frozen=True)
class Details:
    """What was sold, in the buyer's terms: parking under a booking, or a pass for a time. Times are aware.

    `booking` is 0 for a pass, `pass_number` empty for a booking; `due_on` is when an organisation pays its month.
    `code` is that of a ticket, with which anybody compares the document with the books; older documents have none.
    """

    booking: int
    plate: str
    site: str
    zone: str
    slot: str = ""
    entry: datetime | None = None
    exit: datetime | None = None
    pass_number: str = ""
    holds_from: datetime | None = None
    holds_until: datetime | None = None
    due_on: date | None = None
    code: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the bill; amounts in rupees as they were charged."""

    label: str
    quantity: int
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Money:
    """A payment or a refund. `tendered`: cash that was handed over."""

    at: datetime
    amount: Decimal
    method: str
    gateway: str = ""
    reference: str = ""
    tendered: Decimal | None = None
    customer_fee: Decimal | None = None


@dataclass(frozen=True)
class Original:
    """The document that a credit note or refund voucher belongs to."""

    number: str
    issued_at: datetime


@dataclass(frozen=True)
class Snapshot:
    """All that is printed beside number, date, kind and sums. Rate in percent, both halves together.

    `footer` is the last line that the site had set when the document was issued, `time_zone` its zone then; empty in
    older documents, whose times are the operator's.
    """

    supplier: Supplier
    recipient: Recipient
    details: Details
    lines: tuple[Line, ...]
    sac: str
    rate: Decimal
    prices_include_tax: bool = True
    payments: tuple[Money, ...] = ()
    refunds: tuple[Money, ...] = ()
    original: Original | None = None
    footer: str = ""
    legal_note: str = ""
    time_zone: str = ""

    @property
    def is_exempt(self) -> bool:
        """Return whether a registered supplier sold without tax: a bill of supply, which shows none.

        Older documents at rate 0 have no note; they stay the tax invoices that they were issued as.
        """
        return bool(self.supplier.gstin and self.legal_note) and not self.rate

    def to_json(self) -> dict[str, Any]:
        """Return plain data with amounts and times as text."""
        return dict(_SNAPSHOT.dump_python(self, mode="json"))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Snapshot":
        return _SNAPSHOT.validate_python(data)


_SNAPSHOT: TypeAdapter[Snapshot] = TypeAdapter(Snapshot)


@dataclass(frozen=True)
class Facts:
    """What the caller knows of the sale: where, to whom, what."""

    site: ParkingSite
    recipient: Recipient
    details: Details
