"""Slots and people of a car park from one XLSX file: tried first, then carried out."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.downloads import XLSX
from parking.edge.import_wording import fault_sentence
from parking.edge.pages import page
from parking.facilities import sites
from parking.facilities.importing.faults import Action, Fault, Report
from parking.facilities.importing.services import import_file
from parking.facilities.importing.workbook import MOST_BYTES, PEOPLE, SLOTS, template_file
from parking.web.access import for_managers
from parking.web.forms import ServiceForm

SECTION = "sites"
MOST_SHOWN = 500


class ImportForm(ServiceForm):
    file = forms.FileField(label=_("XLSX file"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))


@dataclass(frozen=True)
class ShownFault:
    """A fault with its sentence."""

    fault: Fault
    sentence: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def import_site(request: HttpRequest, site_id: int) -> HttpResponse:
    """Say row by row what a file would do, and with `step=go` do it."""
    site = sites.site_by_id(site_id, actor_of(request))
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    report = None
    if form.is_bound and form.is_valid():
        with form.refusals(request):
            report = _imported(request, site_id, form)
    return page(
        request,
        "office/import.html",
        section=SECTION,
        site=site,
        form=form,
        report=report,
        faults=[ShownFault(fault, fault_sentence(fault)) for fault in report.faults[:MOST_SHOWN]] if report else [],
        rows=report.outcomes[:MOST_SHOWN] if report else [],
        counts=_counts(report) if report else [],
    )


def _imported(request: HttpRequest, site_id: int, form: ImportForm) -> Report:
    content = form.cleaned_data["file"].read(MOST_BYTES + 1)
    is_dry = request.POST.get("step") != "go"
    report = import_file(actor=actor_of(request), site_id=site_id, content=content, dry_run=is_dry, now=clock.now())
    if report.is_done:
        messages.success(request, gettext("The file was imported."))
    return report


def _counts(report: Report) -> list[tuple[str, int, int, int]]:
    """Return for each sheet how many rows are added, changed and kept."""
    return [
        (sheet, report.count(sheet, Action.ADD), report.count(sheet, Action.CHANGE), report.count(sheet, Action.KEEP))
        for sheet in (SLOTS, PEOPLE)
    ]


@require_safe
@for_managers
def template(request: HttpRequest, site_id: int) -> HttpResponse:
    """Send the file to fill in."""
    sites.site_by_id(site_id, actor_of(request))
    headers = {"Content-Disposition": 'attachment; filename="import.xlsx"'}
    return HttpResponse(template_file(), content_type=XLSX, headers=headers)
