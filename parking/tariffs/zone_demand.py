"""The steps by which the prices of a zone follow how full it is: their only writer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.facilities.models import ParkingZone
from parking.facilities.services import lock_zone
from parking.tariffs import lowering
from parking.tariffs.demand import demand_now, steps_of
from parking.tariffs.events import DemandChanged
from parking.tariffs.models import ZoneDemand
from parking.tariffs.rules.demand import DemandStep, Steps, checked, falls
from parking.tariffs.zone_tariffs import ask_for


def set_demand(*, actor: Actor, zone_id: int, steps: Iterable[DemandStep], now: datetime) -> Steps:
    """Let the prices of a zone follow these steps, for sessions that are booked from now on; none: not at all.

    Raises NotFound `zone_not_found`; Refused `second_person_needed`; InvalidInput.
    """
    wanted = checked(steps)
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        if _waits(actor, zone, wanted, now):
            raise lowering.second_person_needed()
        _set(actor, zone, wanted, now)
    return wanted


def propose_demand(*, actor: Actor, zone_id: int, steps: Iterable[DemandStep], now: datetime) -> Steps | Approval:
    """Set the steps of a zone as `set_demand`; those under which it is cheaper anyhow full wait for a second person.

    Raises NotFound `zone_not_found`; Refused `waits_already`; InvalidInput.
    """
    wanted = checked(steps)
    with transaction.atomic():
        zone = lock_zone(zone_id, actor)
        if _waits(actor, zone, wanted, now):
            return ask_for(actor, zone, {"steps": [step.to_json() for step in wanted]}, now)
        _set(actor, zone, wanted, now)
    return wanted


def approve_demand(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Set the steps that were asked for, whatever they are by now.

    Raises NotFound `zone_not_found`; Refused `decided_already`, `own_change`; Forbidden
    `second_person_not_independent`.
    """
    with transaction.atomic():
        zone = lock_zone(approval.subject_id, actor)
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        _set(actor, zone, tuple(DemandStep.from_json(step) for step in facts["steps"]), now)


def _waits(actor: Actor, zone: ParkingZone, wanted: Steps, now: datetime) -> bool:
    if actor.user_id is None or lowering.is_new(zone, now) or not falls(steps_of(zone.pk), wanted):
        return False
    return approvals.needs_second_person(ApprovalKind.TARIFF, actor, now=now)


def _set(actor: Actor, zone: ParkingZone, wanted: Steps, now: datetime) -> None:
    """Write the steps of a zone that is locked."""
    stored = [step.to_json() for step in wanted]
    if stored != [step.to_json() for step in steps_of(zone.pk)]:
        ZoneDemand.objects.update_or_create(zone=zone, defaults={"steps": stored, "updated_at": now})
        audit.record(actor, DemandChanged(zone_id=zone.pk, steps=tuple(stored)), now)
    demand_now.forget()
    transaction.on_commit(demand_now.forget)
