"""Mandates at Razorpay: its Subscriptions. Source: razorpay.com/docs/api/payments/subscriptions.

Razorpay has no key against repetition here. A call whose outcome is unknown is looked for by our number in the notes
before it is sent again: among all that was made since it was first to be sent, however much that is.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parking.payments.gateways.base import GatewayRefused, GatewayState, GatewayUnreachable
from parking.payments.gateways.http import Json, identifier, link, mapping, paise, text
from parking.payments.gateways.mandates import (
    ChargeMade,
    ConsentPaid,
    MandateAnswer,
    MandateRequest,
    MandateState,
    PlanRequest,
)
from parking.payments.gateways.razorpay.answers import Payment, PaymentStatus, moment, note
from parking.payments.gateways.razorpay.client import RazorpayClient
from parking.payments.gateways.razorpay.config import RazorpayConfig
from parking.payments.gateways.razorpay.signatures import mandate_is_genuine

PERIODS = {"WEEK": "weekly", "MONTH": "monthly", "QUARTER": "quarterly"}
_STATES = {
    "created": MandateState.WAITING,
    "authenticated": MandateState.HELD,
    "active": MandateState.HELD,
    "pending": MandateState.FAILING,
    "halted": MandateState.STOPPED,
    "paused": MandateState.STOPPED,
    "cancelled": MandateState.OVER,
    "completed": MandateState.OVER,
    "expired": MandateState.OVER,
}


# The year 3000: later is no time that a charge has.
_LATEST = 32_503_680_000
# How far Razorpay's clock may be behind ours.
_CLOCKS_APART = timedelta(hours=1)


@dataclass
class RazorpayMandates:
    """Every call may raise GatewayUnreachable or GatewayRefused and is safe to repeat."""

    config: RazorpayConfig

    def __post_init__(self) -> None:
        self._client = RazorpayClient(self.config)

    @property
    def key_id(self) -> str:
        """Return the public key that a client's checkout needs."""
        return self.config.key_id

    def create_plan(self, request: PlanRequest) -> str:
        """Return Razorpay's number of a plan, which can never be changed: another price is another plan."""
        if not request.fresh:
            for found in self._since("/v1/plans", request.asked_at):
                if note(found, "number") == request.number and _price(found) == request.amount:
                    return _named(found)
        item = {"name": request.name, "amount": request.amount, "currency": "INR"}
        body = {"period": PERIODS[request.period], "interval": 1, "item": item, "notes": {"number": request.number}}
        return _named(self._client.post("/v1/plans", body))

    def create(self, request: MandateRequest) -> MandateAnswer:
        """Make a mandate, or find the one that a lost call made."""
        known = None if request.fresh else self.find(request)
        if known is not None:
            return known
        body = {
            "plan_id": request.gateway_plan_id,
            "total_count": request.charges,
            "start_at": int(request.starts_at.timestamp()),
            "expire_by": int(request.expires_at.timestamp()),
            "customer_notify": True,
            "notes": {"number": request.number},
        }
        return _answer(self._client.post("/v1/subscriptions", body))

    def find(self, request: MandateRequest) -> MandateAnswer | None:
        """Return the mandate of our number, None if the call that should make it never arrived."""
        for found in self._since("/v1/subscriptions", request.asked_at, plan_id=request.gateway_plan_id):
            if note(found, "number") == request.number:
                return _answer(found)
        return None

    def fetch(self, gateway_id: str) -> MandateAnswer:
        return _answer(self._client.get(f"/v1/subscriptions/{gateway_id}"))

    def cancel(self, gateway_id: str) -> MandateAnswer:
        """End a mandate at once; one that is over already is answered as it is."""
        try:
            return _answer(self._client.post(f"/v1/subscriptions/{gateway_id}/cancel", {"cancel_at_cycle_end": False}))
        except GatewayRefused as refused:
            answer = self.fetch(gateway_id)
            if answer.state != MandateState.OVER:
                raise refused from None
            return answer

    def charges(self, gateway_id: str) -> list[ChargeMade]:
        """Return the charges that were paid, the oldest first."""
        rows = self._client.pages("/v1/invoices", subscription_id=gateway_id)
        made = [_charge(row) for row in rows if row.get("subscription_id") == gateway_id]
        return [one for one in reversed(made) if one.gateway_order_id and one.payment_id]

    def consent(self, payment_id: str) -> ConsentPaid | None:
        """Return what a payment took for a consent and whether it is back, None if it took nothing."""
        payment = self._client.payment(payment_id)
        # By some ways of paying a consent is a payment of nothing.
        took = payment.status == PaymentStatus.OURS and payment.amount > 0
        return self._consent(payment) if took else None

    def consents_of(
        self, payer: str, *, since: datetime, until: datetime, others: Collection[str] = ()
    ) -> Iterator[str]:
        """Yield the payments of a payer that no invoice and no order of ours asked for.

        Nothing in such a payment names its mandate. `others` are orders that are known for something else.
        """
        span = (int(since.timestamp()), int(until.timestamp()))
        for payment in self._client.payments_between(*span):
            is_asked_for = payment.invoice_id or payment.receipt or payment.order_id in others
            if payer and payment.customer_id == payer and payment.status == PaymentStatus.OURS and not is_asked_for:
                yield payment.id

    def mandate_of_invoice(self, invoice_id: str) -> str:
        """Return Razorpay's number of the mandate that an invoice charges; empty for another invoice."""
        return identifier(self._client.get(f"/v1/invoices/{invoice_id}").get("subscription_id"))

    def _consent(self, payment: Payment) -> ConsentPaid:
        refunds = [row for row in self._client.refunds_of(payment.id) if row.state != GatewayState.FAILED]
        back = refunds[0] if refunds else None
        is_done = back is not None and back.state == GatewayState.COMPLETED
        return ConsentPaid(
            payment.id,
            payment.amount,
            moment(payment.created_at),
            back.id if back else "",
            moment(back.created_at) if back and is_done else None,
        )

    def _since(self, path: str, asked_at: datetime, **query: Any) -> Iterator[Json]:
        begin = int((asked_at - _CLOCKS_APART).timestamp())
        return self._client.pages(path, **query, **{"from": begin})

    def return_is_genuine(self, *, gateway_id: str, payment_id: str, signature: object) -> bool:
        """Return whether Razorpay signed what a browser brings back; take `gateway_id` from our row."""
        return mandate_is_genuine(
            self.config.key_secret, payment_id=payment_id, subscription_id=gateway_id, signature=signature
        )


def _charge(invoice: Json) -> ChargeMade:
    made_at = paise(invoice.get("created_at"))
    return ChargeMade(
        identifier(invoice.get("order_id")),
        identifier(invoice.get("payment_id")),
        paise(invoice.get("amount")),
        moment(made_at if 0 < made_at < _LATEST else 0),
    )


def _named(body: Json) -> str:
    number = identifier(body.get("id"))
    if not number:
        raise GatewayUnreachable("Razorpay: an answer without an id")
    return number


def _price(plan: Json) -> int:
    return paise(mapping(plan.get("item")).get("amount"))


def _answer(body: Json) -> MandateAnswer:
    word, charge_at = text(body.get("status"), 20), paise(body.get("charge_at"))
    return MandateAnswer(
        gateway_id=_named(body),
        state=_STATES.get(word, MandateState.UNKNOWN),
        word=word,
        page=link(body.get("short_url"), "https://", "http://"),
        charge_at=moment(charge_at) if 0 < charge_at < _LATEST else None,
        payer=identifier(body.get("customer_id")),
    )
