"""The only writer of bills, orders, payments, refunds and debts.

Every function that takes a bill expects the caller to hold its lock; none talks to a gateway.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

from parking.core.errors import Refused
from parking.core.ids import new_order_id, new_refund_id
from parking.core.money import ZERO, to_paise
from parking.core.statements import change, insert, save_fields
from parking.payments.gateways.base import GatewayState, OrderAnswer, RefundAnswer
from parking.payments.models import (
    OPEN_ORDER,
    Bill,
    Debt,
    DebtStatus,
    OrderPurpose,
    OrderStatus,
    Payment,
    PaymentMethod,
    PaymentOrder,
    Refund,
    RefundStatus,
)
from parking.tariffs.rules import BillLine, total_of

_FINAL_REFUND = (RefundStatus.COMPLETED, RefundStatus.FAILED, RefundStatus.REVIEW)

# --- Bills -----------------------------------------------------------------------------------------


def open_bill(*, now: datetime) -> Bill:
    bill = Bill(created_at=now)
    insert(bill)
    return bill


def freeze_bill(*, bill: Bill, lines: Sequence[BillLine], billed_until: datetime, frozen_until: datetime) -> None:
    """Fix lines and total until `frozen_until`: what is paid till then pays for the stay up to `billed_until`."""
    set_lines(bill, lines)
    bill.billed_until, bill.frozen_until = billed_until, frozen_until
    save_fields(bill, "lines", "total", "billed_until", "frozen_until")


def close_bill(
    *, bill: Bill, lines: Sequence[BillLine], billed_until: datetime | None, refund_reason: str, now: datetime
) -> list[Refund]:
    """Fix lines and total for good: what is still due becomes a debt, what was paid above the total goes back.

    Writes the payments that were taken under this lock too: one statement for the whole bill. The refunds are to be
    sent after the commit.
    """
    set_lines(bill, lines)
    refunds = refund_bill(bill=bill, amount=bill.paid - bill.total, reason=refund_reason, now=now)
    bill.billed_until, bill.frozen_until, bill.closed_at = billed_until, None, now
    save_fields(bill, "lines", "total", "captured", "refunded", "charged", "billed_until", "frozen_until", "closed_at")
    if bill.due > ZERO:
        insert(Debt(bill=bill, amount=bill.due, created_at=now))
    return refunds


def set_lines(bill: Bill, lines: Sequence[BillLine]) -> None:
    """Put lines and their total on the bill, without saving it."""
    bill.lines = [line.to_json() for line in lines]
    bill.total = total_of(tuple(lines))


# --- Money coming in -------------------------------------------------------------------------------


def take_cash(*, bill: Bill, tendered: Decimal | None, attendant_id: int | None, now: datetime) -> Decimal:
    """Write down the cash that pays what is due; answers the change (rupees). `close_bill` writes the bill.

    Raises Refused `amount_too_small`.
    """
    due = bill.due
    handed_over = due if tendered is None else tendered
    if handed_over < due:
        raise Refused("amount_too_small", f"₹{due} is due", due=str(due))
    if due > ZERO:
        payment = Payment(
            bill=bill,
            amount=due,
            method=PaymentMethod.CASH,
            tendered=handed_over,
            attendant_id=attendant_id,
            captured_at=now,
        )
        insert(payment)
        bill.captured += due
        bill.charged += due
    return handed_over - due


def place_order(
    *,
    bill: Bill,
    purpose: OrderPurpose,
    gateway: str,
    amount: Decimal,
    attendant_id: int | None,
    now: datetime,
) -> PaymentOrder:
    """Write an order down before the gateway is asked. There is one open order on a bill at most."""
    order = PaymentOrder(
        order_id=new_order_id(),
        bill=bill,
        purpose=purpose,
        gateway=gateway,
        amount=amount,
        attendant_id=attendant_id,
        created_at=now,
        updated_at=now,
    )
    insert(order)
    return order


def open_order(bill: Bill) -> PaymentOrder | None:
    """The order of this bill that waits for its money, if any."""
    return PaymentOrder.objects.filter(bill=bill, status__in=OPEN_ORDER).first()


def give_up_order(*, bill: Bill, now: datetime) -> None:
    """Stop waiting for an order's money. Should it come all the same, `complete_order` still takes it."""
    PaymentOrder.objects.filter(bill=bill, status__in=OPEN_ORDER).update(status=OrderStatus.EXPIRED, updated_at=now)


def note_pending(*, order: PaymentOrder, answer: OrderAnswer, now: datetime) -> None:
    """Keep what the gateway gave for a waiting order: its own number and the ways to pay."""
    order.status = OrderStatus.PENDING
    order.gateway_order_id, order.pay_url, order.upi_link = (
        answer.gateway_order_id,
        answer.pay_url,
        answer.upi_link,
    )
    change(
        PaymentOrder,
        order.pk,
        when={"status": OPEN_ORDER},
        status=order.status,
        gateway_order_id=order.gateway_order_id,
        pay_url=order.pay_url,
        upi_link=order.upi_link,
        updated_at=now,
    )


def fail_order(*, order: PaymentOrder, now: datetime) -> bool:
    """The gateway refused: the order fails if it was waiting. Paid never becomes failed."""
    failed = change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, status=OrderStatus.FAILED, updated_at=now)
    if failed:
        order.status = OrderStatus.FAILED
    return failed


