"""Waiting lists: standing in line for a full zone, accepting an offer, leaving."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.checkout import waiting_list
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.facilities.queries import find_zone
from parking.stays.models import ParkingSession
from parking.stays.queries import vehicles_of
from parking.stays.services import pay_by_of
from parking.stays.waiting import entries_of, offers_of_entries, position_of
from parking.stays.waiting_models import WaitingEntry
from parking.stays.window_rules import EARLIEST, Window
from parking.web.access import for_drivers, user_of
from parking.web.driver.forms import BookingForm
from parking.web.driver.window_form import WindowForm
from parking.web.price_words import length_text

_MINUTES = (30, 60, 120, 240, 480, 1440)


class WaitForm(BookingForm):
    """Who waits, and for how long; for a window, until it is too near to be offered."""

    patience = forms.TypedChoiceField(label=_("How long do you wait?"), coerce=int, initial=120)

    def __init__(self, *args: Any, window: Window | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.window = window
        if window is not None:
            del self.fields["patience"]
            return
        self.fields["patience"].choices = [(minutes, length_text(minutes)) for minutes in _MINUTES]  # type: ignore[attr-defined]

    def until(self, now: datetime) -> datetime:
        """Return how long the driver waits."""
        if self.window is not None:
            return self.window.starts_at
        return now + timedelta(minutes=self.cleaned_data["patience"])


@dataclass(frozen=True)
class Place:
    """A place in a line: the position, or the booking that is offered."""

    entry: WaitingEntry
    position: int | None
    offer: ParkingSession | None


@require_safe
@for_drivers
def places(request: HttpRequest) -> HttpResponse:
    """Show where the driver stands in line, and the offers; the page looks again by itself."""
    entries = list(entries_of(user_of(request).pk))
    offers = offers_of_entries(entries)
    shown = [Place(entry, position_of(entry), offers.get(entry.pk)) for entry in entries]
    return page(
        request,
        "driver/waiting.html",
        section="tickets",
        places=sorted(shown, key=_offers_first),
        now=clock.now(),
        key=requests.new_form_key(),
    )


def _offers_first(place: Place) -> tuple[bool, int]:
    return place.offer is None, place.entry.pk


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def wait(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Stand in line for a place of a zone that is full now, or in the window that the address names."""
    zone, now = find_zone(Ref(pk=zone_id)), clock.now()
    when = WindowForm(request.GET, zone=ZoneInfo(zone.site.time_zone), now=now) if request.GET.get("day") else None
    window, query = (when.window if when else None), request.GET.urlencode()
    if when is not None and window is None:
        # Too near by now, or no window: the page that reserves says why.
        return redirect(f"{reverse('reserve', args=[zone_id])}?{query}")
    form = _form(request, window)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            _join(request, zone_id, form, now)
            return redirect("waiting")
    return page(
        request,
        "driver/wait.html",
        section="zones",
        form=form,
        zone=zone,
        starts_at=window.starts_at if window else None,
        ends_at=window.ends_at if window else None,
        query=query,
        last_offer=window.starts_at - EARLIEST if window else None,
        key=requests.new_form_key(),
    )


def _form(request: HttpRequest, window: Window | None) -> WaitForm:
    user = user_of(request)
    saved = list(vehicles_of(user.pk))
    for row in saved:
        if window is not None:
            # A car that is inside now can wait for a later time.
            row.open_session_id = None
    name = f"{user.first_name} {user.last_name}".strip()
    return WaitForm(request.POST if request.method == "POST" else None, saved=saved, name=name, window=window)


@requests.once_per_form
def _join(request: HttpRequest, attempt: Attempt, zone_id: int, form: WaitForm, now: datetime) -> None:
    """Stand in line once, however often the form is sent."""
    values = form.cleaned_data
    if attempt.subject is not None:
        return
    waiting_list.join(
        actor=actor_of(request),
        zone=Ref(pk=zone_id),
        plate=values["plate"],
        owner_name=values["owner_name"],
        vehicle_kind=values["vehicle_kind"],
        until=form.until(now),
        starts_at=form.window.starts_at if form.window else None,
        ends_at=form.window.ends_at if form.window else None,
        now=now,
        key=attempt.key,
    )


@require_POST
@for_drivers
def accept(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Accept an offer: on to its payment, or its ticket."""
    try:
        session = waiting_list.accept(actor=actor_of(request), entry_id=entry_id, gateway=None, now=clock.now())
    except DomainError as error:
        record_refusal(request, error)
        messages.warning(request, sentence_for(error))
        return redirect("waiting")
    return redirect("ticket_pay" if pay_by_of(session) else "ticket", session.pk)


@require_POST
@for_drivers
def leave(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Leave a line."""
    waiting_list.leave(actor=actor_of(request), entry_id=entry_id, now=clock.now())
    messages.success(request, gettext("You are no longer in line."))
    return redirect("waiting")
