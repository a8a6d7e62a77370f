"""How a saved vehicle is shown to its driver."""

from datetime import datetime
from typing import Self

from parking.edge.shapes import Shape
from parking.vehicles.models import SavedVehicle, VehicleKind


class SavedVehicleOut(Shape):
    id: int
    vehicle_number: str
    vehicle_kind: VehicleKind
    owner_name: str
    label: str
    created_at: datetime

    example = {
        "id": 3,
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "CAR",
        "owner_name": "Asha Rao",
        "label": "The red one",
        "created_at": "2026-11-22T04:30:00Z",
    }

    @classmethod
    def of(cls, saved: SavedVehicle) -> Self:
        """Return a saved vehicle; it must come with its vehicle."""
        return cls.read(saved, vehicle_number=saved.vehicle.vehicle_number)
