"""The only writer of bills, orders, payments, refunds and debts.

Every function that takes a bill expects the caller to hold its lock; none talks to a gateway.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from django.db import IntegrityError, transaction

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
from parking.payments.schedule import next_check, refund_pause
from parking.tariffs.rules import REFUND, BillLine, total_of

_FINAL_REFUND = (RefundStatus.COMPLETED, RefundStatus.REVIEW)
_UNFINISHED_REFUND = (RefundStatus.INITIATED, RefundStatus.PENDING)

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


def take_upi(*, bill: Bill, reference: str, attendant_id: int | None, now: datetime) -> None:
    """Write down what is due as paid by UPI at the counter. `close_bill` writes the bill.

    `reference` is the bank's number, which pays once: Raises Refused `upi_reference_used`.
    """
    due = bill.due
    if due == ZERO:
        return
    payment = Payment(
        bill=bill,
        amount=due,
        method=PaymentMethod.UPI,
        reference=reference,
        attendant_id=attendant_id,
        captured_at=now,
    )
    try:
        # The constraint decides: two gates may enter one reference at the same moment.
        with transaction.atomic():
            insert(payment)
    except IntegrityError as error:
        raise Refused("upi_reference_used", "This UPI reference paid another bill already") from error
    bill.captured += due
    bill.charged += due


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
        next_check_at=next_check(created_at=now, now=now),
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
    """Keep what the gateway gave for a waiting order: its own number and the ways to pay.

    Some name the ways to pay only once. What it leaves out stays as the row has it, which another answer may have
    written since `order` was read.
    """
    told = {
        "gateway_order_id": answer.gateway_order_id,
        "pay_url": answer.pay_url,
        "upi_link": answer.upi_link,
    }
    given = {"status": OrderStatus.PENDING, **{name: value for name, value in told.items() if value}}
    if not change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, **given, updated_at=now):
        order.refresh_from_db(fields=["status"])
        return
    for name, value in given.items():
        setattr(order, name, value)


def begin_check(*, order: PaymentOrder, pause: timedelta, now: datetime) -> bool:
    """Whether the gateway may be asked after an order: it is undecided, and nobody asked within `pause`.

    Of several callers one may: the same statement remembers that it asks.
    """
    undecided = PaymentOrder.objects.filter(pk=order.pk, is_definite=False, updated_at__lte=now - pause)
    return undecided.update(updated_at=now) == 1


def fail_order(*, order: PaymentOrder, now: datetime) -> bool:
    """The gateway refused for good: the order fails if it was waiting. Paid never becomes failed.

    Nobody asks after it any more, also if it had been given up before. Answers whether it was waiting.
    """
    definite = {"is_definite": True, "next_check_at": None, "updated_at": now}
    failed = change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, status=OrderStatus.FAILED, **definite)
    if failed:
        order.status = OrderStatus.FAILED
    else:
        change(PaymentOrder, order.pk, when={"status": OrderStatus.EXPIRED}, **definite)
        order.refresh_from_db(fields=["status"])
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
            status=OrderStatus.REVIEW, is_definite=True, next_check_at=None, updated_at=now
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


def close_review(*, order: PaymentOrder, now: datetime) -> None:
    """Note that a person has looked at an order in review. It stays in review, and its money is not ours.

    Raises Refused `order_not_in_review`, also if somebody else was quicker.
    """
    waiting = PaymentOrder.objects.filter(pk=order.pk, status=OrderStatus.REVIEW, review_closed_at=None)
    if not waiting.update(review_closed_at=now, updated_at=now):
        raise Refused("order_not_in_review", "This payment does not wait for a review")
    order.review_closed_at = order.updated_at = now


def is_anothers_payment(*, order: PaymentOrder, answer: OrderAnswer) -> bool:
    """Whether the payment that the gateway names for an order has paid another one already."""
    same = Payment.objects.filter(gateway=order.gateway, reference=answer.reference)
    return same.exclude(order_id=order.pk).exists()


def _mark_completed(order: PaymentOrder, answer: OrderAnswer, now: datetime) -> Completion:
    order.status, order.gateway_order_id = OrderStatus.COMPLETED, answer.gateway_order_id
    changes = {
        "status": order.status,
        "gateway_order_id": order.gateway_order_id,
        "is_definite": True,
        "next_check_at": None,
        "updated_at": now,
    }
    if change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, **changes):
        return Completion.WAS_WAITING
    if change(PaymentOrder, order.pk, when={"status": (OrderStatus.FAILED, OrderStatus.EXPIRED)}, **changes):
        return Completion.WAS_GIVEN_UP
    order.refresh_from_db(fields=["status", "gateway_order_id"])
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


def left_of(payment: Payment) -> Decimal:
    """What of a payment has not gone back and is not on its way back (rupees)."""
    return payment.amount - sum((refund.amount for refund in payment.refunds.all()), ZERO)


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

    A bill that is still open is made anew at its end, so it gets no line: there, what was paid falls.
    """
    refund = _new_refund(payment, amount, reason, now, refund_id=refund_id, asked_by_id=asked_by_id)
    bill.refunded += amount
    if bill.closed_at is not None:
        lines = [*(BillLine.from_json(line) for line in bill.lines), BillLine(REFUND, 1, -amount)]
        set_lines(bill, lines)
    save_fields(bill, "lines", "total", "refunded")
    return refund


