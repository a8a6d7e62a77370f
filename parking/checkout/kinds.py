"""The kind of a vehicle, as an attendant sees it at the entry: its prices and a slot that suits it."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.checkout.exempting import refuse_after_quote
from parking.checkout.offering import make_lines_again, refuse_fixed
from parking.checkout.second_looks import ask, needs_second_look
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.core.statements import save_fields
from parking.facilities.admitting import kinds_of
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import SPECIAL_SLOTS, suitable_slot_kinds
from parking.facilities.services import claim_best_slot, set_slot_status
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.events import SessionKindChanged
from parking.stays.evidence import keep_photo
from parking.stays.exempt_models import EvidenceMoment
from parking.stays.marks import Mark
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.promises import kinds_to_book
from parking.stays.queries import has_had_free_minutes
from parking.tariffs.queries import terms_for
from parking.tariffs.rules import Terms
from parking.tariffs.rules.cheaper import is_cheaper

# How long after the entry an attendant may correct the kind.
MINUTES = 5
_WAITS = ApprovalKind.VEHICLE_KIND


def set_kind(
    *, actor: Actor, session: StayRef, vehicle_kind: str, now: datetime, photo: bytes | None = None
) -> ParkingSession | Approval:
    """Give an open session another kind of vehicle: the prices of that kind as of its booking, and a slot for it.

    Attendants may until five minutes after the entry, administrators always, then with a photo. The fee stays as it
    was. What makes a car inside pay less waits for a second person. Raises NotFound `session_not_found`; Refused
    `session_over`, `payment_under_way`, `quote_given`, `kind_fixed`, `photo_needed`, `photo_invalid`,
    `kind_not_allowed`, `zone_full`, `waits_already`.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        if stay.vehicle_kind == vehicle_kind:
            return stay
        refuse_fixed(stay)
        refuse_after_quote(stay, actor)
        _refuse_late(stay, actor, photo, now)
        zone = _zone_of(stay, vehicle_kind)
        evidence_id = None
        if photo is not None:
            note = f"{stay.vehicle_kind} → {vehicle_kind}"
            kept = keep_photo(session=stay, moment=EvidenceMoment.ENTRY, note=note, content=photo, actor=actor, now=now)
            evidence_id = kept.pk
        if _pays_less(stay, zone, vehicle_kind) and needs_second_look(_WAITS, actor, now):
            wanted = {"vehicle_kind": vehicle_kind, "instead_of": stay.vehicle_kind}
            facts = wanted | {"evidence_id": evidence_id}
            return ask(kind=_WAITS, session=stay, facts=facts, actor=actor, now=now)
        _set(stay, zone, vehicle_kind, evidence_id=evidence_id, actor=actor, now=now)
    return stay


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Give a session the kind that was asked for, as the second person.

    Raises Refused `decided_already`, `own_change`; Forbidden `second_person_not_independent`; and as `set_kind`.
    """
    with transaction.atomic():
        stay = access.lock(Ref(pk=approval.subject_id), actor, at_work=True)
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        refuse_fixed(stay)
        kind = facts["vehicle_kind"]
        if stay.vehicle_kind != kind:
            _set(stay, _zone_of(stay, kind), kind, evidence_id=facts["evidence_id"], actor=actor, now=now)


def _zone_of(stay: ParkingSession, vehicle_kind: str) -> ParkingZone:
    zone = ParkingZone.objects.select_related("site").get(pk=stay.zone_id)
    if vehicle_kind not in kinds_of(zone):
        raise Refused("kind_not_allowed", "This zone does not take this kind of vehicle")
    return zone


def _pays_less(stay: ParkingSession, zone: ParkingZone, vehicle_kind: str) -> bool:
    """Return whether a car inside would pay less as another kind, for whatever time it stays."""
    if stay.entry_time is None:
        return False
    return is_cheaper(stays.terms_of(stay), _terms(stay, zone, vehicle_kind), stay.entry_time)


def _set(
    stay: ParkingSession,
    zone: ParkingZone,
    vehicle_kind: str,
    *,
    evidence_id: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    before = stay.vehicle_kind
    _move(stay, zone, vehicle_kind, now)
    _change(stay, zone, vehicle_kind)
    make_lines_again(stay, now)
    changed = SessionKindChanged(
        session_id=stay.pk,
        kind=vehicle_kind,
        instead_of=before,
        slot_id=stay.slot_id,
        evidence_id=evidence_id,
    )
    audit.record(actor, changed, now)


def is_at_entry(session: ParkingSession, now: datetime) -> bool:
    """Return whether an attendant may still correct the kind of a session."""
    if session.status == SessionStatus.BOOKED:
        return True
    entered = session.entry_time
    return (
        session.status == SessionStatus.ACTIVE and entered is not None and now <= entered + timedelta(minutes=MINUTES)
    )


def _refuse_late(stay: ParkingSession, actor: Actor, photo: bytes | None, now: datetime) -> None:
    if is_at_entry(stay, now):
        return
    if actor.role != "ADMIN":
        raise Refused("kind_fixed", "An administrator changes the kind after the entry", session_id=stay.pk)
    if photo is None:
        raise Refused("photo_needed", "A photo is needed", session_id=stay.pk)


def _move(stay: ParkingSession, zone: ParkingZone, kind: str, now: datetime) -> None:
    """Give the session another slot if its own does not suit the kind."""
    present = None if stay.slot_id is None else ParkingSlot.objects.get(pk=stay.slot_id)
    special = present.kind if present is not None and present.kind in SPECIAL_SLOTS else None
    if present is None or present.kind in suitable_slot_kinds(kind, special):
        return
    slot = claim_best_slot(zone=zone, kinds=kinds_to_book(zone, kind, None, now))
    if stay.status == SessionStatus.ACTIVE:
        set_slot_status(slot=slot, status=SlotStatus.OCCUPIED)
    set_slot_status(slot=present, status=SlotStatus.FREE)
    stay.slot = slot


def _change(stay: ParkingSession, zone: ParkingZone, kind: str) -> None:
    terms = _terms(stay, zone, kind)
    stay.vehicle_kind, stay.terms = kind, terms.to_json()
    if stay.subscription is not None and not stay.subscription.coverage.fits(zone, kind):
        stay.subscription = None
    save_fields(stay, "vehicle_kind", "terms", "slot_id", "subscription_id")


def _terms(stay: ParkingSession, zone: ParkingZone, kind: str) -> Terms:
    """Return the terms of a kind at the time of the booking, with the fee that was asked then.

    A lost ticket has no free minutes, and no fee where the driver proved to be the owner.
    """
    before = stays.terms_of(stay)
    terms = replace(
        terms_for(zone=zone, vehicle_kind=kind, now=stay.booked_at),
        booking_fee=before.booking_fee,
        hold_minutes=before.hold_minutes,
        no_show_minutes=before.no_show_minutes,
        cancel_window_seconds=before.cancel_window_seconds,
    )
    is_lost = Mark.LOST_TICKET in stay.marks
    if is_lost and before.lost_ticket_fee == ZERO:
        terms = replace(terms, lost_ticket_fee=ZERO)
    if is_lost or has_had_free_minutes(stay.vehicle_id, terms, now=stay.booked_at):
        terms = replace(terms, free_minutes=0)
    return terms
