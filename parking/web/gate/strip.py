"""What the gate's page shows beside its scanner: free slots, who is expected, who is on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.core.actor import Actor, AtGate, standing_at
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.emergencies import running_emergency
from parking.facilities.gates import zones_of_gate
from parking.facilities.queries import zones_with_counts
from parking.stays.given_tickets import tickets_to_ask_about
from parking.stays.models import ParkingSession
from parking.stays.promises import bookable_in
from parking.stays.queries import cars_inside, due_within
from parking.stays.watching import everything_text
from parking.web.access import for_attendants, user_of
from parking.web.gate.here import kept_gate
from parking.web.live import live, minute

SOON = timedelta(hours=1)
MOST_SHOWN = 12


@dataclass(frozen=True)
class Now:
    """The numbers of the strip; `total` are the usable slots, `expected` the first of those who are due.

    `asked` are tickets of which somebody has to say whether the car is inside.
    """

    free: int
    total: int
    inside: int
    due: int
    expected: Sequence[ParkingSession]
    asked: int


def _state() -> str:
    return f"{minute()} {everything_text()}"


@live(state=_state)
@require_safe
@for_attendants
def strip(request: HttpRequest) -> HttpResponse:
    """Show the strip of the gate that the browser keeps; the page asks for it, because it is kept without a person."""
    gate, actor = kept_gate(request), actor_of(request)
    here = actor if gate is None else standing_at(actor, gate)
    return page(
        request,
        "gate/parts/strip.html",
        now=_now(actor, gate),
        on_duty=_name_of(request),
        emergency=running_emergency(here, clock.now()),
    )


def _name_of(request: HttpRequest) -> str:
    user = user_of(request)
    return f"{user.first_name} {user.last_name}".strip() or user.username


def _now(actor: Actor, gate: AtGate | None) -> Now:
    sites = frozenset({gate.site_id}) if gate else actor.sites
    near = zones_of_gate(gate.id) if gate else set()
    now, rows = clock.now(), zones_with_counts(only_active=True, sites=sites)
    rows = [(zone, row) for zone, row in rows if not near or zone.pk in near]
    # What reservations of the next hours wait for is not free for others.
    left = bookable_in(rows, now)
    soon = due_within(SOON, sites=sites, now=now)
    return Now(
        free=sum(one.total for one in left.values()),
        total=sum(row.total - row.out_of_service for _, row in rows),
        inside=cars_inside(sites=sites, zone=None, plate_part=None, now=now).count(),
        due=soon.count(),
        expected=list(soon[:MOST_SHOWN]),
        asked=tickets_to_ask_about(sites=sites, now=now).count(),
    )
