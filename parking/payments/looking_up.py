"""Reading how things stand at a gateway, without making anything there: for reconciliation.

Never inside a transaction. Every function raises Unavailable if the gateway cannot be asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog

from parking.core.errors import Unavailable
from parking.payments.collecting import order_request, refund_request
from parking.payments.gateways.base import (
    GatewayError,
    GatewayNotFound,
    OrderAnswer,
    RefundAnswer,
    StatementEntry,
)
from parking.payments.gateways.registry import books_of, gateway_of
from parking.payments.models import PaymentOrder, Refund

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")


def statement_of(code: str, *, since: datetime, until: datetime) -> list[StatementEntry] | None:
    """What the gateway lists between two aware times; None if it has no call for that."""
    books = books_of(code)
    return None if books is None else _asked(code, lambda: list(books.statement(since, until)))


def look_up_order(order: PaymentOrder) -> OrderAnswer | None:
    """What the gateway knows of an order; None if nothing."""
    request = order_request(order)
    return _found(order.gateway, lambda: gateway_of(order.gateway).fetch_order(request))


def look_up_refund(refund: Refund) -> RefundAnswer | None:
    """What the gateway knows of a refund's present attempt; None if nothing. Raises ValueError for cash."""
    request = refund_request(refund)
    code = refund.payment.gateway
    return _found(code, lambda: gateway_of(code).fetch_refund(request))


def _found(code: str, ask: Callable[[], Answer]) -> Answer | None:
    def answer_or_nothing() -> Answer | None:
        try:
            return ask()
        except GatewayNotFound:
            return None

    return _asked(code, answer_or_nothing)


def _asked(code: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except GatewayError as error:
        log.warning("gateway_not_read", gateway=code, error=str(error))
        raise Unavailable("gateway_unavailable", f"{code} cannot be read now: {error}") from error
