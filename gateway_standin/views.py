"""The books as the control API shows them, in neutral words."""

from gateway_standin.books import Books, Brand, Failure, Order, Payment, Refund
from gateway_standin.courier import Webhook
from gateway_standin.switches import ALWAYS, SWITCHES, Switches
from gateway_standin.wire.messages import Json


def find_order(books: Books, number: str) -> Order | None:
    """Return an order by the gateway's id, the merchant's number, or the token of its pay page; or None."""
    for brand in Brand:
        found = books.order(brand, number) or books.order_by_reference(brand, number)
        if found:
            return found
    return books.order_by_token(number)


def find_refund(books: Books, number: str) -> Refund | None:
    for brand in Brand:
        found = books.refund(brand, number) or books.refund_by_reference(brand, number)
        if found:
            return found
    return None


def order(it: Order) -> Json:
    return {
        "gateway": it.brand,
        "id": it.id,
        "reference": it.reference,
        "amount": it.amount,
        "state": it.state,
        "created_at": it.created_at,
        "expires_at": it.expires_at,
        "notes": it.notes,
        "pay_path": f"/pay/{it.token}",
        "failure": _failure(it.failure),
        "payments": [payment.id for payment in it.payments],
    }


def payment(it: Payment) -> Json:
    return {
        "gateway": it.order.brand,
        "id": it.id,
        "order": it.order.id,
        "order_reference": it.order.reference,
        "amount": it.amount,
        "customer_fee": it.customer_fee,
        "refunded": it.refunded,
        "state": it.state,
        "method": it.method,
        "reference": it.reference,
        "created_at": it.created_at,
        "failure": _failure(it.failure),
    }


def refund(it: Refund) -> Json:
    return {
        "gateway": it.payment.order.brand,
        "id": it.id,
        "reference": it.reference,
        "payment": it.payment.id,
        "order": it.payment.order.id,
        "order_reference": it.payment.order.reference,
        "amount": it.amount,
        "state": it.state,
        "key": it.key,
        "created_at": it.created_at,
        "failure": _failure(it.failure),
    }


def webhook(it: Webhook) -> Json:
    return {
        "number": it.number,
        "gateway": it.brand,
        "event": it.event,
        "about": it.about,
        "headers": it.headers,
        "body": it.body.decode(),
        "state": it.state,
        "tries": it.tries,
        "last": it.last,
    }


def switches(them: Switches) -> Json:
    return {
        brand: {
            switch.name: _position(them, brand, switch.name) | {"text": switch.text}
            for switch in SWITCHES
            if brand in switch.brands
        }
        for brand in Brand
    }


def _position(them: Switches, brand: Brand, name: str) -> Json:
    position = them.position(brand, name)
    return {"times": True if position.times == ALWAYS else position.times, "only": position.only}


def _failure(failure: Failure | None) -> str | None:
    return failure.code if failure else None
