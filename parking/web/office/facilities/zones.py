"""Zones: their prices, opening hours and history of changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities import services as facilities
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.queries import capacity_of, find_zone, retired_zones, zones_with_counts
from parking.facilities.sites import present_sites
from parking.reports.changes import changes_of_zone
from parking.stays.watching import all_zones_text, counts_now
from parking.tariffs import services as tariffs
from parking.tariffs.queries import price_now, rates_of_kinds
from parking.web.access import for_managers, for_office
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.forms import ServiceForm
from parking.web.live import drawn_once, live, same_rights
from parking.web.office.facilities.zone_form import ZoneForm, values_of, values_of_new_zone
from parking.web.office.shared.history import change_lines
from parking.web.office.shared.second_person import say_done
from parking.web.office.shared.site_switch import site_switch

SECTION = "zones"


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show all zones with their counts, and separately the retired ones."""
    switch = site_switch(request)
    return page(
        request,
        "office/zones.html",
        section=SECTION,
        switch=switch,
        zones=zones_with_counts(sites=switch.sites),
        retired=list(retired_zones(sites=switch.sites)),
    )


@live(state=all_zones_text)
@require_safe
@for_office
@drawn_once(state=all_zones_text, seen_by=same_rights)
def counts(request: HttpRequest) -> HttpResponse:
    """Show the list of zones without the page."""
    switch = site_switch(request)
    zones = zones_with_counts(sites=switch.sites, counts=counts_now())
    return page(request, "office/parts/zones.html", switch=switch, zones=zones)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Make a zone; its slots come next."""
    sites = _sites_first(request)
    initial = values_of_new_zone(sites)
    form = ZoneForm(request.POST or None, initial=initial, sites=sites)
    if form.is_valid():
        with form.refusals(request):
            zone = tariffs.create_zone(
                actor=actor_of(request),
                changes=initial | form.columns(),
                kind_rates=form.kind_rates() or [],
                capacity=form.capacity(),
                now=clock.now(),
            )
            return _made(request, zone)
    return page(request, "office/zone.html", section=SECTION, form=form)


def _sites_first(request: HttpRequest) -> list[ParkingSite]:
    """Return the sites at which a zone can be made, that of the address first."""
    chosen = site_switch(request).site_id
    sites = list(present_sites(actor_of(request)))
    return [site for site in sites if site.pk == chosen] + [site for site in sites if site.pk != chosen]


def _made(request: HttpRequest, zone: ParkingZone) -> HttpResponse:
    if zone.marked:
        messages.success(request, _("%(zone)s was created. Now add its slots.") % {"zone": zone.name})
        return redirect("office_slots_add", zone.pk)
    messages.success(request, _("%(zone)s was created.") % {"zone": zone.name})
    return redirect("office_zone", zone.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def edit(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Change a zone; what changes a price, or closes it, is asked about first."""
    zone = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites)
    form = ZoneForm(request.POST or None, initial=_values(zone))
    if form.is_valid() and not is_going_back(request):
        if form.effects() and not is_confirmed(request):
            return _ask_about(request, zone, form)
        with form.refusals(request):
            _save(request, zone, form)
            return redirect("office_zone", zone.pk)
    return page(
        request,
        "office/zone.html",
        section=SECTION,
        zone=zone,
        form=form,
        facts=form.facts(),
        changes=change_lines(changes_of_zone(zone)),
    )


def _values(zone: ParkingZone) -> dict[str, Any]:
    capacity = {} if zone.marked else capacity_of([zone]).get(zone.pk, {})
    now = clock.now()
    prices = price_now(zone, now).prices
    # Where the day decides, the plain rate stands there, and changing it is refused.
    present = {
        "hourly_rate": prices.base_rate if prices.is_flat else zone.hourly_rate,
        "booking_fee": prices.booking_fee,
    }
    return values_of(zone, rates_of_kinds(zone, now), capacity) | present


def _ask_about(request: HttpRequest, zone: ParkingZone, form: ZoneForm) -> HttpResponse:
    return ask(
        request,
        title=_("Change %(zone)s?") % {"zone": zone.name},
        form=form,
        yes=_("Yes, change it"),
        effects=form.effects(),
        alterations=form.alterations(),
        section=SECTION,
    )


def _save(request: HttpRequest, zone: ParkingZone, form: ZoneForm) -> None:
    if not form.altered():
        messages.info(request, _("Nothing was changed."))
        return
    changed = tariffs.propose_zone(
        actor=actor_of(request),
        zone_id=zone.pk,
        changes=form.columns(),
        kind_rates=form.kind_rates(),
        capacity=form.capacity(),
        now=clock.now(),
    )
    say_done(request, changed)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def retire(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Take a zone out of use for good, once it was asked."""
    zone = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites)
    form = ServiceForm(request.POST or None)
    if is_confirmed(request) and form.is_valid():
        with form.refusals(request):
            facilities.retire_zone(actor=actor_of(request), zone_id=zone.pk, now=clock.now())
            messages.success(request, _("%(zone)s was retired.") % {"zone": zone.name})
            return redirect("office_zones")
    return ask(
        request,
        title=_("Retire %(zone)s?") % {"zone": zone.name},
        form=form,
        yes=_("Yes, retire it for good"),
        effects=[
            _("The zone disappears from all lists and cannot be restored. Its slots go out of service."),
            _("Its sessions and payments are kept. To close it for a while, clear “Open for bookings” instead."),
        ],
        back=reverse("office_zone", args=[zone.pk]),
        grave=True,
        section=SECTION,
    )
