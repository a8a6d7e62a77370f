"""Single payments, refunds, debts and orders with what belongs to them, for the pages that decide about them."""

from decimal import Decimal

from parking.core.errors import NotFound
from parking.core.sites import Sites, at_sites
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.payments.queries import left_of


def payment_to_refund(payment_id: int, *, sites: Sites) -> tuple[Payment, Decimal]:
    """Return a payment of these sites with its session, and what may still go back (rupees).

    Raises NotFound `payment_not_found`.
    """
    rows = Payment.objects.select_related("bill__session__vehicle", "order", "attendant")
    payment = at_sites(rows, sites, "bill__site_id").filter(pk=payment_id).first()
    if payment is None:
        raise NotFound("payment_not_found", "There is no such payment")
    return payment, left_of(payment)


def refund_by_id(refund_id: int, *, sites: Sites) -> Refund:
    """Return a refund with its payment. Raises NotFound `refund_not_found`."""
    rows = at_sites(Refund.objects.select_related("payment__bill"), sites, "payment__bill__site_id")
    refund = rows.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("refund_not_found", "There is no such refund")
    return refund


def debt_by_id(debt_id: int, *, sites: Sites) -> Debt:
    """Return a debt with its parking session. Raises NotFound `debt_not_found`."""
    rows = at_sites(Debt.objects.select_related("bill__session__vehicle"), sites, "bill__site_id")
    debt = rows.filter(pk=debt_id).first()
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt


def order_by_number(order_id: str, *, sites: Sites) -> PaymentOrder:
    """Return a payment order with its parking session, by our number. Raises NotFound `order_not_found`."""
    rows = at_sites(PaymentOrder.objects.select_related("bill__session__vehicle"), sites, "bill__site_id")
    order = rows.filter(order_id=order_id).first()
    if order is None:
        raise NotFound("order_not_found", "There is no such payment order")
    return order
