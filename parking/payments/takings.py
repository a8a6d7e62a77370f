"""The only writer of payments: money that came, at the counter or through a gateway. A row is never edited.

The bill must be locked; `payments.bills` counts the money in.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.core.statements import insert
from parking.payments.models import Bill, Payment, PaymentMethod, PaymentOrder


@dataclass(frozen=True)
class Tender:
    """Money at the counter, which pays what is due.

    `method` is CASH or UPI. `tendered` is the cash handed over (rupees), None for just what is due; `reference` the
    bank's number of a UPI payment, which pays once.
    """

    method: PaymentMethod
    attendant_id: int | None
    tendered: Decimal | None = None
    reference: str = ""


@dataclass(frozen=True)
class Taken:
    """What was taken at the counter, and the change (rupees); `payment` is the row, None where nothing was due."""

    amount: Decimal
    change: Decimal
    payment: Payment | None = None


NOTHING = Taken(ZERO, ZERO)


def take(*, bill: Bill, tender: Tender, now: datetime) -> Taken:
    """Write down what is due on a bill as paid at the counter; where nothing is due, nothing is written.

    Raises Refused `amount_too_small`, `upi_reference_used`.
    """
    due = bill.due
    by_cash = tender.method == PaymentMethod.CASH
    handed_over = tender.tendered if by_cash and tender.tendered is not None else due
    if handed_over < due:
        raise Refused("amount_too_small", f"₹{due} is due", due=str(due))
    payment = None
    if due > ZERO:
        proof: dict[str, Any] = {"tendered": handed_over} if by_cash else {"reference": tender.reference}
        payment = Payment(
            bill=bill,
            amount=due,
            method=tender.method,
            attendant_id=tender.attendant_id,
            captured_at=now,
            **proof,
        )
        _write(payment)
    return Taken(due, handed_over - due, payment)


def _write(payment: Payment) -> None:
    try:
        insert(payment)
    except IntegrityError as error:
        if payment.method != PaymentMethod.UPI:
            raise
        # The constraint decides: two gates may enter one reference at the same moment. The refusal undoes all else.
        raise Refused("upi_reference_used", "This UPI reference paid another bill already") from error


def take_online(*, order: PaymentOrder, reference: str, now: datetime) -> Payment:
    """Write down the money of an order. Raises IntegrityError if the gateway's `reference` paid another one."""
    payment = Payment(
        bill_id=order.bill_id,
        order=order,
        amount=order.amount,
        method=PaymentMethod.ONLINE,
        gateway=order.gateway,
        reference=reference,
        attendant_id=order.attendant_id,
        captured_at=now,
    )
    insert(payment)
    return payment
