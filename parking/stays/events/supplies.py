"""Tokens, paper slips, displays and exempt classes of a site."""

from dataclasses import dataclass
from decimal import Decimal

from parking.audit.events import Event
from parking.stays.events.base import SessionEvent


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
    item: str = "VEHICLE"


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
