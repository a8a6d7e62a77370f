"""What a pass covers: where, which vehicles, on which days and between which hours. Kept with each pass as sold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from parking.facilities.models import ParkingZone
from parking.tariffs.rules.terms import WEEK, Weekday, clock_minutes, clock_text


@dataclass(frozen=True)
class Coverage:
    """The zones of a site, all of them without `zone_ids`; kinds of vehicle, all without `kinds`.

    `begins` and `ends` are minutes of the day; a span that ends when it begins, or before, passes midnight. At most
    `vehicles` plates are on the pass, and `inside` of them in the zones at once.
    """

    site_id: int
    zone_ids: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    days: tuple[Weekday, ...] = WEEK
    begins: int = 0
    ends: int = 0
    vehicles: int = 1
    inside: int = 1

    def fits(self, zone: ParkingZone, kind: str) -> bool:
        """Return whether a vehicle of a kind is covered in a zone."""
        return self.holds_in(zone) and (not self.kinds or kind in self.kinds)

    def holds_in(self, zone: ParkingZone) -> bool:
        """Return whether a zone is among those that are covered."""
        return zone.pk in self.zone_ids if self.zone_ids else zone.site_id == self.site_id

    def shares_zone_with(self, other: "Coverage", site_of: Mapping[int, int]) -> bool:
        """Return whether both hold in some zone; `site_of` has the sites of the zones that they name."""
        if not self.zone_ids and not other.zone_ids:
            return self.site_id == other.site_id
        if self.zone_ids and other.zone_ids:
            return bool(set(self.zone_ids) & set(other.zone_ids))
        named, site = (self, other.site_id) if self.zone_ids else (other, self.site_id)
        return any(site_of.get(zone_id) == site for zone_id in named.zone_ids)

    def to_json(self) -> dict[str, Any]:
        return {
            "site_id": self.site_id,
            "zone_ids": list(self.zone_ids),
            "kinds": list(self.kinds),
            "days": [str(day) for day in self.days],
            "from": clock_text(self.begins),
            "to": clock_text(self.ends),
            "vehicles": self.vehicles,
            "inside": self.inside,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            site_id=data["site_id"],
            zone_ids=tuple(data["zone_ids"]),
            kinds=tuple(data["kinds"]),
            days=tuple(day for day in WEEK if day in data["days"]),
            begins=clock_minutes(data["from"]),
            ends=clock_minutes(data["to"]),
            vehicles=data["vehicles"],
            inside=data["inside"],
        )
