"""The only writer of a driver's saved vehicles."""

from datetime import datetime

from django.db import transaction

from parking.accounts.models import User
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.vehicles.events import VehicleForgotten, VehicleSaved
from parking.vehicles.models import SavedVehicle, Vehicle
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate

MOST_SAVED = 20


def save_vehicle(
    *, actor: Actor, plate: str, owner_name: str, vehicle_kind: str = "CAR", label: str = "", now: datetime
) -> SavedVehicle:
    """Keep a vehicle for the caller. Saved again, in whatever spelling, it gets the new name, kind and label.

    Raises Refused `vehicle_invalid`, `too_many_vehicles` (20 at most).
    """
    wanted = checked_plate(plate)
    with transaction.atomic():
        # The driver's own line: of two calls at once the second finds what the first one saved.
        driver = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        mine = SavedVehicle.objects.filter(driver=driver)
        saved = mine.select_related("vehicle").filter(vehicle__match_key=wanted.match_key).first()
        if saved is None:
            if mine.count() >= MOST_SAVED:
                raise Refused("too_many_vehicles", f"You can save {MOST_SAVED} vehicles at most")
            vehicle = _vehicle_of(wanted, vehicle_kind, now)
            saved = SavedVehicle(driver=driver, vehicle=vehicle, created_at=now)
        saved.vehicle_kind, saved.owner_name, saved.label = vehicle_kind, owner_name, label
        saved.save()
        audit.record(actor, VehicleSaved(saved_vehicle_id=saved.pk), now)
    return saved


def _vehicle_of(plate: Plate, kind: str, now: datetime) -> Vehicle:
    """Return the record of a plate, created if it is new. An existing one keeps its kind, that of its last booking."""
    new = Vehicle(match_key=plate.match_key, vehicle_number=plate.shown, kind=kind, created_at=now)
    Vehicle.objects.bulk_create([new], ignore_conflicts=True)
    return Vehicle.objects.get(match_key=plate.match_key)


def forget_vehicle(*, actor: Actor, saved_id: int, now: datetime) -> None:
    """Take a vehicle off the caller's list. Raises NotFound `vehicle_not_found`, also for somebody else's."""
    with transaction.atomic():
        deleted, _ = SavedVehicle.objects.filter(driver_id=actor.user_id, pk=saved_id).delete()
        if not deleted:
            raise NotFound("vehicle_not_found", "Vehicle not found")
        audit.record(actor, VehicleForgotten(saved_vehicle_id=saved_id), now)
