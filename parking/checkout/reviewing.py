"""Orders in review: money came that is not the order's, and an administrator has looked into it."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.owners import lock_owner
from parking.core.actor import Actor
from parking.core.errors import NotFound
from parking.core.sites import at_sites
from parking.payments import orders
from parking.payments.events import ReviewClosed
from parking.payments.models import PaymentOrder


def close_review(*, actor: Actor, order_id: str, reason: str, now: datetime) -> PaymentOrder:
    """Take an order, by our number of it, off the list of what waits; what was done about the money is `reason`.

    No money is booked or given back by this: the order stays in review as a record, for the reconciliation too. The
    reason stands in the audit record, beside who gave it. Raises NotFound `order_not_found`; Refused
    `order_not_in_review`, also when somebody else was quicker.
    """
    if actor.user_id is None:
        raise ValueError("a review is closed by a person")
    order = at_sites(
        PaymentOrder.objects.select_related("bill").filter(order_id=order_id), actor.sites, "bill__site_id"
    ).first()
    if order is None:
        raise NotFound("order_not_found", "There is no such payment order")
    with transaction.atomic():
        _, about = lock_owner(order.bill)
        orders.close_review(order=order, now=now)
        audit.record(actor, ReviewClosed(**about, order_id=order.order_id, amount=order.amount, reason=reason), now)
    return order
