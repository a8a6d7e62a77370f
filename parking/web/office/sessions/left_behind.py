"""The daily list of vehicles that were left behind, and the papers about each."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from parking.checkout.bills import RunningBill, running_bill
from parking.checkout.left_behind import left_letter_pdf, notice_pdf
from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import PRIVATE, page
from parking.stays.by_phone import phone_ending
from parking.stays.left_behind import left_behind, note_step_done
from parking.stays.left_models import LeftBehindStep
from parking.stays.models import ParkingSession
from parking.web.access import for_managers, for_office

MOST_SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A vehicle with what it owes so far, its days inside, the steps, and the end of a phone that is known."""

    session: ParkingSession
    bill: RunningBill
    days: int
    steps: list[LeftBehindStep]
    phone_ends_in: str


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show the vehicles that are inside for more than 48 hours, the longest first."""
    now = clock.now()
    found = left_behind(sites=actor_of(request).sites, now=now)[:MOST_SHOWN]
    rows = [
        Row(
            session,
            running_bill(session, now),
            (now - (session.entry_time or now)).days,
            list(session.left_behind_steps.all()),
            phone_ending(session),
        )
        for session in found
    ]
    return page(request, "office/left_behind.html", section="left_behind", rows=rows)


@require_POST
@for_managers
def done(request: HttpRequest, step_id: int) -> HttpResponse:
    """Note that a notice hangs at the vehicle, or that a letter was posted."""
    note_step_done(actor=actor_of(request), step_id=step_id, now=clock.now())
    return redirect("office_left_behind")


@require_safe
@for_office
def notice(request: HttpRequest, session_id: int) -> HttpResponse:
    """Answer the notice for the windscreen as PDF."""
    return _pdf(notice_pdf(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now()), "notice")


@require_safe
@for_office
def letter(request: HttpRequest, session_id: int) -> HttpResponse:
    """Answer the letter to the owner as PDF."""
    return _pdf(left_letter_pdf(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now()), "letter")


def _pdf(body: bytes, name: str) -> HttpResponse:
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)
