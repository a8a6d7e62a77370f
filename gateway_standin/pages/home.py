"""The first page: all orders and refunds, with what the bank can do to each."""

from html import escape
from itertools import islice

from gateway_standin.books import Brand, Order, OrderState, PaymentState, Refund, RefundState
from gateway_standin.pages import mandate
from gateway_standin.pages.html import button, clock, page, rupees, table
from gateway_standin.standin import Standin
from gateway_standin.wire.messages import Answer

SHOWN = 100
ORDER_HEADS = ("Made", "Gateway", "Number", "Amount", "State", "The bank says")
REFUND_HEADS = ("Made", "Gateway", "Number", "Amount", "State", "The bank says")
NAMES = {Brand.PHONEPE: "PhonePe", Brand.RAZORPAY: "Razorpay"}


def home(it: Standin) -> Answer:
    orders = [_order_row(it.bank.look(order)) for order in islice(it.books.orders(), SHOWN)]
    refunds = [_refund_row(refund) for refund in islice(it.books.refunds(), SHOWN)]
    body = (
        "<p>You are the bank and the customer of PhonePe and Razorpay on this machine. No money moves. "
        f'Only the newest {SHOWN} are shown. <a href="/">Look again</a></p>'
        + _at_once(it)
        + table("Orders", ORDER_HEADS, orders, "There is no order yet. Start a payment in the parking system.")
        + table("Refunds", REFUND_HEADS, refunds, "There is no refund yet.")
        + mandate.listed(it)
        + button("/reset", "Empty the books", "", kind="quiet")
    )
    return page("Orders and refunds", body, here="/")


def _at_once(it: Standin) -> str:
    """Return the form of the switch that is needed most."""
    lines = [_at_once_line(it, brand) for brand in Brand]
    return f'<section class="modes"><h2>Pays at once</h2>{"".join(lines)}</section>'


def _at_once_line(it: Standin, brand: Brand) -> str:
    on = bool(it.switches.position(brand, "pays_at_once").times)
    state = "on: an order is paid as soon as it is made" if on else "off: you decide about each order"
    flip = {f"{brand}.pays_at_once": "0" if on else "-1", "back": "/"}
    change = button("/switches", "Switch off" if on else "Switch on", f"for {NAMES[brand]}", fields=flip)
    return f"<div><span><strong>{NAMES[brand]}</strong> {state}</span>{change}</div>"


def _order_row(order: Order) -> str:
    number = f'<a href="/pay/{escape(order.token)}">{escape(order.reference or order.id)}</a>'
    return (
        f"<tr><td>{clock(order.created_at)}</td><td>{NAMES[order.brand]}</td>"
        f"<td>{number}<br><small>{escape(order.id)}</small></td>"
        f'<td class="amount">{_amount(order)}</td><td>{_state(order)}</td>'
        f'<td class="actions">{_order_actions(order)}</td></tr>'
    )


def _amount(order: Order) -> str:
    taken = [payment.amount for payment in order.payments if payment.state is PaymentState.CAPTURED]
    paid = " and ".join(map(rupees, taken))
    wrong = f"<br><small>paid {paid}</small>" if taken not in ([], [order.amount]) else ""
    return rupees(order.amount) + wrong


def _state(order: Order) -> str:
    text = order.state.lower()
    if order.state is OrderState.OPEN and order.payment:
        text = {"WAITING": "hangs", "AUTHORISED": "authorised", "FAILED": "open, declined"}[order.payment.state]
    return f'<span class="state {order.state.lower()}">{text}</span>'


def _order_actions(order: Order) -> str:
    about, base = f"order {order.reference or order.id}", f"/orders/{order.id}"
    last = order.payment.state if order.payment else None
    buttons = []
    if order.state is OrderState.OPEN and last is not PaymentState.AUTHORISED:
        buttons += [button(f"{base}/pay", "Pay", about, kind="yes"), button(f"{base}/decline", "Decline", about)]
    if order.state is OrderState.OPEN and last in {None, PaymentState.FAILED}:
        buttons.append(button(f"{base}/hang", "Let it hang", about))
    if order.captured:
        buttons.append(button(f"{base}/pay-again", "Pay again", about))
    if not order.captured and (order.state is OrderState.FAILED or last is PaymentState.FAILED):
        buttons.append(button(f"{base}/late-success", "Succeed late", about))
    return "".join(buttons)


def _refund_row(refund: Refund) -> str:
    order = refund.payment.order
    about, base = f"refund {refund.reference or refund.id}", f"/refunds/{refund.id}"
    buttons = ""
    if refund.state is RefundState.PENDING:
        buttons = button(f"{base}/complete", "Complete", about, kind="yes") + button(f"{base}/fail", "Fail", about)
    return (
        f"<tr><td>{clock(refund.created_at)}</td><td>{NAMES[order.brand]}</td>"
        f"<td>{escape(refund.reference or refund.id)}<br><small>of {escape(order.reference or order.id)}</small></td>"
        f'<td class="amount">{rupees(refund.amount)}</td>'
        f'<td><span class="state {refund.state.lower()}">{refund.state.lower()}</span></td>'
        f'<td class="actions">{buttons}</td></tr>'
    )
