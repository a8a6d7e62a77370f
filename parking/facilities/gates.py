"""Gates: their only writer, and the look-up of the gate that a request names."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor, AtGate, standing_at
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.fresh import FreshValue
from parking.core.sites import at_sites
from parking.facilities.events import GateChanged, GateCreated
from parking.facilities.models import Gate, ParkingSite, ParkingZone


def _read_gates() -> dict[int, AtGate]:
    rows = Gate.objects.filter(retired_at=None).values_list("pk", "site_id", "direction")
    return {pk: AtGate(pk, site_id, direction) for pk, site_id, direction in rows}


# Gates hardly ever change, and every scan names one.
_gates_now: FreshValue[dict[int, AtGate]] = FreshValue(_read_gates, seconds=0.5, overlap=0.5)


def actor_at(actor: Actor, gate_id: int | None) -> Actor:
    """Return the actor at the gate that a request names; without one, the actor as it is.

    Raises Refused `gate_invalid` for a gate that is unknown, retired, or at a site that is not the actor's.
    """
    if gate_id is None:
        return actor
    # One that another process has just made is not among those that were read a moment ago.
    gate = _gates_now.value().get(gate_id) or _read_gates().get(gate_id)
    if gate is None or not actor.works_at(gate.site_id):
        raise Refused("gate_invalid", "There is no such gate here")
    return standing_at(actor, gate)


def gates_of(actor: Actor) -> QuerySet[Gate]:
    """Return the gates at the actor's sites that are in use, by site and name."""
    gates = Gate.objects.filter(retired_at=None, site__retired_at=None).select_related("site")
    return at_sites(gates, actor.sites, "site_id").order_by("site__name", "name", "pk")


def zones_of_gate(gate_id: int) -> set[int]:
    """Return the ids of the zones to which a gate leads; none of them: to all of its site."""
    return set(Gate.zones.through.objects.filter(gate_id=gate_id).values_list("parkingzone_id", flat=True))


def gate_by_id(gate_id: int, actor: Actor) -> Gate:
    """Return a gate, retired ones too. Raises NotFound `gate_not_found`, also for one at another's site."""
    gate = at_sites(Gate.objects.select_related("site"), actor.sites, "site_id").filter(pk=gate_id).first()
    if gate is None:
        raise NotFound("gate_not_found", "Gate not found")
    return gate


def create_gate(
    *, actor: Actor, site_id: int, name: str, direction: str, zone_ids: Collection[int], now: datetime
) -> Gate:
    """Make a gate; without zones it leads to all of its site.

    Raises NotFound `site_not_found`; Refused `gate_name_taken`; InvalidInput for zones of another site.
    """
    with transaction.atomic():
        site = ParkingSite.objects.select_for_update(no_key=True).filter(pk=site_id, retired_at=None).first()
        if site is None or not actor.works_at(site_id):
            raise NotFound("site_not_found", "Site not found")
        gate = Gate(site=site, name=name, direction=direction, created_at=now)
        _save(gate)
        gate.zones.set(_zones(site_id, zone_ids))
        audit.record(actor, GateCreated(gate_id=gate.pk, site_id=site_id, direction=direction), now)
    _gates_now.forget()
    return gate


def update_gate(*, actor: Actor, gate_id: int, changes: dict[str, Any], now: datetime) -> Gate:
    """Change a gate: name, direction, zone_ids, `retired`. A retired one stays so.

    Raises NotFound `gate_not_found`; Refused `gate_name_taken`; InvalidInput.
    """
    with transaction.atomic():
        gate = gate_by_id(gate_id, actor)
        gate = Gate.objects.select_for_update(no_key=True, of=("self",)).select_related("site").get(pk=gate.pk)
        gate.name = changes.get("name", gate.name)
        gate.direction = changes.get("direction", gate.direction)
        if changes.get("retired"):
            gate.retired_at = gate.retired_at or now
        _save(gate)
        if "zone_ids" in changes:
            gate.zones.set(_zones(gate.site_id, changes["zone_ids"]))
        audit.record(actor, GateChanged(gate_id=gate.pk, changed=tuple(sorted(changes))), now)
    _gates_now.forget()
    return gate


def _save(gate: Gate) -> None:
    try:
        with transaction.atomic():
            gate.save()
    except IntegrityError as error:
        raise Refused("gate_name_taken", "There is a gate of this name already") from error


def _zones(site_id: int, zone_ids: Collection[int]) -> list[ParkingZone]:
    zones = list(ParkingZone.objects.filter(pk__in=set(zone_ids), site_id=site_id, retired_at=None))
    if len(zones) < len(set(zone_ids)):
        raise InvalidInput({"zone_ids": ["Only zones of this site"]})
    return zones
