"""The events of zones and slots."""

from dataclasses import dataclass, field
from decimal import Decimal

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ZoneEvent(Event):
    """The base of events about a zone."""

    subject_kind = "zone"

    zone_id: int


@dataclass(frozen=True, kw_only=True)
class ZoneCreated(ZoneEvent):
    """A zone was created; `changed` are the names of the fields that were given."""

    action = "zone.created"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ZoneChanged(ZoneEvent):
    """Fields of a zone were changed: `changed` are their names.

    `amounts` are rupees before and after, by field, so that price changes can be traced.
    """

    action = "zone.changed"

    changed: tuple[str, ...]
    amounts: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ZoneRetired(ZoneEvent):
    """A zone was retired."""

    action = "zone.retired"


@dataclass(frozen=True, kw_only=True)
class SlotsAdded(ZoneEvent):
    """Slots were added, with the numbers from `first` to `last`."""

    action = "slots.added"

    first: str
    last: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SlotChanged(Event):
    """A slot was put in or out of service, or its kind changed; the fields are the new values."""

    action = "slot.changed"
    subject_kind = "slot"

    slot_id: int
    status: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """Values were set for a site, or for the installation (no `site_id`).

    `changes` are the values before and after by name; None: the default.
    """

    action = "settings.changed"
    subject_kind = "site"

    site_id: int | None
    changes: dict[str, tuple[str | None, str | None]]
