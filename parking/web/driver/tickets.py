"""The driver's open bookings, and one ticket."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import cancelling
from parking.core import clock
from parking.core.ids import Ref
from parking.core.qr import qr_png
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.offers.points import usable_by
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.stays.queries import open_sessions_of
from parking.stays.services import offers_of
from parking.stays.watching import stay_now
from parking.web.access import for_drivers, user_of
from parking.web.driver.forms import CancelForm, CodeForm, PointsForm
from parking.web.driver.open_tickets import by_stage
from parking.web.driver.standing import rows_of, ticket_of
from parking.web.live import live, minute


@require_safe
@for_drivers
def open_tickets(request: HttpRequest) -> HttpResponse:
    """Show the open bookings of the driver; a single one is shown itself."""
    now = clock.now()
    sessions = list(open_sessions_of(user_of(request).pk))
    if len(sessions) == 1:
        return redirect("ticket", sessions[0].pk)
    return page(request, "driver/tickets.html", groups=by_stage(rows_of(sessions), now), now=now, section="tickets")


@require_safe
@for_drivers
def ticket(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one booking, from its fee to its receipt."""
    return ticket_page(request, "driver/ticket.html", session_id)


@require_safe
@for_drivers
def code(request: HttpRequest, session_id: int) -> HttpResponse:
    """Return the code of a ticket as a picture to keep."""
    found = access.find(Ref(pk=session_id), actor_of(request), only_own=True)
    name = f"parking-{found.vehicle.vehicle_number}.png"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(qr_png(found.qr_code), content_type="image/png", headers=headers)


def _state(session_id: int) -> str:
    # Cost, covers and refunds change with time: the page is checked once a minute.
    return f"{minute()} {stay_now.value(session_id)}"


@live(state=_state)
@require_safe
@for_drivers
def ticket_live(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the part of a ticket that changes."""
    return ticket_page(request, "driver/parts/ticket.html", session_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    """Cancel a booking for the refund that the page named; if it differs by now, show the page again.

    A GET shows the ticket: the choice of a language on the page of a refusal leads back to this address.
    """
    form = CancelForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            _cancel(request, session_id, form)
            return redirect("ticket", session_id)
    return ticket_page(request, "driver/ticket.html", session_id, form)


@requests.once_per_form
def _cancel(request: HttpRequest, attempt: Attempt, session_id: int, form: CancelForm) -> None:
    if attempt.subject is not None:
        return
    cancelling.cancel(
        actor=actor_of(request),
        session=Ref(pk=session_id),
        reason="",
        now=clock.now(),
        only_of_caller=True,
        promised=form.cleaned_data["promised"],
        key=attempt.key,
    )


def ticket_page(
    request: HttpRequest,
    template: str,
    session_id: int,
    form: CancelForm | CodeForm | PointsForm | None = None,
) -> HttpResponse:
    """Show a ticket; `form` is one of its forms that was refused."""
    session = access.find(Ref(pk=session_id), actor_of(request), only_own=True)
    ticket = ticket_of(session, now=clock.now())
    return page(
        request,
        template,
        section="tickets",
        ticket=ticket,
        session=session,
        form=form,
        code_form=form if isinstance(form, CodeForm) else CodeForm(),
        points_form=form if isinstance(form, PointsForm) else points_form(session),
        key=requests.new_form_key(),
    )


def points_form(session: ParkingSession, data: QueryDict | None = None) -> PointsForm:
    """Return the form of points for a ticket: those that it holds, and what its driver has besides."""
    held = offers_of(session).points
    usable = held + usable_by(session.driver_id) if session.is_open and session.driver_id else 0
    return PointsForm(data, initial={"use_points": held}, usable_points=usable)
