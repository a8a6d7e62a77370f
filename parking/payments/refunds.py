"""The only writer of refunds. A refund row is the obligation to give money back; the gateway is asked after the commit.

The bill must be locked, except for what gateways say of a refund. `payments.bills` counts what goes back.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.ids import new_refund_id
from parking.core.money import LEAST_ONLINE, ZERO, to_paise
from parking.core.statements import change, insert
from parking.payments.events import RefundMoved
from parking.payments.gateways.base import GatewayState, RefundAnswer
from parking.payments.models import DRIVERS_METHODS, Bill, Payment, PaymentMethod, Refund, RefundStatus
from parking.payments.queries import FINAL_REFUND
from parking.payments.schedule import BALANCE_PAUSE, refund_pause

log = structlog.get_logger(__name__)

_UNFINISHED = (RefundStatus.INITIATED, RefundStatus.PENDING)

# --- Writing them down -----------------------------------------------------------------------------


def write(
    *,
    payment: Payment,
    amount: Decimal,
    reason: str,
    now: datetime,
    refund_id: str | None = None,
    asked_by_id: int | None = None,
    paid_already: Payment | None = None,
    is_held: bool = False,
) -> Refund:
    """Write down that `amount` rupees of a payment go back. `asked_by_id` is the person who decided it.

    `paid_already` is the payment that had paid before, where a second one goes back; `is_held`: not before a manager
    says so.
    """
    refund = Refund(
        refund_id=refund_id or new_refund_id(),
        payment=payment,
        amount=amount,
        reason=reason,
        asked_by_id=asked_by_id,
        paid_already=paid_already,
        is_held=is_held,
        created_at=now,
        updated_at=now,
    )
    insert(refund)
    return refund


def refund_newest(*, bill: Bill, amount: Decimal, reason: str, now: datetime, by_id: int | None = None) -> list[Refund]:
    """Write down refunds of `amount` rupees in all, newest payment first; none for nothing.

    What was paid online goes first. Money of the counter goes back by hand, with a second person's word, for which the
    caller asks in the name of `by_id`.
    """
    if amount <= ZERO:
        return []
    written: list[Refund] = []
    for payment, left in _refundable(bill):
        if amount <= ZERO:
            break
        by_hand = payment.method != PaymentMethod.ONLINE
        written.append(
            write(
                payment=payment,
                amount=min(left, amount),
                reason=reason,
                asked_by_id=by_id if by_hand else None,
                now=now,
            )
        )
        amount -= written[-1].amount
    return written


def _refundable(bill: Bill) -> list[tuple[Payment, Decimal]]:
    """Return the payments of a bill, online first, newest first, with what is left of each (rupees, above zero)."""
    rows = Payment.objects.filter(bill=bill, method__in=DRIVERS_METHODS).order_by("-pk")
    payments = sorted(rows, key=lambda payment: payment.method != PaymentMethod.ONLINE)
    given_back: dict[int, Decimal] = {}
    for refund in Refund.objects.filter(payment__bill=bill).owed():
        given_back[refund.payment_id] = given_back.get(refund.payment_id, ZERO) + refund.amount
    left = [(payment, payment.amount - given_back.get(payment.pk, ZERO)) for payment in payments]
    return [(payment, amount) for payment, amount in left if amount > ZERO]


# --- What becomes of them --------------------------------------------------------------------------


def note_answer(*, refund: Refund, answer: RefundAnswer, now: datetime) -> None:
    """Write down what the gateway says of a refund; needs no lock. A finished one stays as it is.

    A failed one waits for its next attempt, under a new number; after the last attempt a person must look. One that
    only lacks our balance at the gateway is tried every hour until it goes through, which uses up no attempt.
    """
    before, lacked_balance = refund.status, refund.lacks_balance
    with transaction.atomic():
        # What another worker has written meanwhile, it has also recorded.
        if _note(refund, answer, now) and refund.status != before:
            _record(refund, now)
    if refund.status == RefundStatus.REVIEW:
        log.error("refund_needs_review", refund_id=refund.refund_id, failure=refund.failure)
    if refund.lacks_balance and not lacked_balance:
        log.error("refund_lacks_balance", refund_id=refund.refund_id, gateway=refund.payment.gateway)


def _note(refund: Refund, answer: RefundAnswer, now: datetime) -> bool:
    """Write the answer, unless somebody was faster; answers whether it was written."""
    changes: dict[str, Any] = {"gateway_refund_id": answer.gateway_refund_id, "failure": answer.failure[:200]}
    if answer.amount != to_paise(refund.amount):
        changes["status"] = RefundStatus.REVIEW
    elif answer.state == GatewayState.COMPLETED:
        changes |= {"status": RefundStatus.COMPLETED, "completed_at": now, "lacks_balance": False}
    elif answer.state == GatewayState.PENDING:
        changes["status"] = RefundStatus.PENDING
    elif answer.lacks_balance:
        changes |= {"status": RefundStatus.FAILED, "next_try_at": now + BALANCE_PAUSE}
        changes |= {"lacks_balance": True, "unfunded_tries": refund.unfunded_tries + 1}
    else:
        changes |= {"lacks_balance": False, **_next_attempt(refund, now)}
    # Named by its attempt, so that a late word on an earlier attempt changes nothing.
    when = {"status": _UNFINISHED, "attempt": refund.attempt}
    if not change(Refund, refund.pk, when=when, updated_at=now, **changes):
        refund.refresh_from_db(fields=["status", "attempt", "completed_at", "lacks_balance"])
        return False
    for name, value in changes.items():
        setattr(refund, name, value)
    return True


def _next_attempt(refund: Refund, now: datetime) -> dict[str, Any]:
    pause = refund_pause(refund.attempt - refund.unfunded_tries)
    if pause is None:
        return {"status": RefundStatus.REVIEW}
    return {"status": RefundStatus.FAILED, "next_try_at": now + pause}


def begin_next_attempt(*, refund: Refund, now: datetime) -> bool:
    """Take up a failed refund whose pause is over, under its next number; of several callers one does. No lock."""
    changes = {"status": RefundStatus.INITIATED, "attempt": refund.attempt + 1, "next_try_at": None}
    when = {"status": RefundStatus.FAILED, "attempt": refund.attempt}
    with transaction.atomic():
        if not change(Refund, refund.pk, when=when, gateway_refund_id="", updated_at=now, **changes):
            return False
        refund.status, refund.attempt, refund.gateway_refund_id = RefundStatus.INITIATED, refund.attempt + 1, ""
        _record(refund, now)
    return True


def _record(refund: Refund, now: datetime) -> None:
    """Record that a refund has another status: live pages follow the record (docs/architecture.md)."""
    bill_id = refund.payment.bill_id
    moved = RefundMoved(bill_id=bill_id, refund_id=refund.refund_id, status=refund.status, attempt=refund.attempt)
    audit.record(SYSTEM, moved, now)


def take_out_of_review(*, refund: Refund, now: datetime) -> None:
    """Take up a refund that was put before a person, under its next number.

    Raises Refused `refund_not_in_review`; `refund_under_way` while another one of the same payment is not finished:
    gateways want one at a time.
    """
    others = Refund.objects.filter(payment_id=refund.payment_id, amount__gte=LEAST_ONLINE).exclude(pk=refund.pk)
    if others.exclude(status__in=FINAL_REFUND).exists():
        raise Refused("refund_under_way", "Another refund of this payment is under way")
    changes = {"status": RefundStatus.INITIATED, "attempt": refund.attempt + 1, "gateway_refund_id": "", "failure": ""}
    when = {"status": RefundStatus.REVIEW, "attempt": refund.attempt}
    if not change(Refund, refund.pk, when=when, updated_at=now, **changes):
        raise Refused("refund_not_in_review", "Only a refund in review can be tried again")
    for name, value in changes.items():
        setattr(refund, name, value)


def release(*, refund: Refund, now: datetime) -> None:
    """Let a second payment go back that waited for a manager's word. Raises Refused `refund_not_held`."""
    if not change(Refund, refund.pk, when={"is_held": True}, is_held=False, updated_at=now):
        raise Refused("refund_not_held", "This refund does not wait to be sent")
    refund.is_held = False


