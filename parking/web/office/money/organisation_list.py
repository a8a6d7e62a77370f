"""The vehicles of an organisation: who is on its list, and one file that changes it, tried first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.actor import not_permitted
from parking.core.ids import MAX_ID
from parking.edge.callers import actor_of
from parking.edge.import_wording import fault_sentence
from parking.edge.pages import page
from parking.facilities.importing.faults import Report
from parking.passes import organisations
from parking.passes.list_file import MOST_BYTES
from parking.passes.models import Organisation
from parking.passes.organisation_list import import_list, listed_vehicles
from parking.web.access import for_office, user_of
from parking.web.forms import ServiceForm
from parking.web.office.shared.lists import sheet_of
from parking.web.organisation_words import list_as_file

SECTION = "organisations"
MOST_SHOWN = 500


class ListForm(ServiceForm):
    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    replaces = forms.BooleanField(
        label=_("The file is the whole list"),
        help_text=_("Vehicles that are not in it leave at the end of the day."),
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def vehicles(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Show the list; say row by row what a file would do, and with `step=go` do it."""
    one = _found(request, organisation_id)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    report = None
    if form.is_bound:
        if user_of(request).role != "ADMIN":
            raise not_permitted()
        if form.is_valid():
            with form.refusals(request):
                report = _imported(request, one, form)
    sheet = sheet_of(request, listed_vehicles(one, now=clock.now()))
    return page(
        request, "office/organisation_list.html", section=SECTION, one=one, form=form, sheet=sheet, **_of(report)
    )


def _of(report: Report | None) -> dict[str, Any]:
    """Return what the page shows of a file that was tried or taken."""
    if report is None:
        return {"report": None}
    return {
        "report": report,
        "faults": [(fault, fault_sentence(fault)) for fault in report.faults[:MOST_SHOWN]],
        "rows": report.outcomes[:MOST_SHOWN],
    }


def _imported(request: HttpRequest, one: Organisation, form: ListForm) -> Report:
    report = import_list(
        actor=actor_of(request),
        organisation_id=one.pk,
        content=form.cleaned_data["file"].read(MOST_BYTES + 1),
        replaces=form.cleaned_data["replaces"],
        dry_run=request.POST.get("step") != "go",
        now=clock.now(),
    )
    if report.is_done:
        messages.success(request, gettext("The list was changed."))
    return report


@require_safe
@for_office
def file(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Return the list as the file that is uploaded."""
    return list_as_file(_found(request, organisation_id), clock.now())


def _found(request: HttpRequest, organisation_id: int) -> Organisation:
    if organisation_id > MAX_ID:
        raise Http404
    return organisations.organisation_by_id(organisation_id, sites=actor_of(request).sites)
