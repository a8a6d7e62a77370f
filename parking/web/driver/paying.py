"""Paying from the phone: the booking fee, or the cost so far; and the page to which gateways return payers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.checkout import paying
from parking.checkout.organisation_paying import invoice_of_order
from parking.checkout.passes import pass_of_order
from parking.checkout.queries import order_of_driver, order_of_walk_in
from parking.core import clock
from parking.core.ids import Ref
from parking.core.qr import qr_data_uri
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder
from parking.stays import access
from parking.web.access import for_drivers, is_part, user_of
from parking.web.driver.forms import WayToPayForm
from parking.web.driver.standing import Ticket, hangs, ticket_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def pay(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show what is due on a booking and the ways to pay it, or go on with a payment that was begun."""
    form = WayToPayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            order = paying.start_payment(
                actor=actor_of(request), session=Ref(pk=session_id), gateway=form.gateway_code(), now=clock.now()
            )
            paid = order.status == OrderStatus.COMPLETED
            return redirect("ticket" if paid else "ticket_pay", session_id)
    ticket = _ticket(request, session_id)
    if (ticket.in_review or not ticket.can_pay) and not form.errors:
        return redirect("ticket", session_id)
    return page(request, "driver/pay.html", section="tickets", form=form, **_payment(ticket))


@require_safe
@for_drivers
def pay_live(request: HttpRequest, session_id: int) -> HttpResponse:
    """A payment that was begun, as it now is; the page goes on to the ticket when the money is there."""
    ticket = _ticket(request, session_id)
    declined = ticket.order is not None and ticket.order.status == OrderStatus.FAILED
    if ticket.in_review or _is_paid(ticket.order) or not (ticket.can_pay or declined):
        return _go_on(reverse("ticket", args=[session_id]))
    return page(request, "driver/parts/payment.html", **_payment(ticket))


@require_POST
@for_drivers
def pay_check(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask the gateway after a payment that was begun, and settle what it says; `pay_live` shows it."""
    order = _ticket(request, session_id).order
    if order is not None and order.is_open:
        paying.refresh_order(order=order, now=clock.now())
    return HttpResponse(status=204)


def _ticket(request: HttpRequest, session_id: int) -> Ticket:
    return ticket_of(access.find(Ref(pk=session_id), actor_of(request), only_own=True), now=clock.now())


def _is_paid(order: PaymentOrder | None) -> bool:
    return order is not None and order.status == OrderStatus.COMPLETED


def _payment(ticket: Ticket) -> dict[str, Any]:
    order = ticket.order if ticket.order and ticket.order.is_open else None
    link = (order.upi_link or order.pay_url) if order else ""
    return {
        "ticket": ticket,
        "session": ticket.session,
        "order": order,
        "due": ticket.to_pay,
        "picture": qr_data_uri(link) if link else "",
    }


def _go_on(address: str) -> HttpResponse:
    """Tell the script that the whole page is to go somewhere."""
    return HttpResponse(status=204, headers={"HX-Redirect": address})


# --- Coming back from a gateway ------------------------------------------------------------------------


@require_safe
@ensure_csrf_cookie
def pay_return(request: HttpRequest, order_id: str) -> HttpResponseBase:
    """Show where a gateway sends the payer back to: what is known of the payment, and never more.

    Who parks without account reads the same without name and plate, and needs to be nobody for it.
    """
    walk_in = order_of_walk_in(order_id)
    return _return_of_walk_in(request, walk_in) if walk_in else _return_of_driver(request, order_id)


@require_safe
def pay_return_live(request: HttpRequest, order_id: str) -> HttpResponseBase:
    """The same, for the part of the page that looks again."""
    return pay_return(request, order_id)


@require_POST
def pay_return_check(request: HttpRequest, order_id: str) -> HttpResponseBase:
    """Ask the gateway after a payment whose payer came back, and settle what it says; the page shows it."""
    walk_in = order_of_walk_in(order_id)
    return _checked(walk_in) if walk_in else _check_of_driver(request, order_id)


@for_drivers
def _check_of_driver(request: HttpRequest, order_id: str) -> HttpResponse:
    return _checked(order_of_driver(order_id, user_of(request).pk))


def _checked(order: PaymentOrder) -> HttpResponse:
    paying.refresh_order(order=order, now=clock.now())
    return HttpResponse(status=204)


def _return_of_walk_in(request: HttpRequest, order: PaymentOrder) -> HttpResponse:
    template = "driver/parts/returned_walk_in.html" if is_part(request) else "driver/pay_return.html"
    return page(request, template, is_walk_in=True, **_returned(order))


@for_drivers
def _return_of_driver(request: HttpRequest, order_id: str) -> HttpResponse:
    order = order_of_driver(order_id, user_of(request).pk)
    if order.purpose in _OTHER_PAGES:
        address = _OTHER_PAGES[OrderPurpose(order.purpose)](order)
        return _go_on(address) if is_part(request) else redirect(address)
    if _is_paid(order):
        address = reverse("ticket", args=[order.bill.session.pk])
        return _go_on(address) if is_part(request) else redirect(address)
    template = "driver/parts/returned.html" if is_part(request) else "driver/pay_return.html"
    return page(request, template, section="tickets", **_returned(order))


def _page_of_pass(order: PaymentOrder) -> str:
    return reverse("pass_pay", args=[pass_of_order(order).number])


def _page_of_invoice(order: PaymentOrder) -> str:
    invoice = invoice_of_order(order)
    return reverse("organisation_pay", args=[invoice.organisation_id, invoice.number])


# What is not for a stay has a page of its own, which goes on once it is paid.
_OTHER_PAGES = {OrderPurpose.PASS: _page_of_pass, OrderPurpose.INVOICE: _page_of_invoice}


def _returned(order: PaymentOrder) -> dict[str, Any]:
    return {
        "order": order,
        "session": order.bill.session,
        "is_fee": order.purpose == OrderPurpose.FEE,
        "hangs": order.is_open and hangs(order, now=clock.now()),
    }
