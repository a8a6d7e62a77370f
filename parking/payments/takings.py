"""The only writer of payments: money that came, at the counter or through a gateway. A row is never edited.

The bill must be locked; `payments.bills` counts the money in.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from parking.core.errors import Refused
from parking.core.makers import new
from parking.core.money import ZERO, from_paise
from parking.core.statements import insert
from parking.facilities.calendars import zone_of
from parking.payments.gateways.base import FurtherPayment
from parking.payments.models import Bill, Payment, PaymentMethod, PaymentOrder


@dataclass(frozen=True)
class CardSlip:
    """What a terminal prints of a payment by card: the card's last four digits, and the terminal's own number (TID)."""

    last4: str
    terminal: str


@dataclass(frozen=True)
class Tender:
    """Money at the counter, which pays what is due.

    `method` is CASH, UPI or CARD. `tendered` is the cash handed over (rupees), None for just what is due; `reference`
    the bank's number of a UPI payment, which pays once, or the approval of a card, which pays once at its terminal in a
    day. Cash `in_part` pays as much of the bill as was handed over.
    """

    method: PaymentMethod
    attendant_id: int | None
    tendered: Decimal | None = None
    reference: str = ""
    in_part: bool = False
    card: CardSlip | None = None

    def proof(self, handed_over: Decimal, day: date) -> dict[str, Any]:
        """Return the fields of a payment that say how it came; `day` is that of the site."""
        if self.method == PaymentMethod.CASH:
            return {"tendered": handed_over}
        if self.card is None:
            return {"reference": self.reference}
        slip = {"card_last4": self.card.last4, "terminal": self.card.terminal, "card_day": day}
        return {"reference": self.reference, **slip}


@dataclass(frozen=True)
class Taken:
    """What was taken at the counter, and the change (rupees); `payment` is the row, None where nothing was due."""

    amount: Decimal
    change: Decimal
    payment: Payment | None = None


NOTHING = Taken(ZERO, ZERO)


@dataclass(frozen=True)
class Entry:
    """Money that the office enters against an invoice: cash, UPI, a transfer, or tax that the customer deducted."""

    method: PaymentMethod
    amount: Decimal
    attendant_id: int | None
    reference: str = ""


def take(*, bill: Bill, tender: Tender, now: datetime, due: Decimal | None = None) -> Taken:
    """Write down what is due on a bill as paid at the counter; where nothing is due, nothing is written.

    `due`: so much of it alone (rupees), on a bill that is still open. Raises Refused `amount_too_small`,
    `upi_reference_used`, `card_approval_used`.
    """
    due = bill.due if due is None else due
    by_cash = tender.method == PaymentMethod.CASH
    handed_over = tender.tendered if by_cash and tender.tendered is not None else due
    if tender.in_part:
        due = min(due, handed_over)
    if handed_over < due:
        raise Refused("amount_too_small", f"₹{due} is due", due=str(due))
    payment = None
    if due > ZERO:
        payment = new(
            Payment,
            bill=bill,
            amount=due,
            method=tender.method,
            attendant_id=tender.attendant_id,
            captured_at=now,
            **tender.proof(handed_over, now.astimezone(zone_of(bill.site_id)).date()),
        )
        _write(payment)
    return Taken(due, handed_over - due, payment)


def enter(*, bill: Bill, entry: Entry, now: datetime) -> Payment:
    """Write down money that is entered against an invoice. Raises Refused `bank_reference_used`, `upi_reference_used`.

    The bill is locked, so that of two entries of one transfer the second sees the first.
    """
    by_cash = entry.method == PaymentMethod.CASH
    if entry.method == PaymentMethod.BANK and Payment.objects.filter(bill=bill, reference=entry.reference).exists():
        raise Refused("bank_reference_used", "This transfer was entered for this invoice already")
    proof: dict[str, Any] = {"tendered": entry.amount} if by_cash else {"reference": entry.reference}
    payment = Payment(
        bill=bill,
        amount=entry.amount,
        method=entry.method,
        attendant_id=entry.attendant_id,
        captured_at=now,
        **proof,
    )
    _write(payment)
    return payment


def _write(payment: Payment) -> None:
    try:
        insert(payment)
    except IntegrityError as error:
        # The constraint decides: two gates may enter one reference at the same moment. The refusal undoes all else.
        if payment.method == PaymentMethod.UPI:
            raise Refused("upi_reference_used", "This UPI reference paid another bill already") from error
        if payment.method == PaymentMethod.CARD:
            text = "This approval of the terminal paid another bill today already"
            raise Refused("card_approval_used", text) from error
        raise


def online(*, order: PaymentOrder, reference: str, customer_fee: Decimal, now: datetime) -> Payment:
    """Return the money of an order, which is written together with the order's end (`orders.complete`).

    `customer_fee` (rupees) is what the payer paid on top, to the gateway: it is no money of ours.
    """
    return new(
        Payment,
        bill_id=order.bill_id,
        order=order,
        amount=order.amount,
        method=PaymentMethod.ONLINE,
        gateway=order.gateway,
        reference=reference,
        customer_fee=customer_fee,
        attendant_id=order.attendant_id,
        captured_at=now,
    )


def take_second(*, order: PaymentOrder, further: FurtherPayment, now: datetime) -> Payment:
    """Write down money that came for an order which another payment had paid."""
    payment = Payment(
        bill_id=order.bill_id,
        second_of=order,
        amount=from_paise(further.amount),
        method=PaymentMethod.ONLINE,
        gateway=order.gateway,
        reference=further.reference,
        customer_fee=from_paise(further.customer_fee),
        attendant_id=order.attendant_id,
        captured_at=now,
    )
    insert(payment)
    return payment
