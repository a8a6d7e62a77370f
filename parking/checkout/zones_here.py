"""The zones in which a car at the actor's gate may be put."""

from parking.core.actor import Actor
from parking.core.errors import InvalidInput, Refused
from parking.core.ids import Ref
from parking.core.sites import at_sites
from parking.facilities.gates import zones_of_gate
from parking.facilities.models import ParkingZone


def zones_at(actor: Actor, wanted: Ref | None) -> list[Ref]:
    """Return the wanted zone, or those to which the actor's gate leads, by name; zones for passes are not among them.

    Raises InvalidInput without zone and gate; Refused `zone_full` for a gate that leads to none.
    """
    if wanted is not None:
        return [wanted]
    if actor.gate is None:
        raise InvalidInput({"zone_id": ["Name the zone, or the gate that leads to it"]})
    near = zones_of_gate(actor.gate.id)
    rows = at_sites(ParkingZone.objects.present().filter(pass_only=False), actor.sites, "site_id")
    rows = rows.order_by("name", "pk")
    found = list(rows.filter(pk__in=near) if near else rows)
    if not found:
        raise Refused("zone_full", "Zone full, try another zone")
    return [Ref(pk=zone.pk) for zone in found]
