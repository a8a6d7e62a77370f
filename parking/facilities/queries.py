"""Reads of zones and slots: counts by status, and look-ups by id or UUID."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from parking.core.errors import InvalidInput, NotFound
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES, Sites, at_sites
from parking.core.statements import Select
from parking.facilities.models import ParkingSlot, ParkingZone, SiteState, SlotStatus


@dataclass(frozen=True)
class ZoneCounts:
    """The numbers of slots of a zone, by status; `free` by kind, for each kind of slot that there is."""

    total: int = 0
    booked: int = 0
    occupied: int = 0
    out_of_service: int = 0
    free: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.free)

    @property
    def available(self) -> int:
        return self.total - self.booked - self.occupied - self.out_of_service

    def with_kind(self, kind: str, others: "ZoneCounts") -> "ZoneCounts":
        """Return these counts and those of one more kind of slot together."""
        return ZoneCounts(
            self.total + others.total,
            self.booked + others.booked,
            self.occupied + others.occupied,
            self.out_of_service + others.out_of_service,
            {**self.free, kind: others.available},
        )

    @property
    def taken(self) -> int:
        """Return booked and occupied together: what "occupied" in older fields and every percentage mean."""
        return self.booked + self.occupied

    @property
    def occupancy_percent(self) -> float:
        return round(100 * self.taken / self.total, 1) if self.total else 0.0


_ZONE_BY_ID = Select(lambda pk: ParkingZone.objects.select_related("site").filter(pk=pk, retired_at=None), int)


def find_zone(ref: Ref, *, sites: Sites = ALL_SITES) -> ParkingZone:
    """Return the zone that a client names. Raises NotFound `zone_not_found`, also for one retired or of other sites."""
    if ref.uuid is None:
        zone = _ZONE_BY_ID.first(ref.pk)
    else:
        zone = ParkingZone.objects.filter(retired_at=None, uuid=ref.uuid).first()
    if zone is None or (sites is not None and zone.site_id not in sites):
        raise zone_not_found()
    return zone


def zone_not_found() -> NotFound:
    return NotFound("zone_not_found", "Zone not found")


def zones_of(sites: Sites) -> QuerySet[ParkingZone]:
    """Return the zones of these sites by name, retired ones too: for filters of what was."""
    return at_sites(ParkingZone.objects.order_by("name", "pk"), sites, "site_id")


def present_zones(*, sites: Sites = ALL_SITES) -> QuerySet[ParkingZone]:
    """Return zones that are not retired, by name."""
    return zones_of(sites).select_related("site").filter(retired_at=None)


def zones_named(zone_ids: Collection[int], sites: Sites) -> list[ParkingZone]:
    """Return the zones of these ids, by id. Raises InvalidInput for one that is retired or not at these sites."""
    zones = list(present_zones(sites=sites).filter(pk__in=zone_ids).order_by("pk"))
    if missing := sorted(set(zone_ids) - {zone.pk for zone in zones}):
        raise InvalidInput({"zone_ids": [f"There is no zone {number}" for number in missing]})
    return zones


def retired_zones(*, sites: Sites) -> QuerySet[ParkingZone]:
    """Return retired zones, the last retired first."""
    return zones_of(sites).exclude(retired_at=None).order_by("-retired_at", "-pk")


def zones_with_counts(
    *,
    only_active: bool = False,
    zone: ParkingZone | None = None,
    sites: Sites = ALL_SITES,
    counts: Mapping[int, ZoneCounts] | None = None,
) -> list[tuple[ParkingZone, ZoneCounts]]:
    """Return zones by name, each with its counts, in two statements; in one with `counts` that are known already."""
    zones = present_zones(sites=sites)
    if only_active:
        zones = zones.filter(is_active=True, site__state=SiteState.OPEN, site__retired_at=None)
    if zone is not None:
        zones = zones.filter(pk=zone.pk)
    if counts is None:
        counts = counts_of([zone] if zone else None)
    return [(row, counts.get(row.pk, ZoneCounts())) for row in zones]


def counts_of(zones: Collection[ParkingZone] | None = None) -> dict[int, ZoneCounts]:
    """Return the counts of these zones, or of all, by zone; a zone without slots is missing.

    A slot that is kept for a pass counts as booked while no car is in it.
    """
    slots = ParkingSlot.objects.all() if zones is None else ParkingSlot.objects.filter(zone__in=zones)
    rows = slots.values("zone_id", "zone__marked", "kind").annotate(
        total=Count("pk"),
        booked=Count("pk", filter=Q(status=SlotStatus.BOOKED) | Q(status=SlotStatus.FREE, kept=True)),
        occupied=Count("pk", filter=Q(status=SlotStatus.OCCUPIED)),
        out_of_service=Count("pk", filter=Q(status=SlotStatus.OUT_OF_SERVICE)),
    )
    found: dict[int, ZoneCounts] = {}
    for row in rows:
        numbers = counts_of_kind(
            row["total"], row["booked"], row["occupied"], row["out_of_service"], marked=row["zone__marked"]
        )
        found[row["zone_id"]] = found.get(row["zone_id"], ZoneCounts()).with_kind(row["kind"], numbers)
    return found


def counts_of_kind(total: int, booked: int, occupied: int, out_of_service: int, *, marked: bool) -> ZoneCounts:
    """Return the counts of a kind of slot; a place that is out of service is none where places have no numbers."""
    if marked:
        return ZoneCounts(total, booked, occupied, out_of_service)
    return ZoneCounts(total - out_of_service, booked, occupied)


def free_slots(zone: ParkingZone) -> dict[str, int]:
    """Return the number of free slots of a zone that are kept for nobody, by kind; a kind without any is missing."""
    free = ParkingSlot.objects.filter(zone=zone, status=SlotStatus.FREE, kept=False)
    rows = free.values("kind").annotate(number=Count("pk"))
    return {row["kind"]: row["number"] for row in rows}


def capacity_of(zones: Collection[ParkingZone]) -> dict[int, dict[str, int]]:
    """Return the number of places in service of each of these zones, by zone and kind; not those kept for passes."""
    places = ParkingSlot.objects.filter(zone__in=zones, kept=False).exclude(status=SlotStatus.OUT_OF_SERVICE)
    found: dict[int, dict[str, int]] = {}
    for row in places.values("zone_id", "kind").annotate(number=Count("pk")).order_by("zone_id", "kind"):
        found.setdefault(row["zone_id"], {})[row["kind"]] = row["number"]
    return found


def slot_by_id(slot_id: int, *, sites: Sites) -> ParkingSlot:
    """Return a slot with its zone. Raises NotFound `slot_not_found`, also in a retired zone and at other sites."""
    slots = at_sites(ParkingSlot.objects.select_related("zone"), sites, "zone__site_id")
    slot = slots.filter(pk=slot_id, zone__retired_at=None).first()
    if slot is None:
        raise NotFound("slot_not_found", "Slot not found")
    return slot


def slot_by_number(zone_id: int, number: str) -> ParkingSlot:
    """Return a slot of a zone by the number on the ground, however it is typed. Raises NotFound `slot_not_found`."""
    slot = ParkingSlot.objects.filter(zone_id=zone_id, slot_number__iexact=number.strip()).first()
    if slot is None:
        raise NotFound("slot_not_found", "Slot not found")
    return slot


def free_slot_numbers(zone_id: int, *, most: int) -> list[str]:
    """Return the numbers of the first free slots of a zone that are kept for nobody."""
    free = ParkingSlot.objects.filter(zone_id=zone_id, status=SlotStatus.FREE, kept=False)
    return list(free.order_by("sort_key").values_list("slot_number", flat=True)[:most])


def numbers_taken(zone: ParkingZone, numbers: Collection[str]) -> list[str]:
    """Return which of these slot numbers the zone has already, in order."""
    taken = ParkingSlot.objects.filter(zone=zone, slot_number__in=numbers).order_by("sort_key")
    return list(taken.values_list("slot_number", flat=True))


def slots_by_zone(zone: ParkingZone | None = None, *, sites: Sites = ALL_SITES) -> dict[int, list[ParkingSlot]]:
    """Return the slots of one zone, or of all zones in use at these sites, by zone, in order of number.

    Places without numbers are not among them.
    """
    slots = ParkingSlot.objects.filter(zone__retired_at=None).order_by("zone_id", "sort_key")
    slots = at_sites(slots, sites, "zone__site_id")
    found: dict[int, list[ParkingSlot]] = {}
    slots = slots.filter(zone__marked=True)
    for slot in slots.filter(zone=zone) if zone else slots:
        found.setdefault(slot.zone_id, []).append(slot)
    return found
