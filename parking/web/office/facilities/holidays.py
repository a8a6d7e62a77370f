"""The holiday calendar of a site: looked at, a day added, a day taken out."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from parking.core import clock
from parking.core.errors import DomainError
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.sites import site_by_id
from parking.tariffs import holidays
from parking.web.access import for_managers, for_office
from parking.web.forms import ServiceForm
from parking.web.office.shared.lists import DayField
from parking.web.office.shared.second_person import say_done

SECTION = "sites"


class HolidayForm(ServiceForm):
    day = DayField(label=gettext_lazy("Day"), required=True)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "holiday_exists":
            self.add_error("day", sentence_for(error))
        else:
            super().add_refusal(error)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def of_site(request: HttpRequest, site_id: int) -> HttpResponse:
    """Show the holidays of a site by date, and add one."""
    actor = actor_of(request)
    site = site_by_id(site_id, actor)
    form = HolidayForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            day, name = form.cleaned_data["day"], form.cleaned_data["name"]
            done = holidays.propose_holiday(actor=actor, site_id=site.pk, day=day, name=name, now=clock.now())
            say_done(request, done)
            return redirect("office_holidays", site.pk)
    rows = holidays.holidays_of(site.pk, actor)
    return page(request, "office/holidays.html", section=SECTION, site=site, form=form, rows=rows)


@require_POST
@for_managers
def remove(request: HttpRequest, site_id: int, holiday_id: int) -> HttpResponse:
    """Take a day out of the calendar; sessions keep the holidays that they began with."""
    actor = actor_of(request)
    site = site_by_id(site_id, actor)
    try:
        waiting = holidays.propose_removal(actor=actor, site_id=site.pk, holiday_id=holiday_id, now=clock.now())
        say_done(request, waiting, _("Taken out of the calendar."))
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("office_holidays", site.pk)
