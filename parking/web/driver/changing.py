"""Changing a booking on its ticket: a later end with one thumb, more time to arrive, another window or plate."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from parking.checkout import changing
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.core.plate_words import plate_text
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.web.access import for_drivers
from parking.web.driver.window_form import LENGTHS
from parking.web.forms import ServiceForm
from parking.web.price_words import length_text
from parking.web.templatetags.parking import clock_time, moment


class ChangeForm(ServiceForm):
    """Another window, plate or name for a reservation; times are those of the site."""

    use_required_attribute = False
    service_fields: ClassVar[Mapping[str, str]] = {"starts_at": "time", "ends_at": "minutes"}

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("Arrival"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.TypedChoiceField(label=_("How long"), coerce=int)
    plate = forms.CharField(label=_("Plate"), max_length=30, widget=forms.TextInput(attrs={"class": "plate-field"}))
    owner_name = forms.CharField(label=_("Owner's name"), max_length=100)
    phone = forms.RegexField(
        label=_("Phone of who comes"),
        regex=r"^\+?[0-9][0-9 ()-]{4,17}[0-9]$",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, session: ParkingSession, **kwargs: Any) -> None:
        self._zone = ZoneInfo(session.zone.site.time_zone)
        starts_at, ends_at = session.starts_at, session.ends_at or session.starts_at
        local = starts_at.astimezone(self._zone)
        length = int((ends_at - starts_at).total_seconds() // 60)
        present = {"day": local.date(), "time": local.time(), "minutes": length}
        present |= {
            "plate": plate_text(session.vehicle.vehicle_number),
            "owner_name": session.owner_name,
            "phone": session.phone,
        }
        super().__init__(*args, initial=present, **kwargs)
        lengths = sorted({*LENGTHS, length})
        self.fields["minutes"].choices = [(minutes, length_text(minutes)) for minutes in lengths]  # type: ignore[attr-defined]

    def wanted(self) -> changing.Wanted:
        """Return what differs from the booking."""
        values, changed = self.cleaned_data, set(self.changed_data)
        starts_at = datetime.combine(values["day"], values["time"], self._zone)
        is_moved = bool(changed & {"day", "time"})
        is_resized = is_moved or "minutes" in changed
        return changing.Wanted(
            starts_at=starts_at if is_moved else None,
            ends_at=starts_at + timedelta(minutes=values["minutes"]) if is_resized else None,
            plate=values["plate"] if "plate" in changed else None,
            owner_name=values["owner_name"] if "owner_name" in changed else None,
            phone=values["phone"] if "phone" in changed else None,
        )


class _EndForm(forms.Form):
    """The end that a button names."""

    ends_at = forms.CharField(max_length=40)

    def clean_ends_at(self) -> datetime:
        try:
            moment_named = datetime.fromisoformat(self.cleaned_data["ends_at"])
        except ValueError as error:
            raise forms.ValidationError("no time") from error
        if moment_named.tzinfo is None:
            raise forms.ValidationError("no time zone")
        return moment_named


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def change(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show and save what a reservation may have changed."""
    session = access.find(Ref(pk=session_id), actor_of(request), only_own=True)
    if not session.is_reservation or not session.is_open:
        return redirect("ticket", session_id)
    form = ChangeForm(request.POST if request.method == "POST" else None, session=session)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            _change(request, session_id, form.wanted(), form)
            messages.success(request, gettext("The reservation is changed."))
            return redirect("ticket", session_id)
    return page(
        request, "driver/ticket_change.html", section="tickets", form=form, session=session, key=requests.new_form_key()
    )


@require_POST
@for_drivers
def extend(request: HttpRequest, session_id: int) -> HttpResponse:
    """Put the end of a reservation off to the time of the button."""
    session = access.find(Ref(pk=session_id), actor_of(request), only_own=True)
    form = _EndForm(request.POST)
    if not form.is_valid():
        return redirect("ticket", session_id)
    ends_at: datetime = form.cleaned_data["ends_at"]
    try:
        _change(request, session_id, changing.Wanted(ends_at=ends_at), form)
    except DomainError as error:
        record_refusal(request, error)
        messages.warning(request, _why_not_longer(session, error))
    else:
        text = gettext("Your place is yours until %(time)s.") % {"time": moment(ends_at, session.site_id)}
        messages.success(request, text)
    return redirect("ticket", session_id)


def _why_not_longer(session: ParkingSession, error: DomainError) -> str:
    latest = error.facts.get("ends_at")
    if not isinstance(latest, str):
        return sentence_for(error)
    end = datetime.fromisoformat(latest)
    if end == session.ends_at:
        return gettext("Others have reserved the time after yours. It cannot be longer.")
    text = gettext("Others have reserved the time after %(time)s. Until then it can be longer.")
    return text % {"time": clock_time(end, session.site_id)}


@require_POST
@for_drivers
def late(request: HttpRequest, session_id: int) -> HttpResponse:
    """Give a driver fifteen minutes more to arrive."""
    try:
        _change(request, session_id, changing.Wanted(late=True))
    except DomainError as error:
        record_refusal(request, error)
        messages.warning(request, sentence_for(error))
    return redirect("ticket", session_id)


@requests.once_per_form
def _change(
    request: HttpRequest,
    attempt: Attempt,
    session_id: int,
    wanted: changing.Wanted,
    _form: forms.Form | None = None,
) -> None:
    """Change once, however often the form is sent; its values belong to its key."""
    if attempt.subject is None:
        changing.change(
            actor=actor_of(request), session=Ref(pk=session_id), wanted=wanted, now=clock.now(), key=attempt.key
        )
