"""The events of tariffs."""

from dataclasses import dataclass

from parking.audit.events import Event
from parking.tariffs.rules import KindRate


@dataclass(frozen=True, kw_only=True)
class TariffChanged(Event):
    """The prices of a zone by kind of vehicle were set to these; kinds that are not named pay as cars do."""

    action = "tariff.changed"
    subject_kind = "zone"

    zone_id: int
    kind_rates: tuple[KindRate, ...]
