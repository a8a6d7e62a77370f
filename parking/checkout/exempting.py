"""Exemptions: a session of a class of vehicles that pay nothing at its site, by a photo."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.audit.queries import has_happened
from parking.checkout.offering import change_offers, refuse_fixed
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.events import SessionExempted, SessionExemptionWithdrawn, SessionExitWaits, SessionQuoted
from parking.stays.evidence import keep_photo
from parking.stays.exempt_classes import classes_at
from parking.stays.exempt_models import EvidenceMoment, Exemption
from parking.stays.models import ParkingSession


def exempt(*, actor: Actor, session: StayRef, class_id: int, photo: bytes, now: datetime) -> Exemption:
    """Let an open session pay nothing, as of a class of its site. The same again is the same.

    Raises NotFound `session_not_found`, `exempt_class_not_found`; Refused `session_over`, `payment_under_way`,
    `quote_given` (but for administrators), `already_exempt`, `photo_invalid`.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        wanted = classes_at(stay.site_id).filter(pk=class_id).first()
        if wanted is None:
            raise NotFound("exempt_class_not_found", "There is no such class here")
        present = present_exemption(stay)
        if present is not None and present.exempt_class_id == wanted.pk:
            return present
        _refuse_fixed(stay, actor)
        if present is not None:
            raise Refused("already_exempt", "This session is exempt already", session_id=stay.pk)
        kept = keep_photo(
            session=stay,
            moment=EvidenceMoment.ENTRY,
            note=f"Exempt: {wanted.name}",
            content=photo,
            actor=actor,
            now=now,
        )
        given = Exemption.objects.create(
            session=stay, exempt_class=wanted, photo=kept, given_by_id=actor.user_id, given_at=now
        )
        change_offers(stay, stays.offers_of(stay).with_exempt(wanted.name), now)
        exempted = SessionExempted(session_id=stay.pk, exempt_class_id=wanted.pk, name=wanted.name, evidence_id=kept.pk)
        audit.record(actor, exempted, now)
    return given


def withdraw(*, actor: Actor, session: StayRef, now: datetime) -> ParkingSession:
    """Take the exemption of an open session back: it pays again.

    Raises NotFound `session_not_found`; Refused `not_exempt`, and as `exempt`.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        _refuse_fixed(stay, actor)
        present = present_exemption(stay)
        if present is None:
            raise Refused("not_exempt", "This session is not exempt", session_id=stay.pk)
        present.withdrawn_at = now
        present.save(update_fields=["withdrawn_at"])
        change_offers(stay, stays.offers_of(stay).with_exempt(""), now)
        withdrawn = SessionExemptionWithdrawn(
            session_id=stay.pk, exempt_class_id=present.exempt_class_id, name=present.exempt_class.name
        )
        audit.record(actor, withdrawn, now)
    return stay


def present_exemption(session: ParkingSession) -> Exemption | None:
    """Return the exemption that holds for a session, with its class."""
    rows = Exemption.objects.select_related("exempt_class").filter(session=session, withdrawn_at=None)
    return rows.first()


def refuse_after_quote(session: ParkingSession, actor: Actor) -> None:
    """Raise Refused `quote_given` once an attendant has shown the bill at the exit, but for administrators."""
    if actor.role == "ADMIN":
        return
    if has_happened(SessionQuoted, session.pk) or has_happened(SessionExitWaits, session.pk):
        raise Refused("quote_given", "The bill was shown at the exit already", session_id=session.pk)


def _refuse_fixed(stay: ParkingSession, actor: Actor) -> None:
    refuse_fixed(stay)
    refuse_after_quote(stay, actor)
