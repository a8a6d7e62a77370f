"""Razorpay's calls on refunds, with the idempotency key: same key and body, same refund."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gateway_standin import ids
from gateway_standin.books import Brand, Payment, PaymentState, Refund
from gateway_standin.gateway import Desk
from gateway_standin.razorpay import rules, shapes
from gateway_standin.razorpay.errors import refused, unknown_id
from gateway_standin.razorpay.lists import collection, page
from gateway_standin.wire.messages import Json, Request

REFUND_FIELDS = {"amount", "speed", "receipt", "notes"}


class Refunding:
    """`create` takes the lock of the books itself; for the others the caller holds it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._keys_in_use: set[str] = set()

    def create(self, request: Request, number: str) -> Json:
        with self._in_use(rules.refund_key(request)) as key:
            if self._desk.switches.take(Brand.RAZORPAY, "slow_refund"):
                time.sleep(self._desk.settings().slow_refund_seconds)
            with self._desk.books.lock:
                return shapes.refund(self._refund(request, self._payment(number), key))

    def fetch(self, _request: Request, number: str) -> Json:
        return shapes.refund(self._find(number))

    def fetch_of_payment(self, _request: Request, owner: str, number: str) -> Json:
        refund = self._find(number)
        if refund.payment.id != owner:
            raise unknown_id()
        return shapes.refund(refund)

    def all(self, request: Request) -> Json:
        return collection([shapes.refund(row) for row in page(self._desk.books.refunds(Brand.RAZORPAY), request)])

    def of_payment(self, request: Request, number: str) -> Json:
        rows = page(reversed(self._payment(number).refunds), request)
        return collection([shapes.refund(row) for row in rows])

    @contextmanager
    def _in_use(self, key: str) -> Iterator[str]:
        """Refuse a second call while the first one with the same key runs."""
        with self._desk.books.lock:
            if key in self._keys_in_use:
                raise refused("Another request with this idempotency key is in progress", status=409)
            self._keys_in_use |= {key} if key else set()
        try:
            yield key
        finally:
            with self._desk.books.lock:
                self._keys_in_use.discard(key)

    def _refund(self, request: Request, payment: Payment, key: str) -> Refund:
        content = rules.body_of(request, REFUND_FIELDS)
        body = json.dumps([payment.id, content], sort_keys=True)
        known = self._desk.books.refund_by_key(key) if key else None
        if known is None:
            return self._new_refund(content, payment, key, body)
        if known.body != body:
            raise refused("The idempotency key was used before with a different request")
        return known

    def _new_refund(self, content: Json, payment: Payment, key: str, body: str) -> Refund:
        refund = Refund(
            payment=payment,
            id=ids.razorpay_id("rfnd"),
            reference=rules.receipt(content),
            amount=_amount(content, payment),
            created_at=self._desk.clock.now(),
            notes=rules.notes(content),
            speed=rules.speed(content),
            key=key,
            body=body,
        )
        if self._desk.switches.take(Brand.RAZORPAY, "refund_no_balance"):
            raise refused("Your account does not have enough balance to carry out the refund operation")
        self._desk.bank.refund(refund)
        return refund

    def _payment(self, number: str) -> Payment:
        payment = self._desk.books.payment(Brand.RAZORPAY, number)
        if payment is None:
            raise unknown_id()
        return payment

    def _find(self, number: str) -> Refund:
        refund = self._desk.books.refund(Brand.RAZORPAY, number)
        if refund is None:
            raise unknown_id()
        return refund


def _amount(content: Json, payment: Payment) -> int:
    """Return the requested paise; without an amount, all that is left."""
    if payment.state is not PaymentState.CAPTURED:
        raise refused("The payment status should be captured for action to be taken")
    left = payment.net - payment.refunded
    if left <= 0:
        raise refused("The payment has been fully refunded already")
    amount = rules.amount(content) if content.get("amount") is not None else left
    if amount > left:
        raise refused("The total refund amount is greater than the refund payment amount", field="amount")
    return amount
