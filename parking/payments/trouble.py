"""Gateways in trouble, for the light at the gate: their newest orders have had no answer.

It follows from the orders themselves, so that every process shows the same; read every two seconds at most.
"""

from datetime import timedelta

from parking.core import clock
from parking.core.fresh import FreshValue
from parking.payments.models import OrderStatus, PaymentOrder

# An order that was just made may still get its answer; an old one says nothing of now.
ANSWERS_WITHIN, SPEAKS_FOR = timedelta(seconds=5), timedelta(minutes=3)
_NEWEST = 30


def _read() -> frozenset[str]:
    now = clock.now()
    rows = PaymentOrder.objects.order_by("-pk").values_list("gateway", "status", "gateway_order_id", "created_at")
    was_answered: dict[str, bool] = {}
    for gateway, status, number, created_at in rows[:_NEWEST]:
        answered = bool(number) or status not in {OrderStatus.INITIATED, OrderStatus.EXPIRED}
        if created_at < now - SPEAKS_FOR or (not answered and created_at > now - ANSWERS_WITHIN):
            continue
        was_answered.setdefault(gateway, answered)
    return frozenset(gateway for gateway, answered in was_answered.items() if not answered)


in_trouble: FreshValue[frozenset[str]] = FreshValue(_read, seconds=2.0, overlap=2.0)
