"""The only writer of bills.

Every function takes a bill that the caller has locked (docs/locking.md), changes it and saves it: a bill is never left
half written. None talks to a gateway. Amounts are rupees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.core import makers
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.core.statements import insert, save_fields
from parking.payments import debts, refunds, takings
from parking.payments.models import Bill, BillKind, Debt, Payment, Refund
from parking.payments.queries import charge_of
from parking.payments.takings import Entry, Taken, Tender
from parking.tariffs.rules import Charge, LineKind, single_line


@dataclass(frozen=True)
class Closed:
    """What closing a bill came to: refunds to be sent after the commit, a debt, and the change of cash (rupees).

    `payment` is what was taken at the counter by it.
    """

    refunds: tuple[Refund, ...] = ()
    debt: Debt | None = None
    change: Decimal = ZERO
    payment: Payment | None = None


def open(*, kind: BillKind, site_id: int, payer_id: int | None, now: datetime) -> Bill:  # noqa: A001 - bills.open
    """Write a bill without lines. `payer_id` is the account that pays it, None where the payer has none."""
    bill = new(kind=kind, site_id=site_id, payer_id=payer_id, now=now)
    insert(bill)
    return bill


def new(*, kind: BillKind, site_id: int, payer_id: int | None, now: datetime) -> Bill:
    """Return a bill as of `open` that is written together with what it is for (`insert_with`)."""
    return makers.new(Bill, kind=kind, site_id=site_id, payer_id=payer_id, created_at=now)


def freeze(*, bill: Bill, charge: Charge, until: datetime) -> None:
    """Fix a charge until a time: what is paid till then pays for it, whatever it would cost then."""
    _put(bill, charge)
    bill.frozen_until = until
    save_fields(bill, "lines", "total", "billed_until", "frozen_until")


def credit(*, bill: Bill, payment: Payment, frozen_until: datetime | None) -> None:
    """Count a payment in, and let the present charge hold until `frozen_until`."""
    bill.captured += payment.amount
    bill.frozen_until = frozen_until
    save_fields(bill, "captured", "frozen_until")


def take_ahead(
    *, bill: Bill, tender: Tender, amount: Decimal, now: datetime, frozen_until: datetime | None = None
) -> Taken:
    """Take so much at the counter on a bill that is still open. Raises Refused as `takings.take`.

    `frozen_until`: the present charge, which was frozen, holds until then.
    """
    taken = takings.take(bill=bill, tender=tender, due=amount, now=now)
    bill.captured += taken.amount
    if frozen_until is None:
        save_fields(bill, "captured")
    else:
        bill.frozen_until = frozen_until
        save_fields(bill, "captured", "frozen_until")
    return taken


def close(
    *,
    bill: Bill,
    charge: Charge,
    refund_reason: str,
    now: datetime,
    tender: Tender | None = None,
    payment: Payment | None = None,
    by_id: int | None = None,
) -> Closed:
    """Fix a charge for good: what is still due becomes a debt, what was paid above the total goes back.

    Of that, money of the counter goes back by hand: `by_id` asks for it (`checkout.hand_backs`).

    What closes it may be money at the counter (`tender`), which is written here, or the `payment` of an order, which
    is written already. The bill takes one statement. Raises Refused `amount_too_small`, `upi_reference_used`.
    """
    _put(bill, charge)
    taken = takings.take(bill=bill, tender=tender, now=now) if tender else takings.NOTHING
    collected = payment.amount if payment else taken.amount
    bill.captured += collected
    bill.charged = collected
    surplus = bill.paid - bill.total
    sent_back = refunds.refund_newest(bill=bill, amount=surplus, reason=refund_reason, by_id=by_id, now=now)
    bill.refunded += sum((refund.amount for refund in sent_back), ZERO)
    bill.frozen_until, bill.closed_at = None, now
    debt = debts.owe(bill=bill, amount=bill.due, now=now) if bill.due > ZERO else None
    save_fields(bill, "lines", "total", "captured", "refunded", "charged", "billed_until", "frozen_until", "closed_at")
    return Closed(tuple(sent_back), debt, taken.change, taken.payment)


def put_on_account(*, bill: Bill, charge: Charge, now: datetime) -> None:
    """Fix a charge for good that is paid later, against an invoice: what is due is no debt of a plate."""
    _put(bill, charge)
    bill.closed_at = now
    save_fields(bill, "lines", "total", "billed_until", "closed_at")


def pay_on_account(*, bill: Bill, entries: Iterable[Entry], now: datetime) -> list[Payment]:
    """Count in what was paid against an invoice, wholly or in part.

    Raises Refused `amount_exceeds_due`, `bank_reference_used`, `upi_reference_used`.
    """
    written = []
    for entry in entries:
        if entry.amount > bill.due:
            raise Refused("amount_exceeds_due", f"\u20b9{bill.due} is due", due=str(bill.due))
        written.append(takings.enter(bill=bill, entry=entry, now=now))
        bill.captured += entry.amount
    save_fields(bill, "captured")
    return written


def collect_debt(*, bill: Bill, debt: Debt, tender: Tender, now: datetime) -> Payment:
    """Take at the counter what a closed bill is short of, and settle its debt. Bill and debt must be locked.

    Raises Refused `debt_closed`, `amount_too_small`, `upi_reference_used`.
    """
    debts.refuse_closed(debt)
    payment = takings.take(bill=bill, tender=tender, now=now).payment
    if payment is None:
        raise ValueError(f"{bill} has a debt and nothing due")
    _count_debt_paid(bill, debt, payment, now)
    return payment


def credit_debt(*, bill: Bill, debt: Debt, payment: Payment, now: datetime) -> None:
    """Settle a debt with the payment of an order, which is written already. Raises Refused `debt_closed`."""
    debts.refuse_closed(debt)
    _count_debt_paid(bill, debt, payment, now)


def _count_debt_paid(bill: Bill, debt: Debt, payment: Payment, now: datetime) -> None:
    bill.captured += payment.amount
    save_fields(bill, "captured")
    debts.settle(debt=debt, payment=payment, now=now)


def return_payment(
    *,
    bill: Bill,
    payment: Payment,
    reason: str,
    now: datetime,
    paid_already: Payment | None = None,
    is_held: bool = False,
) -> Refund:
    """Count a payment in that the bill has no use for, and write down that it goes back whole.

    `paid_already` and `is_held` as in `refunds.write`: it came for what another payment had paid.
    """
    refund = refunds.write(
        payment=payment, amount=payment.amount, reason=reason, paid_already=paid_already, is_held=is_held, now=now
    )
    bill.captured += payment.amount
    bill.refunded += payment.amount
    save_fields(bill, "captured", "refunded")
    return refund


def refund_by_decision(
    *,
    bill: Bill,
    payment: Payment,
    amount: Decimal,
    reason: str,
    refund_id: str,
    asked_by_id: int | None,
    now: datetime,
) -> Refund:
    """Write down that a person gives money back: a line on the bill, which falls by as much as goes back.

    The charge of a bill that is still open is made again at its end, so it gets no line: there, what was paid falls.
    """
    refund = refunds.write(
        payment=payment, amount=amount, reason=reason, refund_id=refund_id, asked_by_id=asked_by_id, now=now
    )
    bill.refunded += amount
    if bill.closed_at is not None:
        present = charge_of(bill)
        _put(bill, Charge((*present.lines, single_line(LineKind.REFUND, -amount)), present.until))
    save_fields(bill, "lines", "total", "refunded")
    return refund


def take_refund_back(*, bill: Bill, refund: Refund, now: datetime) -> None:
    """Undo `refund_by_decision` for money of the counter that does not go back: the bill is as it was before.

    Raises Refused `refund_not_waiting`; `refund_documented` if the bill was closed with it: what was due was reckoned
    without this money.
    """
    refunds.refuse(refund=refund, now=now)
    bill.refunded -= refund.amount
    if bill.closed_at is not None:
        present, added = charge_of(bill), single_line(LineKind.REFUND, -refund.amount)
        lines = list(present.lines)
        if added not in lines:
            raise Refused("refund_documented", "The bill was closed with this refund")
        lines.remove(added)
        _put(bill, Charge(tuple(lines), present.until))
    save_fields(bill, "lines", "total", "refunded")


def _put(bill: Bill, charge: Charge) -> None:
    bill.lines = [line.to_json() for line in charge.lines]
    bill.total = charge.total
    bill.billed_until = charge.until
