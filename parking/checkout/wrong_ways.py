"""Cars that pass a gate against its direction: recorded, never refused, because the car stands there."""

from datetime import datetime
from enum import StrEnum

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.stays.events import GatePassedWrongWay
from parking.stays.models import ParkingSession


class Way(StrEnum):
    """Which way a car passes a gate."""

    IN = "IN"
    OUT = "OUT"


def record_wrong_way(actor: Actor, session: ParkingSession, way: Way, now: datetime) -> None:
    """Put it on record if cars do not pass the actor's gate that way."""
    if actor.gate is not None and not actor.gate.leads(way):
        audit.record(actor, GatePassedWrongWay(session_id=session.pk, gate_id=actor.gate.id, way=way.value), now)
