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
class CapacitySet(ZoneEvent):
    """The number of places of a zone without numbers was set, by kind."""

    action = "zone.capacity_set"

    capacity: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class SlotChanged(Event):
    """A slot was put in or out of service, or its kind changed; the fields are the new values."""

    action = "slot.changed"
    subject_kind = "slot"

    slot_id: int
    status: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SiteEvent(Event):
    """The base of events about a site."""

    subject_kind = "site"

    site_id: int


@dataclass(frozen=True, kw_only=True)
class SiteCreated(SiteEvent):
    """A site was created."""

    action = "site.created"

    code: str
    state: str


@dataclass(frozen=True, kw_only=True)
class SiteChanged(SiteEvent):
    """Fields of a site were changed: `changed` are their names, `state` is that after it."""

    action = "site.changed"

    changed: tuple[str, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class SiteCopied(SiteEvent):
    """A site got zones and gates like those of another."""

    action = "site.copied"

    source_id: int


@dataclass(frozen=True, kw_only=True)
class GateEvent(Event):
    """The base of events about a gate."""

    subject_kind = "gate"

    gate_id: int


@dataclass(frozen=True, kw_only=True)
class GateCreated(GateEvent):
    """A gate was created."""

    action = "gate.created"

    site_id: int
    direction: str


@dataclass(frozen=True, kw_only=True)
class GateChanged(GateEvent):
    """Fields of a gate were changed: `changed` are their names."""

    action = "gate.changed"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """Values were set for a site, or for the installation (no `site_id`).

    `changes` are the values before and after by name; None: the default.
    """

    action = "settings.changed"
    subject_kind = "site"

    site_id: int | None
    changes: dict[str, tuple[str | None, str | None]]


# --- Emergencies ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EmergencyEvent(Event):
    """Something that happened to an emergency of a site."""

    subject_kind = "emergency"

    emergency_id: int
    site_id: int


@dataclass(frozen=True, kw_only=True)
class EmergencyAsked(EmergencyEvent):
    """Somebody wants every car of a site let out; a second person has to confirm it."""

    action = "emergency.asked"

    minutes: int
    reason: str
    approval_id: int


@dataclass(frozen=True, kw_only=True)
class EmergencyBegun(EmergencyEvent):
    """From now on every car is let out, until `ends_at`; `alone` by the only administrator that there is."""

    action = "emergency.begun"

    minutes: int
    reason: str
    ends_at: str
    begun_by: int
    alone: bool


@dataclass(frozen=True, kw_only=True)
class EmergencyRefused(EmergencyEvent):
    """An emergency was refused by the second person, or taken back, before it began."""

    action = "emergency.refused"


@dataclass(frozen=True, kw_only=True)
class EmergencyEnded(EmergencyEvent):
    """Somebody ended an emergency before its time."""

    action = "emergency.ended"
