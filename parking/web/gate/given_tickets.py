"""Tickets that nobody scanned in: the attendant says whether the car is inside or has gone."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from parking.checkout import ticket_answers
from parking.checkout.ticket_answers import TicketAnswer
from parking.core import clock
from parking.core.ids import Ref
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.gates import actor_at
from parking.stays import access
from parking.stays.given_tickets import tickets_to_ask_about
from parking.web.access import for_attendants
from parking.web.gate.here import kept_gate

MOST_SHOWN = 50


class AnswerForm(forms.Form):
    """What became of the car of a ticket."""

    answer = forms.ChoiceField(choices=[(answer.value, answer.value) for answer in TicketAnswer])


@require_safe
@for_attendants
def tickets(request: HttpRequest) -> HttpResponse:
    """Show the tickets of which nobody knows what became of the car."""
    gate, actor = kept_gate(request), actor_of(request)
    sites = frozenset({gate.site_id}) if gate else actor.sites
    found = tickets_to_ask_about(sites=sites, now=clock.now())[:MOST_SHOWN]
    return page(request, "gate/given_tickets.html", section="ticket", tickets=found)


@require_POST
@for_attendants
def answer(request: HttpRequest, session_id: int) -> HttpResponse:
    """Write the answer down, and show the tickets that are left."""
    actor, gate = actor_of(request), kept_gate(request)
    seen = access.find(Ref(pk=session_id), actor, at_work=True)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("gate_given_tickets")
    said = TicketAnswer(form.cleaned_data["answer"])
    here = actor_at(actor, gate.id) if gate and gate.site_id == seen.zone.site_id else actor
    told = ticket_answers.answer(actor=here, session=Ref(pk=session_id), said=said, now=clock.now())
    messages.success(request, _told_text(said) % {"plate": plate_words(told.vehicle.vehicle_number)})
    return redirect("gate_given_tickets")


def _told_text(said: TicketAnswer) -> str:
    return (
        gettext("%(plate)s is inside.") if said == TicketAnswer.ENTERED else gettext("The ticket of %(plate)s is over.")
    )
