"""The cars inside, one parking session of them, and its termination."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import leaving, terminating
from parking.checkout.bills import RunningBill, running_bill
from parking.checkout.leaving import Left
from parking.checkout.queries import latest_orders
from parking.checkout.slip_messages import may_be_texted
from parking.core import clock
from parking.core.ids import Ref
from parking.core.site_settings import LONG_STAY_HOURS
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.queries import present_zones
from parking.payments.gateways.registry import gateway_choices
from parking.payments.models import OrderPurpose, PaymentOrder
from parking.stays import access
from parking.stays.by_phone import phone_ending
from parking.stays.given_tickets import is_given_ticket
from parking.stays.long_stays import is_long_stay
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import cars_inside, expected
from parking.stays.tokens import items_of, keeps_items
from parking.stays.watching import everything_text
from parking.web.access import for_attendants
from parking.web.gate.came_from import came_from
from parking.web.gate.entry_facts import entry_facts
from parking.web.gate.forms import TerminationForm
from parking.web.gate.here import actor_here, gate_fields, kept_gate
from parking.web.gate.qr_codes import waiting_context
from parking.web.gate.refunds import may_refund
from parking.web.live import drawn_once, live, minute, same_rights

PAGE_SIZE = 25
MOST_EXPECTED = 10


# --- The list ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CarInside:
    """A row: the parking session, its cost so far, and whether it is a long stay."""

    session: ParkingSession
    bill: RunningBill
    is_long: bool


@require_safe
@for_attendants
def cars(request: HttpRequest) -> HttpResponse:
    """Show the cars inside, longest first."""
    return page(
        request,
        "gate/inside.html",
        section="inside",
        zones=present_zones(sites=actor_of(request).sites),
        **_list(request),
    )


def _inside_state() -> str:
    return f"{minute()} {everything_text()}"


@live(state=_inside_state)
@require_safe
@for_attendants
@drawn_once(state=_inside_state, seen_by=same_rights)
def cars_live(request: HttpRequest) -> HttpResponse:
    """Show the list without the page; amounts and times change with the minute."""
    return page(request, "gate/parts/cars.html", **_list(request))


def _list(request: HttpRequest) -> dict[str, Any]:
    q, zone, only_long = _filters(request)
    now = clock.now()
    rows = cars_inside(
        sites=actor_of(request).sites,
        zone=Ref(pk=zone) if zone else None,
        plate_part=q or None,
        now=now,
        long_stay=True if only_long else None,
    )
    wanted: Page[ParkingSession] = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    asked = {"q": q, "zone": zone or "", "long": "1" if only_long else ""}
    filters = {name: value for name, value in asked.items() if value}
    return {
        "found": wanted,
        "cars": [_car(session, now) for session in wanted],
        "expected": list(expected(sites=actor_of(request).sites, q=q)[:MOST_EXPECTED]),
        "filters": filters,
        "query": urlencode(filters),
        "live_query": urlencode(filters | {"page": wanted.number}),
        "long_hours": LONG_STAY_HOURS.at(None),
    }


def _filters(request: HttpRequest) -> tuple[str, int | None, bool]:
    """Return plate, zone and "long stays only"; values that are not valid filter nothing."""
    zone = request.GET.get("zone", "")
    known = zone.isascii() and zone.isdecimal() and len(zone) < 10
    return request.GET.get("q", "").strip()[:30], int(zone) if known else None, request.GET.get("long") == "1"


def _car(session: ParkingSession, now: datetime) -> CarInside:
    return CarInside(session, running_bill(session, now), is_long_stay(session, now))


# --- One stay ----------------------------------------------------------------------------------------


@require_safe
@for_attendants
def stay(request: HttpRequest, session_id: int) -> HttpResponse:
    """What is known of a stay, and the form that ends it."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    gate = kept_gate(request)
    is_here = gate is not None and gate.site_id == session.zone.site_id
    return _stay_page(request, session, TerminationForm(initial=gate_fields(gate if is_here else None)))


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def terminate(request: HttpRequest, session_id: int) -> HttpResponse:
    """End a stay whose car does not leave through the gate, with a reason.

    Asked for without a form, as by the choice of a language on the page of a refusal, it shows the stay.
    """
    actor_of(request).need("terminate")
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = TerminationForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            _terminate(request, session, form)
            return redirect("gate_stay", session_id=session_id)
    return _stay_page(request, access.find(Ref(pk=session_id), actor_of(request), at_work=True), form)


@requests.once_per_form
def _terminate(request: HttpRequest, attempt: Attempt, session: ParkingSession, form: TerminationForm) -> Left:
    now = clock.now()
    if attempt.subject is not None:
        return leaving.resume_ending(subject=attempt.subject, now=now)
    return terminating.terminate(
        actor=actor_here(request, form),
        session=Ref(pk=session.pk),
        reason=form.cleaned_data["reason"],
        collection=form.collection(),
        now=now,
        key=attempt.key,
    )


def _stay_page(request: HttpRequest, session: ParkingSession, form: TerminationForm) -> HttpResponse:
    now = clock.now()
    order = _awaited(session)
    return page(
        request,
        "gate/stay.html",
        section="inside",
        back=came_from(request, session.pk),
        car=_car(session, now),
        entry=entry_facts(session, actor_of(request), now),
        form=form,
        is_asked=is_given_ticket(session),
        keeps_items=keeps_items(session.site_id),
        items=items_of(session) if session.is_open else [],
        may_move=session.is_open and not session.is_waiting and actor_of(request).may("move"),
        may_terminate=actor_of(request).may("terminate"),
        phone_ends_in=phone_ending(session),
        may_be_texted=may_be_texted(session),
        may_refund=may_refund(actor_of(request)),
        key=requests.new_form_key(),
        gateways=gateway_choices(),
        awaited=waiting_context(session, order) if order else None,
        long_hours=LONG_STAY_HOURS.at(session.zone.site_id),
    )


def _awaited(session: ParkingSession) -> PaymentOrder | None:
    """Return the order of a termination that waits for its payment, or None."""
    if session.status != SessionStatus.ACTIVE:
        return None
    order = latest_orders([session.bill_id]).get(session.bill_id)
    return order if order and order.is_open and order.purpose == OrderPurpose.TERMINATION else None
