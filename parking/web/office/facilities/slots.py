"""The slots of a zone: seen live, added many at once, taken out of service and put back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities import services as facilities
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import find_zone, numbers_taken, slot_by_id, slots_by_zone, zones_with_counts
from parking.passes.queries import pass_keeping
from parking.stays.watching import slots_now, zone_text
from parking.web.access import for_managers, for_office
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.live import drawn_once, live, same_rights
from parking.web.office.facilities.slot_forms import NewSlotsForm, SlotForm, next_slots
from parking.web.templatetags.parking import word

SECTION = "zones"


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def of_zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show the slots, and a form to add more, which previews their numbers."""
    zone = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites)
    slots = slots_by_zone(zone).get(zone.pk, [])
    form = NewSlotsForm(request.POST or None, initial=next_slots(slots))
    if form.is_valid() and not is_going_back(request):
        form.check_taken(numbers_taken(zone, form.numbers()))
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _ask_about(request, zone, form)
        with form.refusals(request):
            added = facilities.add_slots(actor=actor_of(request), zone_id=zone.pk, now=clock.now(), **form.slots())
            messages.success(request, _added(added))
            return redirect("office_slots_add", zone.pk)
    [(_zone, counts)] = zones_with_counts(zone=zone)
    return page(request, "office/slots.html", section=SECTION, zone=zone, counts=counts, slots=slots, form=form)


def _ask_about(request: HttpRequest, zone: ParkingZone, form: NewSlotsForm) -> HttpResponse:
    numbers = form.numbers()
    return ask(
        request,
        title=_("Add slots to %(zone)s?") % {"zone": zone.name},
        form=form,
        yes=ngettext("Yes, add %(count)d slot", "Yes, add %(count)d slots", len(numbers)) % {"count": len(numbers)},
        effects=[_("Slots are never deleted. One that is not wanted is put out of service.")],
        numbers=numbers,
        kind=form.cleaned_data["kind"],
        section=SECTION,
    )


def _added(slots: list[ParkingSlot]) -> str:
    return ngettext("%(count)d slot is added.", "%(count)d slots are added.", len(slots)) % {"count": len(slots)}


def _state_of(zone_id: int) -> str:
    return f"{zone_text(zone_id)} {slots_now.value(zone_id)}"


@live(state=_state_of)
@require_safe
@for_office
@drawn_once(state=_state_of, seen_by=same_rights)
def grid(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show the counts and the slots without the page."""
    zone = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites)
    [(_zone, counts)] = zones_with_counts(zone=zone)
    slots = slots_by_zone(zone).get(zone.pk, [])
    return page(request, "office/parts/slots.html", zone=zone, counts=counts, slots=slots)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Take a slot out of service or back, or change its kind; not while it is taken."""
    slot = slot_by_id(slot_id, sites=actor_of(request).sites)
    form = SlotForm(request.POST or None, initial={"status": slot.status, "kind": slot.kind})
    if form.is_valid():
        with form.refusals(request):
            changed = facilities.change_slot(
                actor=actor_of(request), slot_id=slot.pk, now=clock.now(), **form.cleaned_data
            )
            facts = {"slot": changed.slot_number, "kind": word(changed.kind), "status": word(changed.status)}
            messages.success(request, _("Slot %(slot)s: %(kind)s, %(status)s.") % facts)
            return redirect("office_slots_add", slot.zone_id)
    held = pass_keeping(slot)
    return page(request, "office/slot.html", section=SECTION, slot=slot, form=form, held=held)
