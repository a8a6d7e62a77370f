"""Emergencies: what each left behind, and its waiver in one step."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parking.checkout.emergencies import owing_of, waive
from parking.core import clock
from parking.core.errors import DomainError
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.emergencies import emergencies_of, find_emergency
from parking.web.access import for_managers, for_office
from parking.web.components import amount_text

MOST_SHOWN = 100


class WaiveForm(forms.Form):
    reason = forms.CharField(min_length=3, max_length=200)


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the emergencies, newest first, with what their cars still owe."""
    found, now = list(emergencies_of(actor_of(request))[:MOST_SHOWN]), clock.now()
    owing = owing_of(found)
    rows = [(one, one.status_at(now), owing[one.pk]) for one in found]
    return page(request, "office/emergencies.html", section="emergencies", rows=rows)


@require_POST
@for_managers
def waive_debts(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """Forgive what an emergency left behind."""
    find_emergency(emergency_id, actor_of(request))
    form = WaiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why."))
        return redirect("office_emergencies")
    try:
        reason = form.cleaned_data["reason"]
        _count, amount = waive(actor=actor_of(request), emergency_id=emergency_id, reason=reason, now=clock.now())
        messages.success(request, _("Waived: %(amount)s") % {"amount": amount_text(amount)})
    except DomainError as error:
        if error.status == 404:
            raise
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("office_emergencies")
