"""The texts of a document in printed order; PDF and page only lay them out.

Everything comes from the document's own columns and snapshot, so it reads the same in eight years.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings

from parking.core import clock
from parking.core.money import ZERO, indian
from parking.core.plate_words import plates_words
from parking.invoices.gstin import place_of_supply, state_tax_name
from parking.invoices.models import DocumentKind
from parking.invoices.snapshot import Details, Money, Snapshot


class Printed(Protocol):
    """What a document has beside its snapshot: one of a bill, payment or refund, or of what a shop pays."""

    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def issued_at(self) -> datetime: ...
    @property
    def taxable(self) -> Decimal: ...
    @property
    def cgst(self) -> Decimal: ...
    @property
    def sgst(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def snapshot(self) -> Any: ...
    @property
    def original_id(self) -> int | None: ...
    @property
    def payment_id(self) -> int | None: ...


ELECTRONIC = "Electronic document, valid without signature."

Pair = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A line of the bill."""

    label: str
    quantity: str
    unit_price: str
    amount: str


@dataclass(frozen=True)
class Sheet:
    """The texts of a document, from top to bottom; `check_address` is the page that compares it with the books."""

    title: str
    number: str
    issued_at: datetime
    supplier: str
    supplier_lines: tuple[str, ...]
    facts: tuple[Pair, ...]
    rows: tuple[Row, ...]
    amount_heading: str
    sums: tuple[Pair, ...]
    total: Pair
    money: tuple[Pair, ...]
    notes: tuple[str, ...]
    check_address: str = ""


def sheet_of(document: Printed) -> Sheet:
    snapshot = Snapshot.from_json(document.snapshot)
    supplier = snapshot.supplier
    return Sheet(
        title=_title(document, snapshot),
        number=document.number,
        issued_at=document.issued_at,
        supplier=supplier.name,
        supplier_lines=tuple(filter(None, (supplier.address, supplier.gstin and f"GSTIN {supplier.gstin}"))),
        facts=_facts(document, snapshot),
        rows=tuple(
            Row(line.label, str(line.quantity), indian(line.unit_price), indian(line.amount)) for line in snapshot.lines
        ),
        amount_heading="Amount incl. GST" if _shows_tax(snapshot) and snapshot.prices_include_tax else "Amount",
        sums=_sums(document, snapshot),
        total=(_total_label(document), f"₹{indian(document.total)}"),
        money=_money(document, snapshot),
        notes=tuple(filter(None, (snapshot.legal_note, ELECTRONIC, snapshot.footer))),
        check_address=f"{settings.BASE_URL}/r/{snapshot.details.code}" if snapshot.details.code else "",
    )


def _shows_tax(snapshot: Snapshot) -> bool:
    return bool(snapshot.supplier.gstin) and not snapshot.is_exempt


def _title(document: Printed, snapshot: Snapshot) -> str:
    if not snapshot.supplier.gstin:
        # Who is not registered issues neither invoices nor notes of GST.
        return "Receipt" if document.original_id is None else "Refund receipt"
    if document.kind == DocumentKind.RECEIPT:
        return "Receipt voucher"
    if document.kind == DocumentKind.TAX_INVOICE and snapshot.is_exempt:
        # CGST Act, section 31(3)(c): who supplies without tax issues no tax invoice.
        return "Bill of supply"
    return str(DocumentKind(document.kind).label)


def _total_label(document: Printed) -> str:
    if document.original_id is not None:
        return "Refunded"
    return "Received" if document.payment_id is not None else "Total"


# --- Facts -----------------------------------------------------------------------------------------


def _facts(document: Printed, snapshot: Snapshot) -> tuple[Pair, ...]:
    original = snapshot.original
    place = place_of_supply(snapshot.supplier.state_code)
    pairs = [
        ("Number", document.number),
        ("Date", day(document.issued_at, snapshot)),
        ("Refers to", f"{original.number} of {day(original.issued_at, snapshot)}" if original else ""),
        ("Customer", snapshot.recipient.company or snapshot.recipient.name),
        ("Customer's address", snapshot.recipient.address),
        ("Customer's GSTIN", snapshot.recipient.gstin),
        *_stay(snapshot),
    ]
    if snapshot.supplier.gstin:
        pairs += [
            ("SAC", f"{snapshot.sac} Parking lot services" if snapshot.sac == "996743" else snapshot.sac),
            ("Place of supply", place),
            ("Reverse charge", "" if snapshot.is_exempt else "No"),
        ]
    return tuple((label, text) for label, text in pairs if text)


