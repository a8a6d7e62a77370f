"""Paying from the phone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core.ids import Ref
from parking.stays.queries import session_of_driver
from parking.web.edge import for_drivers, page, user_of


@for_drivers
def pay(request: HttpRequest, session_id: int) -> HttpResponse:
    """What is due on a booking."""
    session = session_of_driver(Ref(pk=session_id), user_of(request).pk)
    return page(request, "driver/ticket.html", session=session, section="tickets")


@require_safe
@for_drivers
def pay_return(request: HttpRequest, order_id: str) -> HttpResponse:
    """Where a gateway sends the driver back to."""
    return page(request, "driver/tickets.html", order_id=order_id, section="tickets")


@require_safe
@for_drivers
def pay_return_live(request: HttpRequest, order_id: str) -> HttpResponse:
    """The state of a payment."""
    return page(request, "driver/parts/ticket.html", order_id=order_id)