class Completion(Enum):
    """What completing an order came to."""

    WAS_WAITING = auto()
    WAS_GIVEN_UP = auto()
    ALREADY_DONE = auto()
    REVIEW = auto()


def complete_order(*, order: PaymentOrder, bill: Bill, answer: OrderAnswer, now: datetime) -> Completion:
    """Take the money of an order: at most one payment, however often and in whatever order the news comes.

    An answer whose number, amount or currency is not the order's goes to review and takes nothing. The payment is
    added to `bill.captured`; the caller saves the bill. Answers one of the words of Completion.
    """
    if (answer.order_id, answer.amount, answer.currency) != (order.order_id, to_paise(order.amount), "INR"):
        PaymentOrder.objects.filter(pk=order.pk).exclude(status=OrderStatus.COMPLETED).update(
            status=OrderStatus.REVIEW, updated_at=now
        )
        order.refresh_from_db(fields=["status"])
        return Completion.REVIEW
    outcome = _mark_completed(order, answer, now)
    if outcome != Completion.ALREADY_DONE:
        payment = Payment(
            bill=bill,
            order=order,
            amount=order.amount,
            method=PaymentMethod.ONLINE,
            gateway=order.gateway,
            reference=answer.reference,
            attendant_id=order.attendant_id,
            captured_at=now,
        )
        insert(payment)
        bill.captured += order.amount
    return outcome


def _mark_completed(order: PaymentOrder, answer: OrderAnswer, now: datetime) -> Completion:
    order.status, order.gateway_order_id = OrderStatus.COMPLETED, answer.gateway_order_id
    changes = {"status": order.status, "gateway_order_id": order.gateway_order_id, "updated_at": now}
    if change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, **changes):
        return Completion.WAS_WAITING
    if change(PaymentOrder, order.pk, when={"status": (OrderStatus.FAILED, OrderStatus.EXPIRED)}, **changes):
        return Completion.WAS_GIVEN_UP
    return Completion.ALREADY_DONE


# --- Money going back ------------------------------------------------------------------------------


def refund_bill(*, bill: Bill, amount: Decimal, reason: str, now: datetime) -> list[Refund]:
    """Write down refunds of `amount` rupees in all, newest payment first; the caller saves the bill.

    A refund row is the obligation to give money back, from now on counted in `bill.refunded`; the gateway is asked
    after the commit. Cash goes back at the counter, with an administrator's word, so it is not refunded here.
    """
    if amount <= ZERO:
        return []
    refunds: list[Refund] = []
    for payment, left in _refundable(bill):
        if amount <= ZERO:
            break
        refunds.append(_new_refund(payment, min(left, amount), reason, now))
        amount -= refunds[-1].amount
        bill.refunded += refunds[-1].amount
    return refunds


def refund_order(*, order: PaymentOrder, bill: Bill, reason: str, now: datetime) -> list[Refund]:
    """Write down that the money of one order goes back whole: it came for a bill that was settled otherwise."""
    payment = Payment.objects.get(order=order)
    bill.refunded += payment.amount
    return [_new_refund(payment, payment.amount, reason, now)]


def _refundable(bill: Bill) -> list[tuple[Payment, Decimal]]:
    payments = Payment.objects.filter(bill=bill, method=PaymentMethod.ONLINE).order_by("-pk")
    given_back: dict[int, Decimal] = {}
    for refund in Refund.objects.filter(payment__bill=bill):
        given_back[refund.payment_id] = given_back.get(refund.payment_id, ZERO) + refund.amount
    left = [(payment, payment.amount - given_back.get(payment.pk, ZERO)) for payment in payments]
    return [(payment, amount) for payment, amount in left if amount > ZERO]


def _new_refund(payment: Payment, amount: Decimal, reason: str, now: datetime) -> Refund:
    refund = Refund(
        refund_id=new_refund_id(),
        payment=payment,
        amount=amount,
        reason=reason,
        created_at=now,
        updated_at=now,
    )
    insert(refund)
    return refund


def note_refund(*, refund: Refund, answer: RefundAnswer, now: datetime) -> None:
    """Write down what the gateway says of a refund. A finished one stays as it is."""
    status = {
        GatewayState.COMPLETED: RefundStatus.COMPLETED,
        GatewayState.PENDING: RefundStatus.PENDING,
        GatewayState.FAILED: RefundStatus.FAILED,
    }[answer.state]
    if answer.amount != to_paise(refund.amount):
        status = RefundStatus.REVIEW
    completed_at = now if status == RefundStatus.COMPLETED else None
    changed = (
        Refund.objects.filter(pk=refund.pk)
        .exclude(status__in=_FINAL_REFUND)
        .update(
            status=status,
            gateway_refund_id=answer.gateway_refund_id,
            completed_at=completed_at,
            updated_at=now,
        )
    )
    if changed:
        refund.status, refund.completed_at = status, completed_at


# --- Debts -----------------------------------------------------------------------------------------


def write_off_debt(*, debt: Debt, admin_id: int, now: datetime) -> None:
    """An administrator forgives a debt. The debt's row must be locked. Raises Refused `debt_closed`."""
    if debt.status != DebtStatus.OPEN:
        raise Refused("debt_closed", "This debt is settled already")
    debt.status, debt.written_off_by_id, debt.closed_at = DebtStatus.WRITTEN_OFF, admin_id, now
    debt.save(update_fields=["status", "written_off_by", "closed_at"])