def _stay(snapshot: Snapshot) -> list[Pair]:
    details = snapshot.details
    place = ", ".join(filter(None, (details.site, details.zone, details.slot and f"slot {details.slot}")))
    return [
        ("Booking", str(details.booking) if details.booking else ""),
        ("Pass", details.pass_number),
        ("Plate", plates_words(details.plate.split(", "))),
        (_place_label(details), place),
        ("From", moment(details.holds_from, snapshot) if details.holds_from else ""),
        ("Until", moment(details.holds_until, snapshot) if details.holds_until else ""),
        ("To be paid by", f"{details.due_on:%-d %b %Y}" if details.due_on else ""),
        ("Entry", moment(details.entry, snapshot) if details.entry else ""),
        ("Exit", moment(details.exit, snapshot) if details.exit else ""),
    ]


def _place_label(details: Details) -> str:
    if details.pass_number:
        return "Valid at"
    return "Parked at" if details.booking else "Car park"  # a shop pays for the cars of others


# --- Money -----------------------------------------------------------------------------------------


def _sums(document: Printed, snapshot: Snapshot) -> tuple[Pair, ...]:
    if not snapshot.supplier.gstin:
        return ()
    if snapshot.is_exempt:
        return (("Value of supply, without tax", indian(document.taxable)),)
    half = f"{(snapshot.rate / 2).normalize():f}%"
    return (
        ("Taxable value", indian(document.taxable)),
        (f"CGST {half}", indian(document.cgst)),
        (f"{state_tax_name(snapshot.supplier.state_code)} {half}", indian(document.sgst)),
    )


def _money(document: Printed, snapshot: Snapshot) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    for paid in snapshot.payments:
        pairs += [(_way("Paid", paid, snapshot), indian(paid.amount)), *_change(paid), *_fee_on_top(paid)]
    pairs += [
        (_way("Refunded", back, snapshot), f"-{indian(back.amount)}") for back in snapshot.refunds if snapshot.payments
    ]
    if snapshot.original:
        pairs += [(_way("Refunded", back, snapshot), indian(back.amount)) for back in snapshot.refunds]
    elif document.payment_id is None:
        due = document.total - _sum(snapshot.payments) + _sum(snapshot.refunds)
        pairs += [("Still due", indian(due))] if due > ZERO else []
    return tuple(pairs)


def _sum(rows: tuple[Money, ...]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def _change(paid: Money) -> list[Pair]:
    if paid.tendered is None or paid.tendered == paid.amount:
        return []
    return [(f"Cash handed over {indian(paid.tendered)}, change", indian(paid.tendered - paid.amount))]


def _fee_on_top(paid: Money) -> list[Pair]:
    """Return what the payer paid to the gateway beside: no supply of ours, and in none of the sums."""
    if paid.customer_fee is None:
        return []
    name = _GATEWAYS.get(paid.gateway, paid.gateway)
    return [(f"Fee on top, kept by {name}, not part of this document", indian(paid.customer_fee))]


_GATEWAYS = {"PHONEPE": "PhonePe", "RAZORPAY": "Razorpay", "SIMULATED": "simulated"}
_BY_HAND = {"CASH": "cash", "UPI": "UPI", "CARD": "card", "BANK": "bank transfer", "TDS": "TDS"}


def _way(verb: str, money: Money, snapshot: Snapshot) -> str:
    """Return how money moved: `Paid 22 Nov 2026, online (PhonePe), OMO2601…`."""
    online = f"online ({_GATEWAYS.get(money.gateway, money.gateway)})"
    method = online if money.gateway else _BY_HAND.get(money.method, money.method.lower())
    return ", ".join(filter(None, (f"{verb} {day(money.at, snapshot)}", method, money.reference)))


# --- Words -----------------------------------------------------------------------------------------


def day(time: datetime, snapshot: Snapshot) -> str:
    """Return the date of a time in the time zone of the document's site: 22 Nov 2026."""
    return f"{_local(time, snapshot):%-d %b %Y}"


def moment(time: datetime, snapshot: Snapshot) -> str:
    """Return a time in the time zone of the document's site: 22 Nov 2026, 10:05."""
    return f"{_local(time, snapshot):%-d %b %Y, %H:%M}"


def _local(time: datetime, snapshot: Snapshot) -> datetime:
    return time.astimezone(ZoneInfo(snapshot.time_zone) if snapshot.time_zone else clock.site_zone())