def _new_refund(
    payment: Payment,
    amount: Decimal,
    reason: str,
    now: datetime,
    *,
    refund_id: str | None = None,
    asked_by_id: int | None = None,
) -> Refund:
    refund = Refund(
        refund_id=refund_id or new_refund_id(),
        payment=payment,
        amount=amount,
        reason=reason[:60],
        asked_by_id=asked_by_id,
        created_at=now,
        updated_at=now,
    )
    insert(refund)
    return refund


def may_be_sent(refund: Refund) -> bool:
    """Whether the gateway may be asked for a refund: one of a payment at a time, none of the counter's."""
    if refund.payment.method != PaymentMethod.ONLINE or refund.status in _FINAL_REFUND:
        return False
    earlier = Refund.objects.filter(payment_id=refund.payment_id, pk__lt=refund.pk)
    return not earlier.exclude(status__in=_FINAL_REFUND).exists()


def note_refund(*, refund: Refund, answer: RefundAnswer, now: datetime) -> None:
    """Write down what the gateway says of a refund. A finished one stays as it is.

    A failed one waits for its next attempt, under a new number; after the last attempt a person must look.
    """
    changes: dict[str, Any] = {"gateway_refund_id": answer.gateway_refund_id, "failure": answer.failure[:200]}
    if answer.amount != to_paise(refund.amount):
        changes["status"] = RefundStatus.REVIEW
    elif answer.state == GatewayState.COMPLETED:
        changes |= {"status": RefundStatus.COMPLETED, "completed_at": now}
    elif answer.state == GatewayState.PENDING:
        changes["status"] = RefundStatus.PENDING
    else:
        changes |= _next_attempt(refund, now)
    # Named by its attempt, so that a late word on an earlier attempt changes nothing.
    when = {"status": _UNFINISHED_REFUND, "attempt": refund.attempt}
    if change(Refund, refund.pk, when=when, updated_at=now, **changes):
        for name, value in changes.items():
            setattr(refund, name, value)
    else:
        refund.refresh_from_db(fields=["status", "attempt", "completed_at"])


def _next_attempt(refund: Refund, now: datetime) -> dict[str, Any]:
    pause = refund_pause(refund.attempt)
    if pause is None:
        return {"status": RefundStatus.REVIEW}
    return {"status": RefundStatus.FAILED, "next_try_at": now + pause}


def begin_next_attempt(*, refund: Refund, now: datetime) -> bool:
    """Take up a failed refund whose pause is over, under its next number. Of several callers one does."""
    changes = {"status": RefundStatus.INITIATED, "attempt": refund.attempt + 1, "next_try_at": None}
    when = {"status": RefundStatus.FAILED, "attempt": refund.attempt}
    if not change(Refund, refund.pk, when=when, gateway_refund_id="", updated_at=now, **changes):
        return False
    refund.status, refund.attempt, refund.gateway_refund_id = RefundStatus.INITIATED, refund.attempt + 1, ""
    return True


def take_out_of_review(*, refund: Refund, now: datetime) -> None:
    """Take up a refund that was put before a person, under its next number. The bill must be locked.

    Raises Refused `refund_not_in_review`; `refund_under_way` while another one of the same payment is not finished:
    gateways want one at a time.
    """
    others = Refund.objects.filter(payment_id=refund.payment_id).exclude(pk=refund.pk)
    if others.exclude(status__in=_FINAL_REFUND).exists():
        raise Refused("refund_under_way", "Another refund of this payment is under way")
    changes = {"status": RefundStatus.INITIATED, "attempt": refund.attempt + 1, "gateway_refund_id": "", "failure": ""}
    when = {"status": RefundStatus.REVIEW, "attempt": refund.attempt}
    if not change(Refund, refund.pk, when=when, updated_at=now, **changes):
        raise Refused("refund_not_in_review", "Only a refund in review can be tried again")
    for name, value in changes.items():
        setattr(refund, name, value)


def pay_cash_back(*, refund: Refund, now: datetime) -> None:
    """Write down that money of the counter, cash or UPI, was handed back. The bill must be locked.

    Raises Refused `refund_not_waiting`.
    """
    when = {"status": RefundStatus.INITIATED}
    done = {"status": RefundStatus.COMPLETED, "completed_at": now, "updated_at": now}
    if refund.payment.method == PaymentMethod.ONLINE or not change(Refund, refund.pk, when=when, **done):
        raise Refused("refund_not_waiting", "This refund does not wait for approval")
    refund.status, refund.completed_at = RefundStatus.COMPLETED, now


# --- Debts -----------------------------------------------------------------------------------------


def write_off_debt(*, debt: Debt, admin_id: int, now: datetime) -> None:
    """An administrator forgives a debt. The debt's row must be locked. Raises Refused `debt_closed`."""
    if debt.status != DebtStatus.OPEN:
        raise Refused("debt_closed", "This debt is settled already")
    debt.status, debt.written_off_by_id, debt.closed_at = DebtStatus.WRITTEN_OFF, admin_id, now
    debt.save(update_fields=["status", "written_off_by", "closed_at"])
