"""The events of a driver's list of vehicles."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class _SavedVehicleEvent(Event):
    subject_kind = "saved_vehicle"

    saved_vehicle_id: int


@dataclass(frozen=True, kw_only=True)
class VehicleSaved(_SavedVehicleEvent):
    """A driver saved a vehicle, or changed a saved one."""

    action = "vehicle.saved"


@dataclass(frozen=True, kw_only=True)
class VehicleForgotten(_SavedVehicleEvent):
    """A driver removed a vehicle from the list."""

    action = "vehicle.forgotten"
