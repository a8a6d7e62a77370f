"""Reads of bills and of the money that was asked for, taken and given back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.core.money import ZERO
from parking.facilities.calendars import zone_of
from parking.payments.counter_upi import Claim, claim_of
from parking.payments.gateways.base import OrderAnswer
from parking.payments.models import (
    OPEN_ORDER,
    Bill,
    Debt,
    DebtStatus,
    OrderPurpose,
    OrderStatus,
    Payment,
    PaymentOrder,
    Refund,
    RefundStatus,
)
from parking.tariffs.rules import BillLine, Charge

FINAL_REFUND = (RefundStatus.COMPLETED, RefundStatus.REVIEW)

# --- Bills -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A bill whose lines are made for the moment at which somebody asks."""


@dataclass(frozen=True)
class Frozen:
    """A bill whose lines hold until a time (aware): what is paid till then pays for the charge."""

    charge: Charge
    until: datetime


@dataclass(frozen=True)
class Fixed:
    """A bill that was closed for good."""

    charge: Charge


BillState = Running | Frozen | Fixed


def state_of(bill: Bill, *, now: datetime) -> BillState:
    """Return the state of a bill at `now`."""
    if bill.closed_at is not None:
        return Fixed(charge_of(bill))
    if bill.frozen_until is not None and now <= bill.frozen_until:
        return Frozen(charge_of(bill), bill.frozen_until)
    return Running()


def charge_of(bill: Bill) -> Charge:
    """Return the charge that was last written on a bill."""
    return Charge(tuple(BillLine.from_json(line) for line in bill.lines), bill.billed_until)


# --- Orders and payments ---------------------------------------------------------------------------


def open_order(bill: Bill) -> PaymentOrder | None:
    """Return the order of a bill that waits for its money, if any."""
    order = PaymentOrder.objects.filter(bill=bill, status__in=OPEN_ORDER).first()
    if order is not None:
        order.bill = bill
    return order


def orders_in_review(bill_ids: list[int]) -> dict[int, PaymentOrder]:
    """Return of each of these bills the newest order whose money came, does not fit, and was not looked into yet."""
    rows = PaymentOrder.objects.filter(bill_id__in=bill_ids, status=OrderStatus.REVIEW, review_closed_at=None)
    return {order.bill_id: order for order in rows.order_by("pk")}


def is_anothers_payment(*, order: PaymentOrder, answer: OrderAnswer) -> bool:
    """Return whether the payment that the gateway names for an order has paid another one already."""
    same = Payment.objects.filter(gateway=order.gateway, reference=answer.reference)
    return same.exclude(order_id=order.pk).exists()


def paid_already(*, bill: Bill, payment: Payment) -> Payment | None:
    """Return what had paid for the same as a payment that was just written; None if the bill has a use for it.

    That is money of another order for the same purpose which was not there yet when the order of this payment was
    written: both asked for the same. The bill must be locked, and not hold this payment yet.
    """
    order = payment.order
    if order is None or _has_a_use(bill, order):
        return None
    others = Payment.objects.filter(bill=bill, order__purpose=order.purpose).exclude(pk=payment.pk)
    return others.filter(captured_at__gte=order.created_at).order_by("pk").first()


def _has_a_use(bill: Bill, order: PaymentOrder) -> bool:
    """Return whether an order's money is missing: of the fee, or of the charge as it was last made."""
    return bill.paid < order.amount if order.purpose == OrderPurpose.FEE else bill.due > ZERO


def claim_of_payment(payment: Payment, site_id: int | None) -> Claim | None:
    """Return what an attendant claims of a payment that no statement has confirmed; None for other money."""
    if not payment.is_claim:
        return None
    return claim_of(payment.method, payment.reference, payment.captured_at.astimezone(zone_of(site_id)).date())


def waits_to_be_handed_out(bill: Bill) -> Decimal:
    """Return what of a bill goes back by hand and was not handed out yet (rupees); no statement where nothing does."""
    if bill.refunded == ZERO:
        return ZERO
    rows = Refund.objects.filter(payment__bill=bill, status=RefundStatus.INITIATED).select_related("payment")
    return sum((refund.amount for refund in rows if refund.by_hand), ZERO)


def newest_payment_id(bill_id: int) -> int | None:
    """Return the last payment of a bill, whose receipt the driver may want; None where nothing was paid."""
    return Payment.objects.filter(bill_id=bill_id).order_by("-pk").values_list("pk", flat=True).first()


def open_debt(bill_id: int) -> Debt | None:
    """Return what a closed bill is still short of, or None."""
    return Debt.objects.filter(bill_id=bill_id, status=DebtStatus.OPEN).first()


# --- Refunds ---------------------------------------------------------------------------------------


def left_of(payment: Payment) -> Decimal:
    """Return what of a payment has not gone back and is not on its way back (rupees)."""
    return payment.amount - sum((refund.amount for refund in Refund.objects.filter(payment=payment).owed()), ZERO)
