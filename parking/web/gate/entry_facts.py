"""What the pages of a session say of its exemption, photos and kind."""

from dataclasses import dataclass
from datetime import datetime

from parking.checkout.exempting import present_exemption
from parking.checkout.kinds import is_at_entry
from parking.core.actor import Actor
from parking.facilities.admitting import kinds_of
from parking.stays.evidence import photos_of
from parking.stays.exempt_classes import classes_at
from parking.stays.exempt_models import ExemptClass, Exemption, ParkingSessionEvidence
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class EntryFacts:
    exemption: Exemption | None
    classes: list[ExemptClass]
    photos: list[ParkingSessionEvidence]
    kinds: list[str]
    may_set_kind: bool
    needs_photo: bool
    may_add_photo: bool

    @property
    def are_shown(self) -> bool:
        return bool(self.exemption or self.classes or self.photos or self.may_set_kind or self.may_add_photo)


def entry_facts(session: ParkingSession, actor: Actor, now: datetime) -> EntryFacts:
    """Return what there is of a session, and what this person may change."""
    early = is_at_entry(session, now)
    return EntryFacts(
        exemption=present_exemption(session),
        classes=list(classes_at(session.site_id)) if session.is_open else [],
        photos=photos_of(session, actor, now),
        kinds=kinds_of(session.zone),
        may_set_kind=session.is_open and (early or actor.role == "ADMIN"),
        needs_photo=not early,
        may_add_photo=session.is_open,
    )
