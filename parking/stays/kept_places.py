"""The slots that are kept for a driver's passes and free at this moment, for what is shown to that driver."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch

from parking.facilities.models import SlotStatus
from parking.facilities.rules import SUITABLE_SLOTS
from parking.passes.models import PassStatus, PassVehicle, Subscription
from parking.passes.queries import present_vehicles
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class KeptPlace:
    """A free slot that a pass keeps: for which plates that are on it now, and kinds of vehicle."""

    zone_id: int
    slot_number: str
    pass_number: str
    plates: tuple[str, ...]
    vehicle_ids: tuple[int, ...]
    kinds: tuple[str, ...]


def kept_places_of(driver_id: int, now: datetime) -> Mapping[int, list[KeptPlace]]:
    """Return the slots that the next car of a driver's passes would get, by zone; one statement where there is none."""
    inside = ParkingSession.objects.open().filter(subscription=OuterRef("pk"))
    rows = Subscription.objects.filter(
        ~Exists(inside),
        driver_id=driver_id,
        status=PassStatus.ACTIVE,
        starts_at__lte=now,
        slot__kept=True,
        slot__status=SlotStatus.FREE,
    )
    vehicles = Prefetch("vehicles", PassVehicle.objects.select_related("vehicle").order_by("pk"))
    found: dict[int, list[KeptPlace]] = defaultdict(list)
    for held in rows.select_related("slot__zone").prefetch_related(vehicles).order_by("pk"):
        if held.admits(now):
            place = _place(held, now)
            found[place.zone_id].append(place)
    return found


def _place(held: Subscription, now: datetime) -> KeptPlace:
    slot, vehicles = held.slot, [row.vehicle for row in present_vehicles(held, now)]
    if slot is None:
        raise ValueError(f"{held} keeps no slot")
    suited = (kind for kind, slots in SUITABLE_SLOTS.items() if slot.kind in slots)
    return KeptPlace(
        zone_id=slot.zone_id,
        slot_number=slot.slot_number,
        pass_number=held.number,
        plates=tuple(vehicle.vehicle_number for vehicle in vehicles),
        vehicle_ids=tuple(vehicle.pk for vehicle in vehicles),
        kinds=tuple(kind for kind in suited if held.coverage.fits(slot.zone, kind)),
    )
