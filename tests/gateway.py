"""A payment gateway that a test controls."""

from dataclasses import dataclass, field, replace
from typing import TypeVar

from parking.payments.gateways.base import (
    GatewayNotFound,
    GatewayState,
    GatewayUnreachable,
    OrderAnswer,
    OrderRequest,
    RefundAnswer,
    RefundRequest,
)

Answer = TypeVar("Answer")


class PowerCut(BaseException):
    """Our own process dies here."""


@dataclass
class FakeGateway:
    """Keeps orders as a real gateway does: requested twice, it is one order; a decision is final.

    `outcome` is the result of new orders and refunds. `reachable` False: no call arrives. `answers_lost` True: calls
    are carried out, but their answers are lost. `power` False: our process dies before it can call.
    """

    code: str = "SIMULATED"
    outcome: GatewayState = GatewayState.COMPLETED
    reachable: bool = True
    answers_lost: bool = False
    power: bool = True
    orders: dict[str, OrderAnswer] = field(default_factory=dict)
    refunds: dict[str, RefundAnswer] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def create_order(self, request: OrderRequest) -> OrderAnswer:
        self._receive("create_order")
        new = OrderAnswer(
            order_id=request.order_id,
            state=self.outcome,
            amount=request.amount,
            gateway_order_id=f"GW-{request.order_id}",
            reference=f"PAY-{request.order_id}",
            pay_url=f"https://gateway.example/{request.order_id}",
            upi_link=f"upi://pay?tr={request.order_id}",
        )
        return self._answer(self.orders.setdefault(request.order_id, new))

    def fetch_order(self, request: OrderRequest) -> OrderAnswer:
        self._receive("fetch_order")
        return self._answer(self._known(self.orders, request.order_id))

    def create_refund(self, request: RefundRequest) -> RefundAnswer:
        self._receive("create_refund")
        new = RefundAnswer(request.refund_id, self.outcome, request.amount, f"GWR-{request.refund_id}")
        return self._answer(self.refunds.setdefault(request.refund_id, new))

    def fetch_refund(self, request: RefundRequest) -> RefundAnswer:
        self._receive("fetch_refund")
        return self._answer(self._known(self.refunds, request.refund_id))

    def decide(self, state: GatewayState) -> None:
        """Give all waiting orders and refunds this state."""
        self.outcome = state
        for answers in (self.orders, self.refunds):
            answers.update({number: replace(answer, state=state) for number, answer in list(answers.items())})  # type: ignore[type-var]

    @staticmethod
    def _known(answers: dict[str, Answer], number: str) -> Answer:
        if number not in answers:
            raise GatewayNotFound("no such number")
        return answers[number]

    def _receive(self, call: str) -> None:
        if not self.power:
            raise PowerCut
        self.calls.append(call)
        if not self.reachable:
            raise GatewayUnreachable

    def _answer(self, answer: Answer) -> Answer:
        if self.answers_lost:
            raise GatewayUnreachable
        return answer
