"""Sites: made, changed, opened and closed, copied, retired."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.actor import not_permitted
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities import sites
from parking.facilities.gates import gates_of
from parking.facilities.models import ParkingSite
from parking.reports.changes import changes_of_site
from parking.tariffs import services as tariffs
from parking.web.access import for_managers, for_office
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.forms import ServiceForm
from parking.web.office.facilities.site_form import SiteCopyForm, SiteForm, values_of
from parking.web.office.shared.history import change_lines

SECTION = "sites"


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the sites with their hours, and what each lacks before it should open."""
    actor = actor_of(request)
    found = list(sites.present_sites(actor))
    missing = sites.missing_before_opening(found)
    rows = [(site, missing[site.pk]) for site in found]
    return page(request, "office/sites.html", section=SECTION, sites=rows, may_make=actor.is_operator_wide)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a site, which is closed; its zones and gates come next."""
    _refuse_managers_of_some_sites(request)
    form = SiteForm(request.POST or None, initial={"time_zone": "Asia/Kolkata"})
    form.fields.pop("is_open")
    if form.is_valid():
        with form.refusals(request):
            fields = {"time_zone": "Asia/Kolkata"} | form.columns()
            site = sites.create_site(actor=actor_of(request), fields=fields, now=clock.now())
            messages.success(request, _("%(site)s was created. Now add its zones and gates.") % {"site": site.name})
            return redirect("office_site", site.pk)
    return page(request, "office/site.html", section=SECTION, form=form)


def _refuse_managers_of_some_sites(request: HttpRequest) -> None:
    if not actor_of(request).is_operator_wide:
        raise not_permitted()


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest, site_id: int) -> HttpResponse:
    """Change a site; opening and closing it, and another time zone, are asked about first."""
    actor = actor_of(request)
    site = sites.site_by_id(site_id, actor)
    missing = sites.missing_before_opening([site])[site.pk]
    form = SiteForm(request.POST or None, initial=values_of(site))
    if form.is_valid() and not is_going_back(request):
        effects = form.effects(missing)
        if effects and not is_confirmed(request):
            return _ask_about(request, site, form, effects)
        with form.refusals(request):
            _save(request, site, form)
            return redirect("office_site", site.pk)
    return page(
        request,
        "office/site.html",
        section=SECTION,
        site=site,
        missing=missing,
        gates=gates_of(actor).filter(site=site).prefetch_related("zones"),
        form=form,
        facts=form.facts(),
        may_copy=actor.is_operator_wide,
        changes=change_lines(changes_of_site(site)),
    )


def _ask_about(request: HttpRequest, site: ParkingSite, form: SiteForm, effects: list[str]) -> HttpResponse:
    return ask(
        request,
        title=_("Change %(site)s?") % {"site": site.name},
        form=form,
        yes=_("Yes, change it"),
        effects=effects,
        alterations=form.alterations(),
        section=SECTION,
    )


def _save(request: HttpRequest, site: ParkingSite, form: SiteForm) -> None:
    if not form.altered():
        messages.info(request, _("Nothing was changed."))
        return
    sites.update_site(actor=actor_of(request), site_id=site.pk, changes=form.columns(), now=clock.now())
    messages.success(request, _("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def copy(request: HttpRequest, site_id: int) -> HttpResponse:
    """Make a site like this one, closed, without its slots."""
    _refuse_managers_of_some_sites(request)
    source = sites.site_by_id(site_id, actor_of(request))
    form = SiteCopyForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            made = tariffs.copy_site(
                actor=actor_of(request),
                site_id=source.pk,
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                now=clock.now(),
            )
            facts = {"site": made.name, "source": source.name}
            messages.success(request, _("%(site)s was created as a copy of %(source)s.") % facts)
            return redirect("office_site", made.pk)
    return page(request, "office/site_copy.html", section=SECTION, site=source, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def retire(request: HttpRequest, site_id: int) -> HttpResponse:
    """Take a site out of use for good, once it was asked."""
    site = sites.site_by_id(site_id, actor_of(request))
    form = ServiceForm(request.POST or None)
    if is_confirmed(request) and form.is_valid():
        with form.refusals(request):
            sites.update_site(actor=actor_of(request), site_id=site.pk, changes={"retired": True}, now=clock.now())
            messages.success(request, _("%(site)s was retired.") % {"site": site.name})
            return redirect("office_sites")
    return ask(
        request,
        title=_("Retire %(site)s?") % {"site": site.name},
        form=form,
        yes=_("Yes, retire it for good"),
        effects=[
            _("The car park and its gates disappear from all lists and cannot be restored."),
            _("Its sessions and payments are kept. To close it for a while, clear “Open for cars” instead."),
        ],
        back=reverse("office_site", args=[site.pk]),
        grave=True,
        section=SECTION,
    )
