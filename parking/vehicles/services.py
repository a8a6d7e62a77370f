"""The only writer of vehicles."""

from collections.abc import Collection
from datetime import datetime

from parking.core.errors import Refused
from parking.core.statements import Select
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import InvalidPlateError, Plate, read_plate

_LOCKED = Select(lambda key: Vehicle.objects.select_for_update(no_key=True).filter(match_key=key), str)


def checked_plate(text: str) -> Plate:
    """Read a plate that a client sent. Raises Refused `vehicle_invalid`."""
    try:
        return read_plate(text)
    except InvalidPlateError as error:
        raise Refused("vehicle_invalid", "Check vehicle number") from error


def lock_vehicle(*, plate: Plate, kind: str, now: datetime) -> Vehicle:
    """Lock and return the one record of a plate, created if it is new.

    The kind that a plate was last booked with becomes its kind; a session keeps the kind of its own booking. A plate on
    a pass keeps its kind, whoever books it: its pass may be for that kind alone.
    """
    vehicle = _LOCKED.first(plate.match_key)
    if vehicle is None:
        new = Vehicle(match_key=plate.match_key, vehicle_number=plate.shown, kind=kind, created_at=now)
        # Two first bookings of a plate may meet here: the second waits, inserts nothing and reads the first's row.
        Vehicle.objects.bulk_create([new], ignore_conflicts=True)
        vehicle = Vehicle.objects.select_for_update(no_key=True).get(match_key=plate.match_key)
    if vehicle.kind != kind and not vehicle.has_pass:
        vehicle.kind = kind
        vehicle.save(update_fields=["kind"])
    return vehicle


def lock_both(present: Vehicle, plate: Plate, *, kind: str, now: datetime) -> Vehicle:
    """Lock a vehicle and that of a plate, in the order of their keys; return the latter, created if it is new."""
    if present.match_key == plate.match_key:
        return lock_vehicles([present.pk])[0]
    if present.match_key < plate.match_key:
        lock_vehicles([present.pk])
        return lock_vehicle(plate=plate, kind=kind, now=now)
    vehicle = lock_vehicle(plate=plate, kind=kind, now=now)
    lock_vehicles([present.pk])
    return vehicle


def lock_for_pass(*, plates: Collection[Plate], kind: str, now: datetime, only: Collection[str] = ()) -> list[Vehicle]:
    """Lock and return the records of several plates, in the order of their keys; new ones are of this kind.

    They are marked as being on a pass. A known plate keeps its kind, which a booking says, unless the pass is for
    others (`only`).
    """
    # Also new ones in this order: the insert waits for a plate that another transaction is inserting.
    new = [
        Vehicle(match_key=plate.match_key, vehicle_number=plate.shown, kind=kind, created_at=now)
        for plate in sorted(plates, key=lambda plate: plate.match_key)
    ]
    Vehicle.objects.bulk_create(new, ignore_conflicts=True)
    keys = [plate.match_key for plate in plates]
    locked = list(Vehicle.objects.select_for_update(no_key=True).filter(match_key__in=keys).order_by("match_key"))
    mark_passes([vehicle.pk for vehicle in locked])
    others = [vehicle for vehicle in locked if only and vehicle.kind not in only]
    for vehicle in others:
        vehicle.kind = kind
    Vehicle.objects.bulk_update(others, ["kind"])
    return locked


def mark_passes(vehicle_ids: Collection[int]) -> None:
    """Note that these vehicles, which must be locked, are on a pass."""
    Vehicle.objects.filter(pk__in=vehicle_ids, has_pass=False).update(has_pass=True)


def lock_vehicles(vehicle_ids: Collection[int]) -> list[Vehicle]:
    """Lock and return vehicles, in the order of their keys."""
    rows = Vehicle.objects.select_for_update(no_key=True).filter(pk__in=vehicle_ids)
    return list(rows.order_by("match_key"))


def forget_passes(vehicle_ids: Collection[int]) -> None:
    """Note that these vehicles, which must be locked, are on no pass any more."""
    Vehicle.objects.filter(pk__in=vehicle_ids).update(has_pass=False)
