"""What happens to a car at the gate, beside its money."""

from dataclasses import dataclass

from parking.audit.events import Event
from parking.stays.events.base import SessionEvent


@dataclass(frozen=True, kw_only=True)
class SessionEntered(SessionEvent):
    """The car was let in."""

    action = "session.entered"

    slot_id: int | None


@dataclass(frozen=True, kw_only=True)
class TicketGiven(SessionEvent):
    """An attendant gave a car at the gate a ticket, without letting it in."""

    action = "session.ticket_given"


@dataclass(frozen=True, kw_only=True)
class EntryStated(SessionEvent):
    """An attendant said afterwards that the car of a ticket is inside: it is billed `since` the ticket was given."""

    action = "session.entry_stated"

    since: str


@dataclass(frozen=True, kw_only=True)
class SpecialSlotGiven(SessionEvent):
    """An attendant gave a walk-in a slot of a special kind, with a reason."""

    action = "session.special_slot"

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SessionExempted(SessionEvent):
    """An attendant took a photo of a car that pays nothing: it is of this class."""

    action = "session.exempted"

    exempt_class_id: int
    name: str
    evidence_id: int


@dataclass(frozen=True, kw_only=True)
class SessionExemptionWithdrawn(SessionEvent):
    """An exemption was a mistake: the car pays again."""

    action = "session.exemption_withdrawn"

    exempt_class_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class SessionKindChanged(SessionEvent):
    """The vehicle is of another kind than was said: its prices and its slot are those of that kind."""

    action = "session.kind_changed"

    kind: str
    instead_of: str
    slot_id: int | None
    evidence_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SessionPlateCorrected(SessionEvent):
    """The car has another plate than was written; `pass_ended`: the pass of the old one does not cover it any more."""

    action = "session.plate_corrected"

    vehicle_id: int
    instead_of: int
    reason: str
    pass_ended: bool


@dataclass(frozen=True, kw_only=True)
class SessionMoved(SessionEvent):
    """The car was moved to another slot of its site; `swapped_with` is the session that it changed places with."""

    action = "session.moved"

    zone_id: int
    slot_id: int | None
    from_zone_id: int
    from_slot_id: int | None
    swapped_with: int | None = None


@dataclass(frozen=True, kw_only=True)
class OwnerConfirmed(SessionEvent):
    """A driver without a code said who the owner is, and an attendant took that for the code."""

    action = "session.owner_confirmed"


@dataclass(frozen=True, kw_only=True)
class PassedWithoutCode(SessionEvent):
    """An attendant took the plate for the code: the session names neither an owner nor a phone."""

    action = "session.without_code"


@dataclass(frozen=True, kw_only=True)
class LostTicketTaken(SessionEvent):
    """A car left of which no entry was known: it is billed `since` a time, with the fee unless its owner was there."""

    action = "session.lost_ticket"

    since: str
    is_owner: bool


@dataclass(frozen=True, kw_only=True)
class GatePassedWrongWay(SessionEvent):
    """The car passed a gate against its direction: `way` is IN or OUT."""

    action = "session.wrong_way"

    gate_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class PhoneSearched(Event):
    """Somebody looked for stays by a phone: its last two digits, and how many were found."""

    action = "phone.searched"

    ends_in: str
    found: int

    @property
    def subject(self) -> tuple[str, int | None]:
        return "", None


@dataclass(frozen=True, kw_only=True)
class DriverCalled(SessionEvent):
    """Somebody was given the number of who comes, to call it: its last two digits."""

    action = "session.driver_called"

    ends_in: str


@dataclass(frozen=True, kw_only=True)
class SlipTexted(SessionEvent):
    """A slip or receipt goes as SMS to a number, of which the last two digits are kept."""

    action = "session.slip_texted"

    ends_in: str


@dataclass(frozen=True, kw_only=True)
class SessionCorrectionAsked(SessionEvent):
    """A correction by which the car would pay less waits for a second person: `kind` is VEHICLE_KIND or PLATE."""

    action = "session.correction_asked"

    approval_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class SessionCorrectionRefused(SessionEvent):
    """A second person refused a correction, or whoever asked took it back."""

    action = "session.correction_refused"

    approval_id: int
    kind: str
    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class PhotoTaken(SessionEvent):
    """An attendant took a photo of the car: `moment` is ENTRY or EXIT."""

    action = "session.photo_taken"

    evidence_id: int
    moment: str
