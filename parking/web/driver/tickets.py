"""The driver's open bookings, and one ticket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from parking.checkout import services as checkout
from parking.core import clock
from parking.core.ids import Ref
from parking.stays.queries import open_sessions_of, session_of_driver
from parking.web.edge import actor_of, for_drivers, page, user_of


@require_safe
@for_drivers
def open_tickets(request: HttpRequest) -> HttpResponse:
    """Open bookings of the driver."""
    sessions = list(open_sessions_of(user_of(request).pk))
    return page(request, "driver/tickets.html", sessions=sessions, section="tickets")


@require_safe
@for_drivers
def ticket(request: HttpRequest, session_id: int) -> HttpResponse:
    """One booking."""
    session = session_of_driver(Ref(pk=session_id), user_of(request).pk)
    return page(request, "driver/ticket.html", session=session, section="tickets")


@require_safe
@for_drivers
def ticket_live(request: HttpRequest, session_id: int) -> HttpResponse:
    """One booking, its changing part."""
    session = session_of_driver(Ref(pk=session_id), user_of(request).pk)
    return page(request, "driver/parts/ticket.html", session=session)


@require_POST
@for_drivers
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    """Cancel a booking."""
    checkout.cancel(
        actor=actor_of(request), lookup={"pk": session_id}, reason="", now=clock.now(), only_of_caller=True
    )
    return redirect("ticket", session_id)
