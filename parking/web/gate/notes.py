"""Notes on a session, problems, and their list."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.stays import access
from parking.stays.models import NoteKind
from parking.stays.notes import notes_of, open_problems, tick_off, write_note
from parking.web.access import for_attendants
from parking.web.forms import ServiceForm
from parking.web.gate_words import NOTE_KINDS

MOST_SHOWN = 50


class NoteForm(ServiceForm):
    """What the next scan of a session is to show."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(NOTE_KINDS.items()), initial=NoteKind.NOTE)
    text = forms.CharField(
        label=_("Text"),
        max_length=200,
        help_text=_("It is shown at each scan of this car until someone ticks it off."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def notes(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the notes and problems of a session, and write one."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            write_note(
                actor=actor_of(request),
                session=Ref(pk=session_id),
                text=given["text"],
                kind=NoteKind(given["kind"]),
                now=clock.now(),
            )
            messages.success(request, gettext("Saved. The next scan shows it."))
            return redirect("gate_stay", session_id)
    return page(request, "gate/notes.html", section="inside", form=form, session=session, notes=notes_of(session))


@require_POST
@for_attendants
def done(request: HttpRequest, session_id: int, note_id: int) -> HttpResponse:
    """Tick a note or problem off."""
    tick_off(actor=actor_of(request), session=Ref(pk=session_id), note_id=note_id, now=clock.now())
    messages.success(request, gettext("Ticked off."))
    return redirect("gate_stay", session_id)


@require_safe
@for_attendants
def problems(request: HttpRequest) -> HttpResponse:
    """Show the problems that are not ticked off."""
    found = open_problems(sites=actor_of(request).sites)[:MOST_SHOWN]
    return page(request, "gate/problems.html", section="inside", problems=found)
