"""Events: one frozen dataclass for each thing that happens, and the way to and from its line in the record.

Each app declares its own in its `events.py`, which is imported when the apps are loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Protocol, Self, get_args, get_origin, get_type_hints

# Named here for the index of the record by which its lines are found; its type is `stays.events.SessionTerminated`.
TERMINATED = "session.terminated"

_REFUSED = "refused."
_ACTION_LENGTH = 60
_PATH_LENGTH = 200


class StoredEvent(Protocol):
    """What an event is read from: a line of the record or a row of the outbox."""

    @property
    def action(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def subject_id(self) -> int | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. The fields of a subclass are what is stored of it, in their order.

    `action` is the stored name and never changes. The subject is stored apart from the facts: it is the field
    `<subject_kind>_id`. A subclass without an `action` of its own is a base for others.
    """

    action: ClassVar[str] = ""
    subject_kind: ClassVar[str] = ""
    refused: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Register the class under its action. Raises TypeError if another class has that action."""
        action = cls.__dict__.get("action")
        if action is None:
            return
        if action in _BY_ACTION:
            raise TypeError(f"{cls.__name__}: {_BY_ACTION[action].__name__} has the action {action} already")
        _BY_ACTION[action] = cls

    @property
    def recorded_action(self) -> str:
        """Return what the record's column `action` holds."""
        return self.action

    @property
    def subject(self) -> tuple[str, int | None]:
        """Return what the event is about: kind and id; an empty kind for nothing in particular."""
        return self.subject_kind, getattr(self, _subject_field(type(self)))

    def facts(self) -> dict[str, Any]:
        """Return all fields but the subject, as lists and dicts of what DjangoJSONEncoder can write."""
        kind: Any = type(self)
        return {name: _plain(getattr(self, name)) for name in _names_of_facts(kind)}

    @classmethod
    def read(cls, row: StoredEvent) -> Self:
        """Return the event that a row holds. Raises TypeError, ValueError, ArithmeticError for one of another shape."""
        return cls(**_values(cls, {**row.facts, _subject_field(cls): row.subject_id}))


_BY_ACTION: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Refusal(Event):
    """Somebody was refused something, for the reason `code`; about a stay or an account, where one is known."""

    action = "refused"
    refused = True

    code: str
    path: str | None = None
    session_id: int | None = None
    user_id: int | None = None
    # A keyed hash of an anonymous caller's address, and how often it came in a minute, after the first.
    source: str | None = None
    times: int | None = None

    @property
    def recorded_action(self) -> str:
        return f"{_REFUSED}{self.code}"[:_ACTION_LENGTH]

    @property
    def subject(self) -> tuple[str, int | None]:
        if self.session_id is not None:
            return "session", self.session_id
        return ("", None) if self.user_id is None else ("user", self.user_id)

    def facts(self) -> dict[str, Any]:
        path = None if self.path is None else self.path[:_PATH_LENGTH]
        facts = {"path": path, "source": self.source, "times": self.times}
        return {name: value for name, value in facts.items() if value is not None}

    @classmethod
    def read(cls, row: StoredEvent) -> Self:
        about = {f"{row.subject_kind}_id": row.subject_id} if row.subject_kind else {}
        code, get = row.action.removeprefix(_REFUSED), row.facts.get
        return cls(code=code, path=get("path"), source=get("source"), times=get("times"), **about)


@dataclass(frozen=True, kw_only=True)
class Exported(Event):
    """Somebody took a list away as a file: from which address, what kind of file, and how often after the first."""

    action = "exported"

    path: str
    kind: str
    source: str | None = None
    times: int | None = None

    @property
    def subject(self) -> tuple[str, int | None]:
        return "", None


@dataclass(frozen=True, kw_only=True)
class UnknownEvent(Event):
    """A row that no class fits: written by another version. Its facts are as they were stored."""

    action = "unknown"

    code: str
    about: tuple[str, int | None]
    stored: dict[str, Any] = field(default_factory=dict)

    @property
    def recorded_action(self) -> str:
        return self.code

    @property
    def subject(self) -> tuple[str, int | None]:
        return self.about

    def facts(self) -> dict[str, Any]:
        return self.stored

    @classmethod
    def read(cls, row: StoredEvent) -> Self:
        return cls(code=row.action, about=(row.subject_kind, row.subject_id), stored=row.facts)


def event_types() -> list[type[Event]]:
    """Return every class of events that has an action."""
    return list(_BY_ACTION.values())


def read_event(row: StoredEvent) -> Event:
    """Return the event that a row holds; an UnknownEvent if no class has its action, or its facts do not fit."""
    kind = Refusal if row.action.startswith(_REFUSED) else _BY_ACTION.get(row.action, UnknownEvent)
    try:
        return kind.read(row)
    except (TypeError, ValueError, ArithmeticError):
        return UnknownEvent.read(row)


# --- Values ------------------------------------------------------------------------------------------


def _subject_field(event_type: type[Event]) -> str:
    return f"{event_type.subject_kind}_id"


@cache
def _names_of_facts(event_type: type[Event]) -> tuple[str, ...]:
    subject = _subject_field(event_type)
    return tuple(one.name for one in fields(event_type) if one.name != subject)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


@cache
def _hints(of: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, by name."""
    return {name: hint for name, hint in get_type_hints(of).items() if get_origin(hint) is not ClassVar}


def _values(of: type, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored values that are fields of a dataclass, with the types of its fields."""
    return {name: _value(hint, stored[name]) for name, hint in _hints(of).items() if name in stored}


_READERS: dict[Any, Callable[[Any], Any]] = {Decimal: Decimal, date: date.fromisoformat}


def _value(hint: Any, stored: Any) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return None if stored is None else _value(parts[0], stored)
    if origin is tuple:
        kinds = [parts[0]] * len(stored) if parts[-1] is Ellipsis else parts
        return tuple(_value(kind, item) for kind, item in zip(kinds, stored, strict=True))
    if origin is dict:
        return {name: _value(parts[1], item) for name, item in dict(stored).items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**_values(hint, stored))
    return _READERS[hint](stored) if hint in _READERS else _checked(hint, stored)


def _checked(kind: type, stored: Any) -> Any:
    if not isinstance(stored, kind):
        raise TypeError(f"{stored!r} is no {kind.__name__}")
    return stored
