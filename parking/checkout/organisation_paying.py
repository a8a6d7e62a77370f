"""The contact of an organisation pays the invoice of a month online, by the same orders as any other bill."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parking.checkout.paying import Due, refresh_order, sent_with_page, waiting_order
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.passes.models import Organisation, OrganisationInvoice
from parking.passes.organisation_invoices import invoice_by_number, lock_invoice
from parking.passes.organisations import organisation_of_contact
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder
from parking.payments.queries import open_order, orders_in_review


@dataclass(frozen=True)
class ToPay:
    """An invoice with the order that waits for its money, if there is one."""

    organisation: Organisation
    invoice: OrganisationInvoice
    order: PaymentOrder | None


def to_pay(*, actor: Actor, organisation_id: int, number: int) -> ToPay:
    """Return an invoice of an organisation whose contact the actor is.

    Raises NotFound `organisation_not_found`, `invoice_not_found`.
    """
    organisation = organisation_of_contact(organisation_id, actor.user_id or 0)
    invoice = invoice_by_number(organisation, number)
    return ToPay(organisation, invoice, open_order(invoice.bill))


def pay_invoice(*, actor: Actor, organisation_id: int, number: int, gateway: str | None, now: datetime) -> PaymentOrder:
    """Start to pay what is due on an invoice, or go on with the order that waits.

    The gateway is asked first whether a waiting order was paid meanwhile. Raises as `to_pay`; Refused `nothing_due`,
    `payment_in_review`, `gateway_invalid`, `payment_declined`; Unavailable.
    """
    code = chosen_gateway(gateway).code
    found = to_pay(actor=actor, organisation_id=organisation_id, number=number)
    if orders_in_review([found.invoice.bill_id]):
        raise Refused("payment_in_review", "A payment for this invoice is being checked")
    if found.order is not None:
        present = refresh_order(order=found.order, now=now)
        if present.status == OrderStatus.COMPLETED:
            return present
    with transaction.atomic(durable=True):
        invoice = lock_invoice(found.invoice.bill_id)
        if invoice.bill.due == ZERO or invoice.written_off_at is not None:
            raise Refused("nothing_due", "Nothing is due on this invoice")
        due = Due(OrderPurpose.INVOICE, invoice.bill.due)
        waiting = waiting_order(invoice, gateway=code, due=due, actor=actor, now=now)
    return sent_with_page(waiting, now)


def invoice_of_order(order: PaymentOrder) -> OrganisationInvoice:
    """Return the invoice that an order pays."""
    return OrganisationInvoice.objects.get(bill_id=order.bill_id)
