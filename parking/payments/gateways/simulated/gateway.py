"""A gateway for development and tests: no network, no money. Production refuses to start with it."""

from decimal import Decimal
from urllib.parse import quote, urlencode

from django.conf import settings

from parking.payments.gateways.base import (
    GatewayState,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
)

_OUTCOMES = {
    "CAPTURE": GatewayState.COMPLETED,
    "DECLINE": GatewayState.FAILED,
    "PENDING": GatewayState.PENDING,
}


def _upi_link(request: OrderRequest) -> str:
    """Return a link of the form that UPI apps read; nobody can pay it. `am` has two decimals."""
    values = {"pa": "simulated@example", "pn": "Simulated payment", "tr": request.order_id}
    query = values | {"am": f"{request.amount / Decimal(100):.2f}", "cu": "INR"}
    return f"upi://pay?{urlencode(query, safe='@', quote_via=quote)}"


class SimulatedGateway:
    """Answers as `SMART_PARKING_SIMULATED_OUTCOME` says at this moment: CAPTURE, DECLINE or PENDING."""

    code = "SIMULATED"

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        state = _OUTCOMES[settings.SIMULATED_OUTCOME]
        return OrderAnswer(
            order_id=request.order_id,
            state=state,
            amount=request.amount,
            gateway_order_id=f"SIM-{request.order_id}",
            reference=f"SIMPAY-{request.order_id}" if state == GatewayState.COMPLETED else "",
            upi_link=_upi_link(request) if state == GatewayState.PENDING else "",
        )

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        return self.create_order(request)

    def create_refund(self, request: RefundRequest) -> RefundAnswer:
        return RefundAnswer(
            refund_id=request.refund_id,
            state=_OUTCOMES[settings.SIMULATED_OUTCOME],
            amount=request.amount,
            gateway_refund_id=f"SIMREF-{request.refund_id}",
        )

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer:
        return self.create_refund(request)
