"""What an attendant keeps in sight beside the scanner: who is signed in, free slots, cars expected and inside."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.queries import zones_with_counts
from parking.stays.queries import cars_inside, due_within
from parking.web.access import for_attendants
from parking.web.gate.here import kept_gate

EXPECTED_WITHIN = timedelta(hours=1)


@require_safe
@for_attendants
def strip(request: HttpRequest) -> HttpResponse:
    """Show the numbers of the gate's site, or of all sites of the person where no gate is chosen.

    A part of its own, because the page that scans is kept by the service worker and holds nothing of a person.
    """
    actor, gate, now = actor_of(request), kept_gate(request), clock.now()
    sites = frozenset({gate.site_id}) if gate else actor.sites
    return page(
        request,
        "gate/parts/strip.html",
        free=sum(counts.available for _, counts in zones_with_counts(only_active=True, sites=sites)),
        expected=due_within(EXPECTED_WITHIN, sites=sites, now=now).count(),
        inside=cars_inside(sites=sites, zone=None, plate_part=None, now=now).count(),
    )
