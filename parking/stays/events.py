"""What happens to a stay. Amounts are rupees."""

from dataclasses import dataclass
from decimal import Decimal

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """Something that happened to a stay."""

    subject_kind = "session"

    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionBooked(SessionEvent):
    """A slot was claimed, by a booking or a ticket; `fee` is what the terms ask for it.

    `promo_code` and `points` are what the session holds to lower its bill. A reservation has no slot yet, and its
    window in `starts_at` and `ends_at`.
    """

    action = "session.booked"

    zone_id: int
    slot_id: int | None
    fee: Decimal
    promo_code: str = ""
    points: int = 0
    starts_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ReservationClaimed(SessionEvent):
    """A reservation got its slot, of the zone `zone_id`; `moved_from` is the zone that had none for it."""

    action = "session.claimed"

    zone_id: int
    slot_id: int | None
    moved_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReservationUnplaced(SessionEvent):
    """There was no place for a reservation: it was cancelled, and `refund` goes back.

    `voucher` is the code of what its driver got beside.
    """

    action = "session.no_place"

    refund: Decimal
    voucher: str = ""


@dataclass(frozen=True, kw_only=True)
class BookingChanged(SessionEvent):
    """A driver changed a booking: the names of what was changed, each with its value before and after."""

    action = "session.changed"

    changes: dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True, kw_only=True)
class SessionEntered(SessionEvent):
    """The car was let in."""

    action = "session.entered"

    slot_id: int | None


@dataclass(frozen=True, kw_only=True)
class SpecialSlotGiven(SessionEvent):
    """An attendant gave a walk-in a slot of a special kind, with a reason."""

    action = "session.special_slot"

    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TokenGiven(SessionEvent):
    """The car got a token of plastic in place of a ticket."""

    action = "session.token_given"

    token_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class TokensMade(Event):
    """Tokens of a site were numbered from `first` to `last`."""

    action = "tokens.made"
    subject_kind = "site"

    site_id: int
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class TokenChanged(Event):
    """A token was reported lost, or found again."""

    action = "token.changed"
    subject_kind = "token"

    token_id: int
    site_id: int
    lost: bool


@dataclass(frozen=True, kw_only=True)
class PaperBlockMade(Event):
    """A site got a block of paper slips."""

    action = "paper_block.made"
    subject_kind = "site"

    site_id: int
    block_id: int
    name: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class PaperSlipEntered(SessionEvent):
    """A paper slip was entered: the times and the cash (rupees) are what it says."""

    action = "session.paper_slip"

    block: str
    number: int
    stated_entry: str
    stated_exit: str
    stated_cash: Decimal


@dataclass(frozen=True, kw_only=True)
class LeftBehindStepDue(SessionEvent):
    """A vehicle is inside for days: MESSAGE, NOTICE or LETTER is due, after so many `days`."""

    action = "session.left_behind"

    way: str
    days: int


@dataclass(frozen=True, kw_only=True)
class LeftBehindStepDone(SessionEvent):
    """Somebody put up the notice at a vehicle that was left behind, or posted its letter."""

    action = "session.left_behind_done"

    way: str


@dataclass(frozen=True, kw_only=True)
class DisplayEvent(Event):
    """Something that happened to a screen at the counter."""

    subject_kind = "display"

    display_id: int
    gate_id: int


@dataclass(frozen=True, kw_only=True)
class DisplayPaired(DisplayEvent):
    """A display shows the bills of a gate from now on."""

    action = "display.paired"


@dataclass(frozen=True, kw_only=True)
class DisplayUnpaired(DisplayEvent):
    """A display was taken away from its gate."""

    action = "display.unpaired"


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
class ExemptClassMade(Event):
    """A site exempts another class of vehicles."""

    action = "exempt_class.made"
    subject_kind = "exempt_class"

    exempt_class_id: int
    site_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class ExemptClassChanged(Event):
    """An exempt class has another name, or was taken in or out of use."""

    action = "exempt_class.changed"
    subject_kind = "exempt_class"

    exempt_class_id: int
    name: str
    is_active: bool


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
class NoteWritten(SessionEvent):
    """Somebody wrote a note on a session, or flagged it as a problem of a kind."""

    action = "session.note_written"

    note_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class ReceiptDoubted(SessionEvent):
    """Whoever holds a receipt says to have paid `stated`; the books keep `kept` (rupees)."""

    action = "session.receipt_doubted"

    note_id: int
    stated: Decimal
    kept: Decimal


