"""The kinds of notices: their words in every language, their values, and by which channels they usually go.

An app registers its kinds and renderers in `AppConfig.ready()` (docs/notifications.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.utils.functional import Promise

from parking.accounts.models import Role, User
from parking.notifications.models import Channel, Notice

# The value `slot` of a place without a number; texts with registered variables need a sign for it.
NO_SLOT = "-"
DRIVERS = frozenset({Role.USER, Role.ADMIN})
MANAGERS = frozenset({Role.ADMIN})
ANYBODY = frozenset(Role)


class ValueType(StrEnum):
    """What a value is: how it is stored as JSON, and how it is written."""

    TEXT = "TEXT"
    # A plate as it is stored, or several with commas between them; written in the groups in which it is read.
    PLATE = "PLATE"
    NUMBER = "NUMBER"
    MONEY = "MONEY"
    TIME = "TIME"
    # Stored as a time, written without the hour.
    DATE = "DATE"
    # A username; empty: the system.
    DOER = "DOER"
    # A list of dicts, each a line that the kind's `lines` puts into words.
    LINES = "LINES"


class Lines:
    """How a kind puts its LINES into words; the base says nothing."""

    def words(self, rows: list[dict[str, Any]]) -> list[str]:
        """Return a sentence for each row, in the active language."""
        return [str(row) for row in rows]


class Ended(Protocol):
    """What an app does when a delivery of its kind has ended."""

    def __call__(self, notice: Notice, now: datetime, *, is_sent: bool) -> None: ...


@dataclass(frozen=True)
class Kind:
    """One kind of notice. `title` and `text` name the values as `%(plate)s`.

    `sums` are sentences that follow the text, each where the money of that name is not zero; `free_title` is the title
    where all its money is. `unnumbered` are title and text where `slot` is `NO_SLOT`: a place without a number.

    `name` is what people choose by, `advice` a sentence for mails, before the button. `channels` are those by which it
    usually goes; `audience` the roles that may choose. What is `urgent` goes by its channels whatever was chosen, also
    in quiet hours. What comes `at_any_hour` sounds in quiet hours too, and is chosen as others are.
    `is_current` says of a notice whether it still is news; what is over is not sent any more. `link` makes the address
    of a mail's button when it is sent, where that opens something to whoever has it and must not be stored.
    What somebody has just asked for (`is_asked_for`) is urgent, and its mail says why it comes. `when_ended` is called
    as `when_ended(notice, now, is_sent=...)` in the transaction in which a delivery is marked as sent or failed.
    """

    code: str
    title: Promise
    text: Promise
    values: Mapping[str, ValueType]
    sums: Mapping[str, Promise] = field(default_factory=dict)
    free_title: Promise | None = None
    unnumbered: tuple[Promise, Promise] | None = None
    channels: frozenset[Channel] = frozenset({Channel.MAIL, Channel.PUSH})
    audience: frozenset[Role] = DRIVERS
    urgent: bool = False
    at_any_hour: bool = False
    is_asked_for: bool = False
    is_current: Callable[[Notice, datetime], bool] | None = None
    when_ended: Ended | None = None
    link: Callable[[User, datetime], str] | None = None
    button: Promise | None = None
    advice: Promise | None = None
    name: Promise | None = None
    lines: Lines = field(default_factory=Lines)

    @property
    def ignores_quiet_hours(self) -> bool:
        return self.urgent or self.at_any_hour


@dataclass(frozen=True)
class Message:
    """What a renderer says to one person. Money is a text of rupees, a time in ISO format.

    `fact` names what it tells, where two events can tell the same: a person is told once of it. `path` is a page of
    ours, `attachment` what `attachments.maker` of its prefix makes, `addresses` mail addresses and `phones` numbers for
    SMS in the place of the person's own.
    """

    person_id: int
    kind: str
    values: Mapping[str, Any]
    path: str = ""
    attachment: str = ""
    site_id: int | None = None
    time_zone: str = ""
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    fact: str = ""


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind known. Raises ValueError for a code that another kind has."""
    if _KINDS.setdefault(kind.code, kind) != kind:
        raise ValueError(f"There is another kind of notice with the code {kind.code}")


def kind_of(code: str) -> Kind:
    """Return a kind. Raises KeyError for one that no app registered."""
    return _KINDS[code]


def known_kind(code: str) -> Kind | None:
    """Return a kind, or None for one that another version wrote."""
    return _KINDS.get(code)


def kinds_for(role: str) -> list[Kind]:
    """Return what somebody of this role may choose, in the order of registration."""
    return [kind for kind in _KINDS.values() if role in kind.audience and not kind.urgent]