def refuse(*, refund: Refund, now: datetime) -> None:
    """Write down that money which goes by hand does not go back after all. Raises Refused `refund_not_waiting`."""
    when = {"status": RefundStatus.INITIATED, "is_held": False}
    refused = {"status": RefundStatus.REFUSED, "updated_at": now}
    if not refund.by_hand or not change(Refund, refund.pk, when=when, **refused):
        raise Refused("refund_not_waiting", "This refund does not wait for approval")
    refund.status = RefundStatus.REFUSED


def set_aside(*, refund: Refund, reason: str, now: datetime) -> None:
    """Write down why money that goes by hand, and is owed, is not handed out now: it waits for a person.

    Raises Refused `refund_not_waiting`.
    """
    when = {"status": RefundStatus.INITIATED, "is_held": False}
    aside = {"status": RefundStatus.REVIEW, "failure": reason, "updated_at": now}
    if not refund.by_hand or not change(Refund, refund.pk, when=when, **aside):
        raise Refused("refund_not_waiting", "This refund does not wait for approval")
    refund.status, refund.failure = RefundStatus.REVIEW, reason


def hand_back(*, refund: Refund, now: datetime) -> None:
    """Write down that money was handed back that goes by hand: cash, UPI of the counter, less than a gateway takes.

    Raises Refused `refund_not_waiting`.
    """
    when = {"status": RefundStatus.INITIATED, "is_held": False}
    done = {"status": RefundStatus.COMPLETED, "completed_at": now, "updated_at": now}
    if not refund.by_hand or not change(Refund, refund.pk, when=when, **done):
        raise Refused("refund_not_waiting", "This refund does not wait for approval")
    refund.status, refund.completed_at = RefundStatus.COMPLETED, now
