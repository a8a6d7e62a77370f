"""Razorpay's calls on orders and payments. Those on refunds are in `refunding`."""

import base64
import hmac

from gateway_standin import ids
from gateway_standin.books import Brand, Order, Payment, PaymentState
from gateway_standin.gateway import Desk, Gateway, Work
from gateway_standin.mandates import Mandates
from gateway_standin.razorpay import rules, shapes
from gateway_standin.razorpay.errors import refused, unknown_id
from gateway_standin.razorpay.lists import collection, page
from gateway_standin.razorpay.refunding import Refunding
from gateway_standin.razorpay.subscriptions import Subscriptions
from gateway_standin.wire.messages import Json, Refused, Request
from gateway_standin.wire.routes import Route, route

ORDER_FIELDS = {"amount", "currency", "receipt", "notes", "partial_payment", "payment", "payment_capture"}


class Razorpay(Gateway):
    brand = Brand.RAZORPAY
    enum_fields = frozenset({"method"})
    state_fields = frozenset({"status"})

    def __init__(self, desk: Desk, mandates: Mandates) -> None:
        super().__init__(desk)
        self._valid = _credentials(desk.options.razorpay_key_id, desk.options.razorpay_key_secret)
        refunding = Refunding(desk)
        self.routes = [
            self._route("order_create", "POST", "/v1/orders", self.create_order),
            self._route("order_list", "GET", "/v1/orders", self.list_orders),
            self._route("order_fetch", "GET", "/v1/orders/{number}", self.fetch_order),
            self._route("order_edit", "PATCH", "/v1/orders/{number}", self.edit_order),
            self._route("order_payments", "GET", "/v1/orders/{number}/payments", self.payments_of_order),
            self._route("payment_list", "GET", "/v1/payments", self.list_payments),
            self._route("payment_fetch", "GET", "/v1/payments/{number}", self.fetch_payment),
            self._route("capture", "POST", "/v1/payments/{number}/capture", self.capture),
            # Not alone with the books for all of its time: it may be slow, see there.
            route("refund_create", "POST", "/v1/payments/{number}/refund", self._noted(refunding.create)),
            self._route("payment_refunds", "GET", "/v1/payments/{number}/refunds", refunding.of_payment),
            self._route("refund_fetch", "GET", "/v1/payments/{owner}/refunds/{number}", refunding.fetch_of_payment),
            self._route("refund_list", "GET", "/v1/refunds", refunding.all),
            self._route("refund_fetch", "GET", "/v1/refunds/{number}", refunding.fetch),
            *self._mandate_routes(Subscriptions(desk, mandates)),
        ]

    def _mandate_routes(self, calls: Subscriptions) -> list[Route[Work]]:
        return [
            self._route("plan_create", "POST", "/v1/plans", calls.create_plan),
            self._route("plan_list", "GET", "/v1/plans", calls.list_plans),
            self._route("plan_fetch", "GET", "/v1/plans/{number}", calls.fetch_plan),
            self._route("subscription_create", "POST", "/v1/subscriptions", calls.create),
            self._route("subscription_list", "GET", "/v1/subscriptions", calls.list),
            self._route("subscription_fetch", "GET", "/v1/subscriptions/{number}", calls.fetch),
            self._route("subscription_cancel", "POST", "/v1/subscriptions/{number}/cancel", calls.cancel),
            self._route("invoice_list", "GET", "/v1/invoices", calls.list_invoices),
            self._route("invoice_fetch", "GET", "/v1/invoices/{number}", calls.fetch_invoice),
        ]

    def authenticate(self, request: Request) -> None:
        """Raise Refused unless the credentials are right and the scheme reads exactly `Basic`."""
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), self._valid.encode()):
            raise refused("Authentication failed", status=401)

    def revoke(self) -> None:
        """Do nothing: there is no token to revoke, only this one call fails."""
        raise refused("Authentication failed", status=401)

    def refuse(self, status: int, text: str) -> Refused:
        return refused(text, status=status)

    def create_order(self, request: Request) -> Json:
        unique = {"unique_receipt"} if self.desk.options.razorpay_unique_receipt else set()
        content = rules.body_of(request, ORDER_FIELDS | unique)
        order = self._new_order(content)
        known = self.desk.books.order_by_reference(self.brand, order.reference)
        if known and order.reference and content.get("unique_receipt") is True:
            return shapes.order(known)
        self.desk.books.add_order(order)
        answer = shapes.order(order)
        if self.desk.switches.take(self.brand, "pays_at_once"):
            self.desk.bank.pay(order)
        return answer

    def fetch_order(self, _request: Request, number: str) -> Json:
        return shapes.order(self._order(number))

    def edit_order(self, request: Request, number: str) -> Json:
        order = self._order(number)
        order.notes = rules.notes(rules.body_of(request, {"notes"}))
        return shapes.order(order)

    def list_orders(self, request: Request) -> Json:
        receipt = request.query.get("receipt")
        rows = (row for row in self.desk.books.orders(self.brand) if receipt in {None, row.reference})
        return collection([shapes.order(row) for row in page(rows, request, "receipt")])

    def payments_of_order(self, _request: Request, number: str) -> Json:
        return collection([shapes.payment(row) for row in reversed(self._order(number).payments)])

    def fetch_payment(self, _request: Request, number: str) -> Json:
        return shapes.payment(self._payment(number))

    def list_payments(self, request: Request) -> Json:
        return collection([shapes.payment(row) for row in page(self.desk.books.payments(self.brand), request)])

    def capture(self, request: Request, number: str) -> Json:
        payment = self._payment(number)
        content = rules.body_of(request, {"amount", "currency"})
        rules.require_currency(content)
        if payment.state is PaymentState.CAPTURED:
            raise refused("This payment has already been captured")
        if payment.state is not PaymentState.AUTHORISED:
            raise refused("Only payments which have been authorized and not yet captured can be captured")
        if rules.amount(content) != payment.amount:
            raise refused("Capture amount must be equal to the amount authorized", field="amount")
        self.desk.bank.capture(payment)
        return shapes.payment(payment)

    def _new_order(self, content: Json) -> Order:
        amount = rules.amount(content)
        rules.require_currency(content)
        return Order(
            brand=self.brand,
            id=ids.razorpay_id("order"),
            reference=rules.receipt(content),
            amount=amount,
            created_at=self.desk.clock.now(),
            token=ids.token(),
            notes=rules.notes(content),
            captures_itself=rules.captures_itself(content),
        )

    def _order(self, number: str) -> Order:
        order = self.desk.books.order(self.brand, number)
        if order is None:
            raise unknown_id()
        return order

    def _payment(self, number: str) -> Payment:
        payment = self.desk.books.payment(self.brand, number)
        if payment is None:
            raise unknown_id()
        return payment

    def _route(self, name: str, methods: str, path: str, work: Work) -> Route[Work]:
        return route(name, methods, path, self.locked(self._noted(work)))

    def _noted(self, work: Work) -> Work:
        """Wrap a call so that empty notes are answered as Razorpay does."""

        def noted(request: Request, **parts: str) -> Json:
            content = work(request, **parts)
            as_list = self.desk.switches.take(self.brand, "empty_notes_list")
            return shapes.with_lists_for_notes(content) if as_list else content

        return noted


def _credentials(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
