"""Which orders the worker asks after, and when an order becomes definite.

The next time is written before the gateway is called: a worker that dies in the call costs the order one check, not
its place in the schedule, and of several workers one makes the call.
"""

from datetime import datetime

from django.db.models import Q

from parking.core.statements import change
from parking.payments.models import OPEN_ORDER, OrderStatus, PaymentOrder
from parking.payments.orders import record_move
from parking.payments.schedule import FOLLOWED_FOR, LAST_CHANCE, next_check


def orders_to_check(*, now: datetime, gateway: str | None = None, most: int | None = None) -> list[PaymentOrder]:
    """Return orders whose time has come, those that wait longest first: of one gateway if named, at most `most`."""
    # A process of the former release, still running after the migration, writes no time.
    due = PaymentOrder.objects.filter(Q(next_check_at__lte=now) | Q(next_check_at=None), is_definite=False)
    if gateway is not None:
        due = due.filter(gateway=gateway)
    return list(due.select_related("bill").order_by("next_check_at", "pk")[:most])


def claim_check(*, order: PaymentOrder, now: datetime) -> bool:
    """Return whether this caller may ask the gateway now, and write when the order's next check is due."""
    is_given_up = order.status == OrderStatus.EXPIRED
    following = next_check(created_at=order.created_at, now=now, is_given_up=is_given_up) or now + LAST_CHANCE
    due = PaymentOrder.objects.filter(pk=order.pk, is_definite=False, next_check_at=order.next_check_at)
    return due.update(next_check_at=following, updated_at=now) == 1


def is_last_check(*, order: PaymentOrder, answered: bool, now: datetime) -> bool:
    """Return whether the schedule ends with the check made at `now`; a silent gateway is given one more chance."""
    ends_at = order.created_at + FOLLOWED_FOR
    return now >= (ends_at if answered else ends_at + LAST_CHANCE)


def end_following(*, order: PaymentOrder, now: datetime) -> None:
    """Make an order definite whose money did not come; one that waits is given up. The bill must be locked.

    Should its money come all the same, a webhook, the client's question or the reconciliation brings it in.
    """
    before = order.status
    definite = {"is_definite": True, "next_check_at": None, "updated_at": now}
    if not change(PaymentOrder, order.pk, when={"status": OPEN_ORDER}, status=OrderStatus.EXPIRED, **definite):
        unpaid = (OrderStatus.FAILED, OrderStatus.EXPIRED)
        change(PaymentOrder, order.pk, when={"status": unpaid}, **definite)
    order.refresh_from_db(fields=["status", "is_definite", "next_check_at"])
    if order.status != before:
        record_move(order, now)
