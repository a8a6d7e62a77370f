"""How the prices of a zone follow how full it is: its steps, and what they make of a moment; `zone_demand` writes them.

What is booked is decided by slots that are counted then, under the lock of the zone. What is shown goes by counts that
each process keeps until there is news. A zone without steps costs no statement either way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from parking.audit.news import news_now
from parking.core import clock
from parking.core.fresh import FreshValue, UntilNews
from parking.core.ids import Ref
from parking.core.statements import Select
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.facilities.rules import suitable_slot_kinds
from parking.tariffs.models import ZoneDemand
from parking.tariffs.rules.demand import DemandStep, Steps, percent_at

# Prices of later moments are shown without it: nobody knows how full the zone will be.
SOON = timedelta(minutes=15)


@dataclass(frozen=True)
class DemandBook:
    """The steps of the zones that have any, by the id of the zone, and these zones as they were when this was read."""

    steps: Mapping[int, Steps]
    zones: Mapping[int | UUID, ParkingZone]

    def zone_of(self, ref: Ref) -> ParkingZone | None:
        """Return a zone that a client names, if it has steps and is in use."""
        name = ref.pk if ref.uuid is None else ref.uuid
        return None if name is None else self.zones.get(name)


_ALL = Select(lambda: ZoneDemand.objects.select_related("zone__site"))


def _read() -> DemandBook:
    rows = [row for row in _ALL.all() if row.steps]
    steps = {row.zone_id: tuple(DemandStep.from_json(step) for step in row.steps) for row in rows}
    zones = [row.zone for row in rows if row.zone.retired_at is None]
    return DemandBook(steps, {name: zone for zone in zones for name in (zone.pk, zone.uuid)})


demand_now: FreshValue[DemandBook] = FreshValue(_read, seconds=0.5, overlap=0.5)


def steps_of(zone_id: int) -> Steps:
    """Return the steps of a zone, read anew."""
    row = ZoneDemand.objects.filter(zone_id=zone_id).first()
    return tuple(DemandStep.from_json(step) for step in row.steps) if row else ()


# --- At a moment ---------------------------------------------------------------------------------------


def percent_of_claim(zone: ParkingZone, vehicle_kind: str) -> int:
    """Return the change for a slot that is about to be claimed; the zone must be locked if it has steps."""
    steps = demand_now.value().steps.get(zone.pk)
    return _percent(steps, _counted(zone.pk), vehicle_kind) if steps else 0


def percent_shown(zone: ParkingZone, vehicle_kind: str, moment: datetime) -> int:
    """Return the change that somebody would pay who came now; none for moments that are not near."""
    steps = demand_now.value().steps.get(zone.pk)
    if not steps or abs(moment - clock.now()) > SOON:
        return 0
    return _percent(steps, _counts.value(zone.pk), vehicle_kind)


Counts = Mapping[str, tuple[int, int]]


def _percent(steps: Steps, counts: Counts, vehicle_kind: str) -> int:
    suitable = [counts[kind] for kind in suitable_slot_kinds(vehicle_kind) if kind in counts]
    taken, in_service = sum(taken for taken, _ in suitable), sum(in_service for _, in_service in suitable)
    return percent_at(steps, taken=taken, in_service=in_service)


_TAKEN = Q(status__in=[SlotStatus.BOOKED, SlotStatus.OCCUPIED]) | Q(kept=True)


def _counted(zone_id: int) -> Counts:
    """Return by kind of slot how many are booked, occupied or kept, and how many in service, in one statement."""
    rows: QuerySet[ParkingSlot, tuple[str, int, int]] = (
        ParkingSlot.objects.filter(zone_id=zone_id)
        .exclude(status=SlotStatus.OUT_OF_SERVICE)
        .order_by()
        .values_list("kind")
        .annotate(taken=Count("pk", filter=_TAKEN), all=Count("pk"))
    )
    return {kind: (taken, in_service) for kind, taken, in_service in rows}


_counts: UntilNews[Counts] = UntilNews(_counted, news_now)


def version() -> int:
    """Return a number that differs when the steps of any zone do."""
    return hash(tuple(sorted(demand_now.value().steps.items(), key=lambda item: item[0])))
