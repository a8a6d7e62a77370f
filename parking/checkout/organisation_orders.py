"""Paying the invoice of a month online: the order of its contact, and what its money brings about.

Settling comes here for bills of the kind ORGANISATION (`checkout.owners`).
"""

from datetime import datetime

from parking.audit import services as audit
from parking.checkout.second_payments import send_second_back
from parking.core.actor import SYSTEM, Actor
from parking.core.money import ZERO
from parking.passes.events import OrganisationPaid
from parking.passes.models import OrganisationInvoice
from parking.passes.organisation_invoices import lock_invoice, note_balance
from parking.payments import bills, orders
from parking.payments.events import OrderFailed, OrderToReview, PaymentCaptured
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.payments.orders import Found


def lock(bill_id: int) -> OrganisationInvoice:
    """Lock the pass of an organisation, the invoice of a month, and its bill."""
    return lock_invoice(bill_id)


def about(invoice: OrganisationInvoice) -> dict[str, int]:
    """Return the subject of events about the money of an organisation: its pass."""
    return {"pass_id": invoice.organisation.subscription.pk}


def may_see(bill_id: int, actor: Actor) -> bool:
    """Return whether somebody may see the bill of a month: the contact of the organisation, and staff of its site."""
    found = OrganisationInvoice.objects.select_related("organisation__plan").filter(bill_id=bill_id).first()
    if found is None:
        return False
    is_contact = actor.user_id is not None and found.organisation.contact_id == actor.user_id
    return is_contact or (actor.sees_work and actor.works_at(found.organisation.plan.site_id))


def paid(invoice: OrganisationInvoice, payment: Payment, _found: Found, now: datetime) -> tuple[Refund, ...]:
    """Count the money of an order in. It goes back whole where the office entered money meanwhile, so less is due."""
    order = payment.order
    if order is None:
        raise ValueError("only the payment of an order is settled")
    if payment.amount > invoice.bill.due:
        return (_goes_back(invoice, payment, order, now),)
    bills.credit(bill=invoice.bill, payment=payment, frozen_until=None)
    orders.give_up(bill=invoice.bill, now=now)
    note_balance(invoice=invoice, now=now)
    event = OrganisationPaid(
        organisation_id=invoice.organisation_id,
        number=invoice.number,
        amount=payment.amount,
        tds=ZERO,
        method=payment.method,
        due=invoice.bill.due,
    )
    audit.record(SYSTEM, event, now)
    return ()


def _goes_back(invoice: OrganisationInvoice, payment: Payment, order: PaymentOrder, now: datetime) -> Refund:
    refund = bills.return_payment(bill=invoice.bill, payment=payment, reason="The invoice was paid already", now=now)
    captured = PaymentCaptured(
        **about(invoice),
        order_id=order.order_id,
        purpose=order.purpose,
        amount=order.amount,
        refunds=(refund.refund_id,),
    )
    audit.record(SYSTEM, captured, now)
    return refund


def paid_twice(invoice: OrganisationInvoice, payment: Payment, now: datetime) -> Refund:
    """Write down that a second payment of an order goes back."""
    order = payment.second_of
    if order is None:
        raise ValueError("only a second payment is settled so")
    first = Payment.objects.get(order=order)
    return send_second_back(invoice.bill, about(invoice), payment=payment, order=order, first=first, now=now)


def failed(invoice: OrganisationInvoice, order: PaymentOrder, now: datetime) -> None:
    """Note that a gateway refused an order."""
    audit.record(SYSTEM, OrderFailed(**about(invoice), order_id=order.order_id, purpose=order.purpose), now)


def differs(invoice: OrganisationInvoice, order: PaymentOrder, now: datetime) -> None:
    """Note that money came which is not the order's."""
    review = OrderToReview(
        **about(invoice), order_id=order.order_id, purpose=order.purpose, amount=order.amount, refunds=()
    )
    audit.record(SYSTEM, review, now)


def refunded(invoice: OrganisationInvoice, now: datetime) -> None:
    """Follow a refund of money that was entered, or came through a gateway."""
    note_balance(invoice=invoice, now=now)
