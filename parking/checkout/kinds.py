"""The kind of a vehicle, as an attendant sees it at the entry: its prices and a slot that suits it."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.exempting import refuse_after_quote
from parking.checkout.offering import make_lines_again, refuse_fixed
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.statements import save_fields
from parking.facilities.admitting import kinds_of
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import suitable_slot_kinds
from parking.facilities.services import claim_best_slot, set_slot_status
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.events import SessionKindChanged
from parking.stays.evidence import keep_photo
from parking.stays.exempt_models import EvidenceMoment
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.promises import kinds_to_book
from parking.stays.queries import has_had_free_minutes
from parking.tariffs.queries import terms_for

# How long after the entry an attendant may correct the kind.
MINUTES = 5
_SPECIAL = ("ACCESSIBLE", "VIP")


def set_kind(
    *, actor: Actor, session: StayRef, vehicle_kind: str, now: datetime, photo: bytes | None = None
) -> ParkingSession:
    """Give an open session another kind of vehicle: the prices of that kind as of its booking, and a slot for it.

    Attendants may until five minutes after the entry, administrators always, then with a photo. The fee stays as it
    was. Raises NotFound `session_not_found`; Refused `session_over`, `payment_under_way`, `quote_given`, `kind_fixed`,
    `photo_needed`, `photo_invalid`, `kind_not_allowed`, `zone_full`.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        if stay.vehicle_kind == vehicle_kind:
            return stay
        refuse_fixed(stay)
        refuse_after_quote(stay, actor)
        _refuse_late(stay, actor, photo, now)
        zone = ParkingZone.objects.select_related("site").get(pk=stay.zone_id)
        if vehicle_kind not in kinds_of(zone):
            raise Refused("kind_not_allowed", "This zone does not take this kind of vehicle")
        before = stay.vehicle_kind
        _move(stay, zone, vehicle_kind, now)
        _change(stay, zone, vehicle_kind)
        kept = None
        if photo is not None:
            note = f"{before} → {vehicle_kind}"
            kept = keep_photo(session=stay, moment=EvidenceMoment.ENTRY, note=note, content=photo, actor=actor, now=now)
        make_lines_again(stay, now)
        changed = SessionKindChanged(
            session_id=stay.pk,
            kind=vehicle_kind,
            instead_of=before,
            slot_id=stay.slot_id,
            evidence_id=kept.pk if kept else None,
        )
        audit.record(actor, changed, now)
    return stay


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
    special = present.kind if present is not None and present.kind in _SPECIAL else None
    if present is None or present.kind in suitable_slot_kinds(kind, special):
        return
    slot = claim_best_slot(zone=zone, kinds=kinds_to_book(zone, kind, None, now))
    if stay.status == SessionStatus.ACTIVE:
        set_slot_status(slot=slot, status=SlotStatus.OCCUPIED)
    set_slot_status(slot=present, status=SlotStatus.FREE)
    stay.slot = slot


def _change(stay: ParkingSession, zone: ParkingZone, kind: str) -> None:
    """Write the kind with its terms: those of the booking's time, with the fee that was asked then."""
    before = stays.terms_of(stay)
    terms = replace(
        terms_for(zone=zone, vehicle_kind=kind, now=stay.booked_at),
        booking_fee=before.booking_fee,
        hold_minutes=before.hold_minutes,
        no_show_minutes=before.no_show_minutes,
        cancel_window_seconds=before.cancel_window_seconds,
    )
    if has_had_free_minutes(stay.vehicle_id, terms, now=stay.booked_at):
        terms = replace(terms, free_minutes=0)
    stay.vehicle_kind, stay.terms = kind, terms.to_json()
    if stay.subscription is not None and not stay.subscription.coverage.fits(zone, kind):
        stay.subscription = None
    save_fields(stay, "vehicle_kind", "terms", "slot_id", "subscription_id")
