"""Gateways in trouble, for the light at the gate: their newest orders have had no answer.

It follows from the orders themselves, so that every process shows the same; read every two seconds at most.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from parking.core import clock
from parking.core.fresh import FreshValue
from parking.core.sites import Sites, at_sites
from parking.payments.models import OrderStatus, PaymentOrder

# An order that was just made may still get its answer; an old one says nothing of now.
ANSWERS_WITHIN, SPEAKS_FOR = timedelta(seconds=5), timedelta(minutes=3)
_NEWEST = 30
_WITHOUT_ANSWER = (OrderStatus.INITIATED, OrderStatus.EXPIRED)
# So many orders in a row, not older than this, and it is no accident of one call.
IN_A_ROW, LOOKED_AT = 2, timedelta(minutes=15)


def _read() -> frozenset[str]:
    now = clock.now()
    rows = PaymentOrder.objects.order_by("-pk").values_list("gateway", "status", "gateway_order_id", "created_at")
    was_answered: dict[str, bool] = {}
    for gateway, status, number, created_at in rows[:_NEWEST]:
        answered = bool(number) or status not in _WITHOUT_ANSWER
        if created_at < now - SPEAKS_FOR or (not answered and created_at > now - ANSWERS_WITHIN):
            continue
        was_answered.setdefault(gateway, answered)
    return frozenset(gateway for gateway, answered in was_answered.items() if not answered)


in_trouble: FreshValue[frozenset[str]] = FreshValue(_read, seconds=2.0, overlap=2.0)


def silent_gateways(*, now: datetime) -> dict[str, int]:
    """Return the gateways whose newest orders, two and more, had no answer, with how many in a row."""
    rows = PaymentOrder.objects.filter(created_at__lte=now - ANSWERS_WITHIN).order_by("-pk")
    in_a_row: dict[str, int] = {}
    ended: set[str] = set()
    for gateway, status, number, created_at in rows.values_list("gateway", "status", "gateway_order_id", "created_at")[
        :_NEWEST
    ]:
        if number or status not in _WITHOUT_ANSWER or created_at < now - LOOKED_AT:
            ended.add(gateway)
        elif gateway not in ended:
            in_a_row[gateway] = in_a_row.get(gateway, 0) + 1
    return {gateway: count for gateway, count in in_a_row.items() if count >= IN_A_ROW}


def unanswered_orders(*, since: datetime, now: datetime, sites: Sites) -> "QuerySet[PaymentOrder]":
    """Return the orders of these sites since a moment of which their gateway has never said a word."""
    # Written so that indexes carry it: the open orders are few, those given up have `order_unanswered`.
    is_open = Q(status=OrderStatus.INITIATED, is_definite=False)
    made = PaymentOrder.objects.filter(is_open | Q(status=OrderStatus.EXPIRED), gateway_order_id="")
    return at_sites(made.filter(created_at__gt=since, created_at__lte=now - ANSWERS_WITHIN), sites, "bill__site_id")
