"""The page on which a customer pays one order, as on the gateway's own hosted page."""

import hmac
from html import escape
from urllib.parse import parse_qsl

from gateway_standin.bank import NotPossible
from gateway_standin.books import Brand, Order, OrderState
from gateway_standin.pages import cards
from gateway_standin.pages.home import NAMES
from gateway_standin.pages.html import button, frame, rupees
from gateway_standin.razorpay.hooks import signature
from gateway_standin.standin import Standin
from gateway_standin.wire.messages import Answer, Request, redirect

ENDED = {OrderState.PAID: "This order is paid.", OrderState.FAILED: "This order can no longer be paid."}


def show(order: Order, note: str = "") -> Answer:
    """Return the page; `note` at its top is the result of the last attempt."""
    said = f'<p role="status" class="note">{escape(note)}</p>' if note else ""
    rest = _choices(order) if order.state is OrderState.OPEN else _ended(order)
    facts = (
        f'<p class="price">{rupees(order.amount)}</p><p>{escape(order.message)}</p>'
        f"<p><small>{escape(order.reference or order.id)}</small></p>"
    )
    warning = "<p><small>A stand-in on this machine. No money moves.</small></p>"
    name = NAMES[order.brand]
    return frame(f"Pay with {name}", f'<main class="card"><h1>{name}</h1>{said}{facts}{rest}{warning}</main>')


def act(it: Standin, order: Order, action: str) -> Answer:
    """Carry out what the customer chose: pay, decline, leave."""
    try:
        note = _carry_out(it, order, action)
    except NotPossible:
        note = "That was no longer possible."
    return _answer(it, order, action, note)


def by_card(it: Standin, order: Order, form: dict[str, str]) -> Answer:
    """Pay by a test card, or have it declined; say on the page what is wrong with what was typed in."""
    try:
        failure = cards.outcome(form, it.clock.now())
    except cards.WrongCard as wrong:
        return show(order, str(wrong))
    action, note = ("decline", "Your bank declined the card.") if failure else ("pay", "Thank you, it is paid.")
    try:
        if failure:
            it.bank.decline(order, failure)
        else:
            it.bank.pay(order, method="card")
    except NotPossible:
        note = "That was no longer possible."
    return _answer(it, order, action, note)


def _answer(it: Standin, order: Order, action: str, note: str) -> Answer:
    if order.brand is Brand.RAZORPAY:
        return _after_razorpay(it, order, action, note)
    return redirect(order.redirect_url) if order.redirect_url else show(order, note)


def open_checkout(it: Standin, request: Request) -> Answer:
    """Show Razorpay's hosted checkout, which a form of the merchant's page opens for one order."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    order = it.books.order(Brand.RAZORPAY, form.get("order_id", ""))
    right_key = hmac.compare_digest(form.get("key_id", "").encode(), it.options.razorpay_key_id.encode())
    if order is None or not right_key:
        return frame("Cannot open", '<main class="card"><h1>key_id or order_id is wrong</h1></main>', status=400)
    order.redirect_url, order.cancel_url = _web(form.get("callback_url", "")), _web(form.get("cancel_url", ""))
    return redirect(f"/pay/{order.token}")


def _web(address: str) -> str:
    return address if address.startswith(("http://", "https://")) else ""


def _carry_out(it: Standin, order: Order, action: str) -> str:
    if action == "pay":
        it.bank.pay(order)
        return "Thank you, it is paid."
    if action == "decline":
        it.bank.decline(order)
        return "Your bank declined the payment."
    return "You left without paying. The order waits."


def _after_razorpay(it: Standin, order: Order, action: str, note: str) -> Answer:
    """Return Razorpay's answer as a form that the browser posts to the merchant."""
    payment = order.payment
    if order.redirect_url and action == "pay" and payment and order.state is OrderState.PAID:
        pair = f"{order.id}|{payment.id}".encode()
        fields = {
            "razorpay_payment_id": payment.id,
            "razorpay_order_id": order.id,
            "razorpay_signature": signature(it.options.razorpay_key_secret, pair),
        }
        return _hand_back(order, note, fields)
    if action == "leave" and order.cancel_url:
        return redirect(order.cancel_url)
    return show(order, note)


def _hand_back(order: Order, note: str, fields: dict[str, str]) -> Answer:
    form = button(order.redirect_url, "Continue", "to the merchant", kind="yes", fields=fields)
    text = f'<main class="card"><h1>Razorpay</h1><p role="status" class="note">{escape(note)}</p>{form}</main>'
    return frame("Paid", text)


def _choices(order: Order) -> str:
    base = f"/pay/{order.token}"
    return (
        '<div class="choices">'
        + button(f"{base}/pay", f"Pay {rupees(order.amount)}", "", kind="yes")
        + button(f"{base}/decline", "Decline", "as the bank", kind="no")
        + button(f"{base}/leave", "Leave", "without paying", kind="quiet")
        + "</div>"
        + cards.form(f"{base}/card", rupees(order.amount))
    )


def _ended(order: Order) -> str:
    back = ""
    if order.redirect_url and order.brand is Brand.PHONEPE:
        back = f'<p><a class="back" href="{escape(order.redirect_url)}">Back to the merchant</a></p>'
    return f"<p>{ENDED[order.state]}</p>{back}"
