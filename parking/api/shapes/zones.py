"""How zones and slots are shown."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.queries import ZoneCounts

# JSON Schema's own format "time" wants an offset from UTC, which a time of day has not.
TimeOfDay = Annotated[str, Field(pattern="^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$", examples=["06:00:00"])]


class ZoneOut(BaseModel):
    id: int
    uuid: str
    name: str
    hourly_rate: float
    is_active: bool
    total_slots: int
    available_slots: int
    occupancy_percent: float
    opens_at: TimeOfDay | None
    closes_at: TimeOfDay | None
    contact: str
    place: str
    latitude: float | None
    longitude: float | None
    features: list[str]
    restrictions: str
    booking_fee: float


class SlotOut(BaseModel):
    id: int
    slot_number: str
    kind: str
    status: str


class ZoneCountsOut(BaseModel):
    zone_id: int
    zone_name: str
    total_slots: int
    occupied_slots: int
    booked_slots: int
    out_of_service_slots: int
    available_slots: int
    occupancy_percent: float


class ZoneSlotsOut(ZoneCountsOut):
    slots: list[SlotOut]


EXAMPLE_ZONE = {
    "id": 1,
    "uuid": "0b0c5c64-7a0e-4d6c-8a39-2f1f7a6d9c10",
    "name": "Zone A",
    "hourly_rate": 50.0,
    "is_active": True,
    "total_slots": 10,
    "available_slots": 7,
    "occupancy_percent": 30.0,
    "opens_at": None,
    "closes_at": None,
    "contact": "+91 11 5550 0100",
    "place": "Level 1, north side",
    "latitude": 28.6315,
    "longitude": 77.2167,
    "features": ["covered", "guarded"],
    "restrictions": "",
    "booking_fee": 50.0,
}
EXAMPLE_COUNTS = {
    "zone_id": 1,
    "zone_name": "Zone A",
    "total_slots": 10,
    "occupied_slots": 2,
    "booked_slots": 1,
    "out_of_service_slots": 0,
    "available_slots": 7,
    "occupancy_percent": 30.0,
}
EXAMPLE_SLOT = {"id": 1, "slot_number": "A-001", "kind": "CAR", "status": "BOOKED"}


def present_zone(zone: ParkingZone, counts: ZoneCounts) -> dict[str, Any]:
    return {
        "id": zone.pk,
        "uuid": zone.uuid,
        "name": zone.name,
        "hourly_rate": zone.hourly_rate,
        "is_active": zone.is_active,
        "total_slots": counts.total,
        "available_slots": counts.available,
        "occupancy_percent": counts.occupancy_percent,
        "opens_at": zone.opens_at,
        "closes_at": zone.closes_at,
        "contact": zone.contact,
        "place": zone.place,
        "latitude": zone.latitude,
        "longitude": zone.longitude,
        "features": zone.features,
        "restrictions": zone.restrictions,
        "booking_fee": zone.booking_fee,
    }


def present_slot(slot: ParkingSlot) -> dict[str, Any]:
    return {"id": slot.pk, "slot_number": slot.slot_number, "kind": slot.kind, "status": slot.status}


def present_counts(zone: ParkingZone, counts: ZoneCounts) -> dict[str, Any]:
    """Here `occupied_slots` counts cars inside; the percentage counts booked and occupied together."""
    return {
        "zone_id": zone.pk,
        "zone_name": zone.name,
        "total_slots": counts.total,
        "occupied_slots": counts.occupied,
        "booked_slots": counts.booked,
        "out_of_service_slots": counts.out_of_service,
        "available_slots": counts.available,
        "occupancy_percent": counts.occupancy_percent,
    }
