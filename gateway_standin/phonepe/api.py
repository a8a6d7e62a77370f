"""PhonePe's calls: token, pay, status of an order and of an attempt, refund and its status."""

from gateway_standin import ids
from gateway_standin.books import Brand, Order, OrderState, Payment, PaymentState, Refund
from gateway_standin.gateway import TOKEN_CALL, Desk, Gateway
from gateway_standin.phonepe import rules, shapes
from gateway_standin.phonepe.errors import BAD_REQUEST, refused
from gateway_standin.phonepe.tokens import Tokens
from gateway_standin.wire.messages import Json, Refused, Request
from gateway_standin.wire.routes import route

CODES = {404: "NOT_FOUND", 429: "TOO_MANY_REQUESTS"}
UNKNOWN_ORDER = "INVALID_MERCHANT_ORDER_ID"


class PhonePe(Gateway):
    """`address` is where the customer's pay page is."""

    brand = Brand.PHONEPE
    enum_fields = frozenset({"paymentMode", "type"})
    state_fields = frozenset({"state"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.address = ""
        self.tokens = Tokens(desk.options, desk.clock)
        self.routes = [
            route(TOKEN_CALL, "POST", "/v1/oauth/token", self.locked(self.tokens.issue)),
            route("pay", "POST", "/checkout/v2/pay", self.locked(self.pay)),
            route("order_status", "GET", "/checkout/v2/order/{number}/status", self.locked(self.order_status)),
            route("pay_qr", "POST", "/payments/v2/pay", self.locked(self.pay_qr)),
            route("qr_status", "GET", "/payments/v2/order/{number}/status", self.locked(self.qr_status)),
            route("transaction_status", "GET", "/checkout/v2/transaction/{number}/status", self.locked(self.attempt)),
            route("refund", "POST", "/payments/v2/refund", self.locked(self.refund)),
            # One page of the documentation says POST, the SDK uses GET.
            route("refund_status", "GET POST", "/payments/v2/refund/{number}/status", self.locked(self.refund_status)),
        ]

    def authenticate(self, request: Request) -> None:
        with self.desk.books.lock:
            self.tokens.require(request)

    def revoke(self) -> None:
        with self.desk.books.lock:
            self.tokens.revoke_all()

    def refuse(self, status: int, text: str) -> Refused:
        return refused(CODES.get(status, BAD_REQUEST), text, status)

    def pay(self, request: Request) -> Json:
        content = rules.body_of(request)
        order = self._new_order(content, rules.payment_flow(content))
        page = f"{self.address}/pay/{order.token}"
        # The link is ours, beside what the real one answers: clients that show one find it here too.
        return self._taken(order, {"redirectUrl": page, "intentUrl": self._upi_link(order)})

    def pay_qr(self, request: Request) -> Json:
        content = rules.body_of(request)
        order = self._new_order(content, rules.qr_flow(content))
        order.by_qr = True
        link = self._upi_link(order)
        return self._taken(order, {"intentUrl": link, "qrData": link})

    def _upi_link(self, order: Order) -> str:
        return shapes.upi_link(order, self.desk.options.phonepe_merchant_id)

    def order_status(self, request: Request, number: str) -> Json:
        return self._status(request, number, by_qr=False)

    def qr_status(self, request: Request, number: str) -> Json:
        return self._status(request, number, by_qr=True)

    def _taken(self, order: Order, ways_to_pay: Json) -> Json:
        self.desk.books.add_order(order)
        expires = shapes.milliseconds(order.expires_at or order.created_at)
        if self.desk.switches.take(self.brand, "pays_at_once"):
            self.desk.bank.pay(order)
        # PENDING even if it is paid by now: only the status call reports it.
        return {"orderId": order.id, "state": "PENDING", "expireAt": expires} | ways_to_pay

    def _status(self, request: Request, number: str, *, by_qr: bool) -> Json:
        """Return an order's status, known only under the address of its own kind."""
        details, context = rules.flag(request, "details"), rules.flag(request, "errorContext")
        order = self.desk.bank.look(self._order(number))
        if order.by_qr != by_qr:
            raise refused(UNKNOWN_ORDER, f"There is no order {number}")
        shown = order.payments if details else order.payments[-1:]
        return shapes.order_status(order, shown, error_context=context)

    def attempt(self, request: Request, number: str) -> Json:
        payment = self.desk.books.payment(self.brand, number)
        if payment is None:
            raise refused("INVALID_TRANSACTION_ID", f"There is no transaction {number}")
        order = self.desk.bank.look(payment.order)
        return shapes.order_status(order, [payment], error_context=rules.flag(request, "errorContext"))

    def refund(self, request: Request) -> Json:
        content = rules.body_of(request)
        reference = rules.number(content, "merchantRefundId")
        amount = rules.amount(content)
        payment = self._paid(rules.number(content, "originalMerchantOrderId"), amount)
        if self.desk.books.refund_by_reference(self.brand, reference):
            raise refused(BAD_REQUEST, f"merchantRefundId {reference} was used before")
        if payment.refunded + amount > payment.net:
            raise refused("REFUND_AMOUNT_EXCEEDS_ORIGINAL", "More than what is left of the payment")
        now = self.desk.clock.now()
        refund = Refund(payment, ids.phonepe_id("OMR", now), reference, amount, now)
        self.desk.bank.refund(refund)
        return shapes.refund_answer(refund)

    def refund_status(self, _request: Request, number: str) -> Json:
        refund = self.desk.books.refund_by_reference(self.brand, number)
        if refund is None:
            raise refused("INVALID_MERCHANT_REFUND_ID", f"There is no refund {number}")
        return shapes.refund_status(refund, merchant_id=self.desk.options.phonepe_merchant_id)

    def _new_order(self, content: Json, flow: Json) -> Order:
        reference, now = rules.number(content, "merchantOrderId"), self.desk.clock.now()
        order = Order(
            brand=self.brand,
            id=ids.phonepe_id("OMO", now),
            reference=reference,
            amount=rules.amount(content),
            created_at=now,
            token=ids.token(),
            notes=rules.meta_info(content),
            message=rules.message(flow),
            redirect_url=rules.redirect_url(flow),
            expires_at=now + rules.life(content),
        )
        if self.desk.books.order_by_reference(self.brand, reference):
            raise refused("ORDER_ALREADY_EXISTS", f"merchantOrderId {reference} was used before")
        return order

    def _order(self, number: str) -> Order:
        order = self.desk.books.order_by_reference(self.brand, number)
        if order is None:
            raise refused(UNKNOWN_ORDER, f"There is no order {number}")
        return order

    def _paid(self, number: str, amount: int) -> Payment:
        """Return the payment that a refund of an order comes from: the newest that has enough left."""
        order = self._order(number)
        if order.state is not OrderState.PAID or order.captured is None:
            raise refused(BAD_REQUEST, f"Order {number} is not COMPLETED")
        taken = [payment for payment in order.payments if payment.state is PaymentState.CAPTURED]
        return next((row for row in reversed(taken) if row.refunded + amount <= row.net), order.captured)
