"""Zones, slots, people with tokens and plates, written into an empty database."""

from typing import Any

from django.db import connection

from bench.defaults import put_defaults_into_columns
from parking.accounts.models import Role, User
from parking.accounts.tokens import new_access_token
from parking.core import clock
from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone
from parking.facilities.rules import slot_numbers, slot_sort_key
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import read_plate

# Above the booking fee for one hour, so that the exit has cash to take.
HOURLY_RATE = "80.00"
ATTENDANTS = 8
BATCH = 2000


def inside(wanted: dict[str, int]) -> dict[str, Any]:
    """Make `zones` of `slots` each and `clients` with `plates` each; answers what the clients need to know."""
    if connection.vendor == "postgresql":
        put_defaults_into_columns()
    zones = _zones(wanted["zones"], wanted["slots"])
    drivers, attendants = _people(Role.USER, wanted["clients"]), _people(Role.STAFF, ATTENDANTS)
    vehicles = _vehicles(wanted["clients"], wanted["plates"])
    clients = [
        {
            "driver": new_access_token(driver),
            "attendant": new_access_token(attendants[number % ATTENDANTS]),
            "plates": [vehicle.vehicle_number for vehicle in vehicles[number]],
        }
        for number, driver in enumerate(drivers)
    ]
    return {
        "zones": [zone.pk for zone in zones],
        "clients": clients,
        "first_driver": drivers[0].pk,
        "first_attendant": attendants[0].pk,
        "first_vehicle": vehicles[0][0].pk,
    }


def _zones(count: int, slots: int) -> list[ParkingZone]:
    now = clock.now()
    site = ParkingSite.objects.create(name="Bench", code="BENCH", state="OPEN", created_at=now)
    zones = ParkingZone.objects.bulk_create(
        ParkingZone(
            site=site,
            name=f"Zone {number:02d}",
            hourly_rate=HOURLY_RATE,
            booking_fee="50.00",
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    )
    numbers = slot_numbers("A-", 1, slots)
    ParkingSlot.objects.bulk_create(
        (
            ParkingSlot(zone=zone, slot_number=number, sort_key=slot_sort_key(number), created_at=now)
            for zone in zones
            for number in numbers
        ),
        batch_size=BATCH,
    )
    return zones


def _people(role: Role, count: int) -> list[User]:
    return User.objects.bulk_create(
        User(username=f"{role.lower()}-{number:03d}", role=role, password="!", date_joined=clock.now())
        for number in range(count)
    )


def _vehicles(clients: int, each: int) -> list[list[Vehicle]]:
    """Create vehicles for each client alone: two clients with one plate would refuse each other."""
    own = [[_vehicle(client, number) for number in range(1, each + 1)] for client in range(clients)]
    Vehicle.objects.bulk_create((vehicle for vehicles in own for vehicle in vehicles), batch_size=BATCH)
    return own


def _vehicle(client: int, number: int) -> Vehicle:
    office, series = 1 + client % 99, "ABCDEFGH"[client // 99]
    # Of a state that none of the old cars is of (`bigdata.sql`).
    plate = read_plate(f"RJ-{office:02d}-B{series}-{number:04d}")
    return Vehicle(match_key=plate.match_key, vehicle_number=plate.shown, created_at=clock.now())
