"""Tickets that attendants gave and nobody scanned in: somebody says whether the car is inside, or has gone."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import cancelling
from parking.checkout.offering import refuse_fixed
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.stays import access
from parking.stays import services as stays
from parking.stays.events import EntryStated, SessionEntered
from parking.stays.given_tickets import is_given_ticket
from parking.stays.models import ParkingSession, SessionStatus


class TicketAnswer(StrEnum):
    """What became of the car of a ticket."""

    ENTERED = "ENTERED"
    GONE = "GONE"


def answer(*, actor: Actor, session: Ref, said: TicketAnswer, now: datetime) -> ParkingSession:
    """Write down what became of the car of a ticket; the same answer again changes nothing.

    ENTERED: it is inside, and billed from when the ticket was given. GONE: the ticket ends, and its slot is free.
    Raises NotFound `session_not_found`; Refused `not_given_ticket`, `already_entered`, `booking_cancelled`,
    `payment_under_way`.
    """
    seen = access.find(session, actor, at_work=True)
    return _gone(seen, actor, now) if said == TicketAnswer.GONE else _entered(seen, actor, now)


def _entered(seen: ParkingSession, actor: Actor, now: datetime) -> ParkingSession:
    with transaction.atomic(durable=True):
        stay = access.lock(Ref(pk=seen.pk), actor, at_work=True)
        if stay.status == SessionStatus.ACTIVE:
            return stay
        _refuse_other(stay)
        refuse_fixed(stay)
        since = stay.booked_at
        stays.scan_entry_qr(session=stay, plate_seen=None, now=since, gate_id=actor.gate_id)
        audit.record(actor, EntryStated(session_id=stay.pk, since=since.isoformat()), now)
        audit.record(actor, SessionEntered(session_id=stay.pk, slot_id=stay.slot_id), now)
    return stay


def _gone(seen: ParkingSession, actor: Actor, now: datetime) -> ParkingSession:
    if seen.status == SessionStatus.CANCELLED:
        return seen
    _refuse_other(seen)
    cancelled = cancelling.cancel(
        actor=actor, session=Ref(pk=seen.pk), reason="Ticket not used", now=now, only_of_caller=False
    )
    return cancelled.session


def _refuse_other(stay: ParkingSession) -> None:
    """Raise Refused for what is no ticket of the gate, or is not open any more."""
    if stay.status == SessionStatus.BOOKED and not is_given_ticket(stay):
        raise Refused("not_given_ticket", "Only for a ticket that was given at the gate", session_id=stay.pk)
    stays.refuse_entry(stay, plate_seen=None, now=stay.booked_at)