@dataclass(frozen=True, kw_only=True)
class NoteTickedOff(SessionEvent):
    """Somebody ticked a note or problem off: it is shown at no further scan."""

    action = "session.note_ticked_off"

    note_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class GatePassedWrongWay(SessionEvent):
    """The car passed a gate against its direction: `way` is IN or OUT."""

    action = "session.wrong_way"

    gate_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class SessionQuoted(SessionEvent):
    """The bill was shown and frozen for a time."""

    action = "session.quoted"

    total: Decimal


@dataclass(frozen=True, kw_only=True)
class _SessionWaits(SessionEvent):
    """The end of a stay waits for the payment of an order."""

    order_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionExitWaits(_SessionWaits):
    action = "session.exit_waits"


@dataclass(frozen=True, kw_only=True)
class SessionEntryWaits(_SessionWaits):
    action = "session.entry_waits"


@dataclass(frozen=True, kw_only=True)
class SessionPaidAtEntry(SessionEvent):
    """Money was taken at the counter of the entry, under a tariff that collects there."""

    action = "session.paid_at_entry"

    method: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionPaidAhead(SessionEvent):
    """What a stay costs so far was paid at a desk, before going to the car; it covers until a time."""

    action = "session.paid_ahead"

    method: str
    amount: Decimal
    until: str


@dataclass(frozen=True, kw_only=True)
class SessionTerminationWaits(_SessionWaits):
    action = "session.termination_waits"


@dataclass(frozen=True, kw_only=True)
class _SessionCompleted(SessionEvent):
    """A stay ended whose car was inside. `charged` was collected by that, `debt` is left; `order_id` if one paid."""

    method: str
    total: Decimal
    charged: Decimal
    debt: Decimal
    order_id: str | None


@dataclass(frozen=True, kw_only=True)
class SessionExited(_SessionCompleted):
    action = "session.exited"


@dataclass(frozen=True, kw_only=True)
class SessionTerminated(_SessionCompleted):
    action = "session.terminated"


@dataclass(frozen=True, kw_only=True)
class SessionPaysLater(SessionEvent):
    """A car left before all was paid: `owed` is a debt of its plate now (rupees)."""

    action = "session.pays_later"

    owed: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionLeftInEmergency(SessionEvent):
    """A car was let out because an emergency ran: `owed` is a debt of its plate now (rupees)."""

    action = "session.left_in_emergency"

    emergency_id: int
    owed: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionEvent):
    """A booking was cancelled: `refund` goes back, `kept` stays with us."""

    action = "session.cancelled"

    refund: Decimal
    kept: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionExpired(SessionEvent):
    """A booking's time was over: `reason` is UNPAID or NO_SHOW, `kept` stays with us."""

    action = "session.expired"

    reason: str
    kept: Decimal


@dataclass(frozen=True, kw_only=True)
class PhoneSearched(Event):
    """Somebody looked for stays by a phone: its last two digits, and how many were found."""

    action = "phone.searched"

    ends_in: str
    found: int

    @property
    def subject(self) -> tuple[str, int | None]:
        return "", None


# --- Waiting lists -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WaitingEvent(Event):
    """Something that happened to a driver's place in a waiting list."""

    subject_kind = "waiting"

    waiting_id: int


@dataclass(frozen=True, kw_only=True)
class WaitingJoined(WaitingEvent):
    """A driver joined the line of a zone; for a window, its times are there."""

    action = "waiting.joined"

    zone_id: int
    until: str
    starts_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(WaitingEvent):
    """A place came free: the booking `session_id` is the driver's, if it is paid in time."""

    action = "waiting.offered"

    session_id: int


@dataclass(frozen=True, kw_only=True)
class WaitingEnded(WaitingEvent):
    """A place in the line ended: TAKEN, LAPSED, LEFT or OVER."""

    action = "waiting.ended"

    state: str
