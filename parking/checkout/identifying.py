"""Drivers who have no code to show: the attendant asks who they are before the car is let in or its bill shown."""

from datetime import datetime

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.stays import access
from parking.stays.by_phone import phone_of
from parking.stays.events import OwnerConfirmed
from parking.stays.models import ParkingSession
from parking.stays.rules import confirms_owner


def confirm_owner(*, actor: Actor, session: Ref, said: str, now: datetime) -> ParkingSession:
    """Return an open stay whose driver said the owner's name or the last four digits of the phone; it is on record.

    Raises NotFound `session_not_found`; Refused `confirm_mismatch`, `already_exited` for one that is over.
    """
    stay = access.find(session, actor, at_work=True)
    if not stay.is_open:
        raise Refused("already_exited", "This booking is over")
    phone = phone_of(stay)
    if not confirms_owner(said, owner_name=stay.owner_name, phone=phone):
        raise Refused("confirm_mismatch", "Neither the owner's name nor the last four digits of the phone")
    audit.record(actor, OwnerConfirmed(session_id=stay.pk), now)
    return stay
