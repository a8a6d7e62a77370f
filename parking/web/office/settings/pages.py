"""Settings of the installation and of single car parks, on one page that the address tells apart."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from parking.accounts.models import Role
from parking.core import clock
from parking.core.actor import Actor
from parking.core.site_settings import BRAND_LOGO
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.setting_values import current_values
from parking.facilities.settings import change_settings, check_site, set_logo
from parking.facilities.sites import present_sites
from parking.reports.changes import changes_of_place
from parking.web.access import for_managers, for_office
from parking.web.office.settings.form import LogoForm, SettingsForm
from parking.web.office.shared.history import change_lines
from parking.web.office.shared.site_switch import site_id_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest) -> HttpResponse:
    """Show and change the settings of the place in the address: a car park, or all of them."""
    actor, site_id = actor_of(request), site_id_of(request)
    check_site(actor, site_id)
    form = SettingsForm(request.POST or None, current_values(site_id), site_id=site_id)
    if form.is_valid():
        with form.refusals(request):
            return _saved(request, form, actor, site_id)
    return page(
        request,
        "office/settings.html",
        section="settings",
        form=form,
        site_id=site_id,
        sites=present_sites(actor),
        may_change=actor.role == Role.ADMIN and (site_id is not None or actor.sites is None),
        logo_form=LogoForm() if site_id is None else None,
        changes=change_lines(changes_of_place(site_id)),
    )


@require_POST
@for_managers
def logo(request: HttpRequest) -> HttpResponse:
    """Take a picture as the operator's logo, or with `step=remove` take the logo away."""
    if request.POST.get("step") == "remove":
        change_settings(actor=actor_of(request), site_id=None, values={BRAND_LOGO.name: None}, now=clock.now())
        messages.success(request, gettext("Saved."))
        return redirect("office_settings")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        with form.refusals(request):
            set_logo(actor=actor_of(request), content=form.content(), now=clock.now())
            messages.success(request, gettext("Saved."))
    for problem in [text for texts in form.errors.values() for text in texts]:
        messages.error(request, str(problem))
    return redirect("office_settings")


def _saved(request: HttpRequest, form: SettingsForm, actor: Actor, site_id: int | None) -> HttpResponse:
    if form.changes():
        change_settings(actor=actor, site_id=site_id, values=form.changes(), now=clock.now())
        messages.success(request, gettext("Saved."))
    else:
        messages.info(request, gettext("Nothing was changed."))
    return redirect(reverse("office_settings") + (f"?site={site_id}" if site_id else ""))
