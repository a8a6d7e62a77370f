"""How places in a waiting list are shown to their drivers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from parking.api.shapes.bookings import BookingOut
from parking.checkout.queries import latest_orders
from parking.edge.shapes import Shape
from parking.stays.waiting import offers_of_entries, position_of
from parking.stays.waiting_models import WaitingEntry, WaitingState


class WaitingPlaceOut(Shape):
    id: int
    state: WaitingState
    position: int | None
    offer: BookingOut | None
    zone_id: int
    zone_name: str
    site_name: str
    vehicle_number: str
    vehicle_kind: str
    owner_name: str
    until: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime

    example = {
        "id": 5,
        "state": "WAITING",
        "position": 2,
        "offer": None,
        "zone_id": 1,
        "zone_name": "Zone A",
        "site_name": "Connaught Place",
        "vehicle_number": "DL-01-AB-1234",
        "vehicle_kind": "CAR",
        "owner_name": "Asha Rao",
        "until": "2026-11-22T12:30:00Z",
        "starts_at": None,
        "ends_at": None,
        "created_at": "2026-11-22T04:30:00Z",
    }

    @classmethod
    def rows(cls, entries: Sequence[WaitingEntry], now: datetime) -> list[Self]:
        """Return places in lines with their positions; `offer` is the booking that waits to be accepted."""
        offers = offers_of_entries(entries)
        orders = latest_orders([session.bill_id for session in offers.values()])
        return [
            cls.read(
                entry,
                position=position_of(entry),
                offer=BookingOut.of(offer, orders.get(offer.bill_id), now) if offer else None,
                zone_name=entry.zone.name,
                site_name=entry.zone.site.name,
                vehicle_number=entry.vehicle.vehicle_number,
            )
            for entry in entries
            for offer in [offers.get(entry.pk)]
        ]
