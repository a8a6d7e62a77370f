"""The plate of a car that is inside, corrected with a reason. A corrected plate never gains a pass."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.checkout.collecting import total_owed
from parking.checkout.exempting import refuse_after_quote
from parking.checkout.offering import make_lines_again, refuse_fixed
from parking.checkout.queries import unpaid_of_plate
from parking.checkout.second_looks import ask, needs_second_look
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, Refused
from parking.core.ids import Ref
from parking.core.sites import at_sites
from parking.core.statements import save_fields
from parking.stays import access
from parking.stays import services as stays
from parking.stays.events import SessionPlateCorrected
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import has_had_free_minutes
from parking.vehicles.models import Vehicle
from parking.vehicles.partial import may_be
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate, lock_both

_LONGEST_REASON = 200
_WAITS = ApprovalKind.PLATE


def correct_plate(*, actor: Actor, session: Ref, plate: str, reason: str, now: datetime) -> ParkingSession | Approval:
    """Write another plate to a session whose car is inside; the same plate again changes nothing.

    A pass that does not name the new plate covers the session no more, and one that does never begins to. Debts are
    those of the new plate from now on; where that owes less, the correction waits for a second person. A plate of which
    the end alone was known may be completed also after a quote. Raises NotFound `session_not_found`; Refused
    `vehicle_invalid`, `session_over`, `not_active`, `payment_under_way`, `quote_given` (but for administrators),
    `plate_is_inside`, `plate_has_booking`, `vehicle_unavailable`, `plate_changed_meanwhile`, `waits_already`;
    InvalidInput without a reason.
    """
    wanted, why = checked_plate(plate), reason.strip()
    if not 0 < len(why) <= _LONGEST_REASON:
        raise InvalidInput({"reason": [f"1 to {_LONGEST_REASON} characters"]})
    seen = access.find(session, actor, at_work=True)
    with transaction.atomic(durable=True):
        vehicle = lock_both(seen.vehicle, wanted, kind=seen.vehicle_kind, now=now)
        stay = access.lock(session, actor, at_work=True)
        if stay.vehicle_id == vehicle.pk:
            return stay
        _refuse_fixed(stay, seen)
        if not _is_completed(stay, wanted):
            refuse_after_quote(stay, actor)
        _refuse_open(vehicle, actor)
        if _owes_less(vehicle, stay, actor) and needs_second_look(_WAITS, actor, now):
            facts = {"vehicle_id": vehicle.pk, "instead_of": stay.vehicle_id, "reason": why}
            return ask(kind=_WAITS, session=stay, facts=facts, actor=actor, now=now)
        _correct(stay, vehicle, why, actor, now)
    return stay


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Write the plate that was asked for, as the second person.

    Raises Refused `decided_already`, `own_change`; Forbidden `second_person_not_independent`; and as `correct_plate`.
    """
    session = Ref(pk=approval.subject_id)
    seen = access.find(session, actor, at_work=True)
    wanted = Vehicle.objects.get(pk=approval.facts["vehicle_id"])
    with transaction.atomic():
        plate = Plate(wanted.vehicle_number, wanted.match_key)
        vehicle = lock_both(seen.vehicle, plate, kind=wanted.kind, now=now)
        stay = access.lock(session, actor, at_work=True)
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        _refuse_fixed(stay, seen)
        if stay.vehicle_id != facts["instead_of"]:
            raise _changed_meanwhile(stay)
        _refuse_open(vehicle, actor)
        _correct(stay, vehicle, facts["reason"], actor, now)


def _owes_less(vehicle: Vehicle, stay: ParkingSession, actor: Actor) -> bool:
    owed, instead = (total_owed(unpaid_of_plate(pk, sites=actor.sites)) for pk in (stay.vehicle_id, vehicle.pk))
    return instead < owed


def _correct(stay: ParkingSession, vehicle: Vehicle, reason: str, actor: Actor, now: datetime) -> None:
    before, ended = stay.vehicle_id, _move(stay, vehicle)
    make_lines_again(stay, now)
    corrected = SessionPlateCorrected(
        session_id=stay.pk, vehicle_id=vehicle.pk, instead_of=before, reason=reason, pass_ended=ended
    )
    audit.record(actor, corrected, now)


def _refuse_fixed(stay: ParkingSession, seen: ParkingSession) -> None:
    refuse_fixed(stay)
    if stay.status != SessionStatus.ACTIVE:
        raise Refused("not_active", "Only the plate of a car that is inside is corrected", session_id=stay.pk)
    if stay.vehicle_id != seen.vehicle_id:
        raise _changed_meanwhile(stay)


def _changed_meanwhile(stay: ParkingSession) -> Refused:
    return Refused("plate_changed_meanwhile", "Somebody corrected this plate just now", session_id=stay.pk)


def _is_completed(stay: ParkingSession, wanted: Plate) -> bool:
    """Return whether the plate was known in part, and this may be the whole of it."""
    return stay.vehicle.is_partial and may_be(stay.vehicle, wanted.match_key)


def _refuse_open(vehicle: Vehicle, actor: Actor) -> None:
    """Raise Refused for a plate that has another open session; one at another site is named nowhere."""
    present = ParkingSession.objects.claimed().filter(vehicle=vehicle)
    here = at_sites(present, actor.sites, "zone__site_id").order_by("-pk").first()
    if here is not None and here.status == SessionStatus.ACTIVE:
        raise Refused("plate_is_inside", "This plate is inside already", session_id=here.pk)
    if here is not None:
        raise Refused("plate_has_booking", "This plate has a booking here", session_id=here.pk)
    if present.exists():
        raise Refused("vehicle_unavailable", "This vehicle cannot be booked now")


def _move(stay: ParkingSession, vehicle: Vehicle) -> bool:
    """Write the vehicle with what hangs on the plate; return whether a pass ended with the old one."""
    terms, held = stays.terms_of(stay), stay.subscription
    stay.vehicle = vehicle
    if has_had_free_minutes(vehicle.pk, terms, now=stay.booked_at):
        stay.terms = replace(terms, free_minutes=0).to_json()
    ends = held is not None and not held.vehicles.filter(vehicle=vehicle).exists()
    if ends:
        stay.subscription = None
    save_fields(stay, "vehicle_id", "terms", "subscription_id")
    return ends
