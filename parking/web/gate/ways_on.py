"""What an attendant may do after an amber or red answer; the plate goes along, so that nothing is typed again."""

import re
from dataclasses import dataclass

from parking.checkout.identifying import find_without_code
from parking.checkout.scanning import Direction
from parking.core.actor import Actor
from parking.core.errors import DomainError, NotFound
from parking.core.ids import read_token_code
from parking.core.site_settings import SUPERVISOR_PHONE
from parking.stays.given_tickets import is_given_ticket
from parking.stays.models import OPEN_SESSION, ParkingSession, ScanKind, SessionStatus
from parking.stays.token_models import TokenItem
from parking.stays.tokens import free_token
from parking.vehicles.plates import has_known_format

# The car stands at the gate of another car park, or the device has no gate: nothing of this one helps.
_ELSEWHERE = {"gate_invalid", "wrong_site"}


@dataclass(frozen=True)
class WaysOn:
    """The ways on: `plate` is what to look for or to give a ticket; `bill`: the car is inside, and may want out.

    `is_plate`: a plate was typed where a code belongs; `found` is its open session. `asked` is a ticket that nobody
    scanned in, of a car that may be inside.
    """

    plate: str = ""
    find: bool = True
    ticket: bool = False
    bill: bool = False
    phone: str = ""
    is_plate: bool = False
    found: ParkingSession | None = None
    token: str = ""
    asked: ParkingSession | None = None


def of_free_token(text: str, actor: Actor, direction: str) -> WaysOn | None:
    """Return the way to give a token that is free, where cars come in; None for anything else."""
    code = read_token_code(text)
    token = free_token(code, actor.sites) if code and direction != Direction.OUT else None
    if token is None:
        return None
    if token.item != TokenItem.VEHICLE:
        # It goes to a car that is inside already: that one is found by its plate or number.
        return WaysOn(phone=supervisor_of(None, actor))
    return WaysOn(find=False, phone=supervisor_of(None, actor), token=token.code)


def of_typed_plate(text: str, actor: Actor, direction: str) -> WaysOn | None:
    """Return the ways on for a plate in the place of a code: to its open session, or to a ticket; None for no plate."""
    if not has_known_format(text):
        return None
    try:
        found, _ = find_without_code(actor=actor, plate=text, session=None, way=ScanKind.ENTRY, scan_id=None)
    except NotFound:
        may_get_ticket = direction != Direction.OUT
        return WaysOn(plate=text, ticket=may_get_ticket, phone=supervisor_of(None, actor), is_plate=True)
    return WaysOn(plate=text, find=False, phone=supervisor_of(found, actor), is_plate=True, found=found)


def ways_on(error: DomainError, session: ParkingSession | None, actor: Actor, direction: str) -> WaysOn:
    """Return the ways on after a refusal at the actor's gate. `session` is the one of the code, None if not known."""
    is_other_car = error.code == "vehicle_mismatch"
    plate = str(error.facts["seen"]) if is_other_car else _plate_of(session)
    may_get_ticket = is_other_car or session is None or session.status not in OPEN_SESSION
    is_here = error.code not in _ELSEWHERE
    return WaysOn(
        plate=plate,
        find=is_here,
        ticket=is_here and may_get_ticket and direction != Direction.OUT,
        bill=error.code == "already_entered" and session is not None and session.status == SessionStatus.ACTIVE,
        phone=supervisor_of(session, actor),
        asked=session if error.code == "entry_not_scanned" and session and is_given_ticket(session) else None,
    )


def supervisor_of(session: ParkingSession | None, actor: Actor) -> str:
    """Return the number of the supervisor at the actor's gate, else the contact of the zone; empty for none."""
    site_id = actor.gate.site_id if actor.gate else session.zone.site_id if session else None
    return SUPERVISOR_PHONE.at(site_id) or (_number_in(session.zone.contact) if session else "")


def _number_in(contact: str) -> str:
    """Return the contact of a zone if it is a phone number; empty if it is something else."""
    return contact if re.fullmatch(r"[+\d][\d \-()]{4,}", contact) else ""


def _plate_of(session: ParkingSession | None) -> str:
    return session.vehicle.vehicle_number if session else ""
