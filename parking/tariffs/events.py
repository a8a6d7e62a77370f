"""The events of tariffs, rate cards and holidays. Times are texts in UTC."""

from dataclasses import dataclass
from datetime import date

from parking.audit.events import Event
from parking.tariffs.rules import KindRate


@dataclass(frozen=True, kw_only=True)
class TariffChanged(Event):
    """The prices of a zone by kind of vehicle were set to these; kinds that are not named pay as cars do."""

    action = "tariff.changed"
    subject_kind = "zone"

    zone_id: int
    kind_rates: tuple[KindRate, ...]


# --- Versions of a zone's own tariff -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ZoneTariffEvent(Event):
    """Something that happened to a version of a zone's own tariff."""

    subject_kind = "zone"

    zone_id: int
    tariff_id: int


@dataclass(frozen=True, kw_only=True)
class TariffAdded(ZoneTariffEvent):
    """A version was added; with `valid_to` it is an event."""

    action = "tariff.added"

    vehicle_kind: str
    valid_from: str
    valid_to: str | None
    terms: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class TariffEnded(ZoneTariffEvent):
    """Another end was set for an event."""

    action = "tariff.ended"

    valid_to: str


@dataclass(frozen=True, kw_only=True)
class TariffAsked(Event):
    """A change that makes a running day cheaper waits for a second person."""

    action = "tariff.asked"
    subject_kind = "zone"

    zone_id: int
    approval_id: int
    wanted: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class TariffRefused(Event):
    """A change that waited for a second person was refused."""

    action = "tariff.refused"
    subject_kind = "zone"

    zone_id: int
    approval_id: int
    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class RateCardVersionAsked(Event):
    """A version of a card that makes a running day cheaper waits for a second person."""

    action = "rate_card.version_asked"
    subject_kind = "rate_card"

    rate_card_id: int
    approval_id: int
    wanted: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class RateCardVersionRefused(Event):
    """A version that waited for a second person was refused."""

    action = "rate_card.version_refused"
    subject_kind = "rate_card"

    rate_card_id: int
    approval_id: int
    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class TariffWithdrawn(ZoneTariffEvent):
    """A version was deleted before it began."""

    action = "tariff.withdrawn"


@dataclass(frozen=True, kw_only=True)
class DemandChanged(Event):
    """How the prices of a zone follow how full it is was set: the steps, none for not at all."""

    action = "demand.changed"
    subject_kind = "zone"

    zone_id: int
    steps: tuple[dict[str, int], ...]


# --- Rate cards ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RateCardEvent(Event):
    """Something that happened to a rate card."""

    subject_kind = "rate_card"

    rate_card_id: int


@dataclass(frozen=True, kw_only=True)
class RateCardCreated(RateCardEvent):
    """A rate card was made; its first version follows."""

    action = "rate_card.created"

    name: str
    vehicle_kind: str
    zone_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RateCardChanged(RateCardEvent):
    """A rate card got this name and was laid on these zones."""

    action = "rate_card.changed"

    name: str
    zone_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RateCardVersionAdded(RateCardEvent):
    """A version of a rate card was added; with `valid_to` it is an event."""

    action = "rate_card.version_added"

    tariff_id: int
    valid_from: str
    valid_to: str | None
    terms: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class RateCardVersionEnded(RateCardEvent):
    """Another end was set for an event of a rate card."""

    action = "rate_card.version_ended"

    tariff_id: int
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class RateCardVersionWithdrawn(RateCardEvent):
    """A version of a rate card was deleted before it began."""

    action = "rate_card.version_withdrawn"

    tariff_id: int


# --- Holidays ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class HolidayEvent(Event):
    """A change of the holiday calendar of a site."""

    subject_kind = "site"

    site_id: int
    date: date
    name: str


@dataclass(frozen=True, kw_only=True)
class HolidayAdded(HolidayEvent):
    """A day was named a holiday."""

    action = "holiday.added"


@dataclass(frozen=True, kw_only=True)
class HolidayRemoved(HolidayEvent):
    """A day is no holiday any more."""

    action = "holiday.removed"
