"""How zones and slots are shown: to everybody, at the gate, to managers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from parking.edge.shapes import Shape
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.place_rules import Bookable
from parking.facilities.queries import ZoneCounts, capacity_of, counts_of
from parking.facilities.rules import distance_m
from parking.stays.promises import bookable_in
from parking.tariffs.queries import PriceNow, kind_rates_of, price_now, rate_of_cars
from parking.tariffs.rules import KindRate

# JSON Schema's own format "time" wants an offset from UTC, which a time of day has not.
TimeOfDay = Annotated[str, Field(pattern="^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$", examples=["06:00:00"])]


class ZoneOut(Shape):
    id: int
    uuid: str
    name: str
    site_id: int
    site_name: str
    hourly_rate: float
    is_active: bool
    total_slots: int
    available_slots: int
    bookable_slots: int
    by_kind: dict[str, int]
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
    marked: bool
    allowed_kinds: list[str]
    max_height_cm: int | None
    pass_only: bool
    distance_m: int | None = None

    example = {
        "id": 1,
        "uuid": "0b0c5c64-7a0e-4d6c-8a39-2f1f7a6d9c10",
        "name": "Zone A",
        "site_id": 1,
        "site_name": "Connaught Place",
        "hourly_rate": 50.0,
        "is_active": True,
        "total_slots": 10,
        "available_slots": 7,
        "bookable_slots": 5,
        "by_kind": {"CAR": 5, "TWO_WHEELER": 0, "EV": 5},
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
        "marked": True,
        "allowed_kinds": [],
        "max_height_cm": None,
        "pass_only": False,
    }

    @classmethod
    def of(cls, zone: ParkingZone, counts: ZoneCounts, left: Bookable, now: datetime, **others: Any) -> Self:
        """Return a zone with its free slots, what reservations leave of them, and the rate of cars at `now`.

        The zone must come with its site.
        """
        rate = cls.rate_of(zone, now)
        return cls.read(
            zone,
            hourly_rate=rate.hourly_rate,
            booking_fee=rate.booking_fee,
            site_name=zone.site.name,
            total_slots=counts.total,
            available_slots=counts.available,
            bookable_slots=left.total,
            by_kind=left.by_kind,
            occupancy_percent=counts.occupancy_percent,
            **others,
        )

    @classmethod
    def rate_of(cls, zone: ParkingZone, now: datetime) -> PriceNow | KindRate:
        """Return rate and fee as who parks pays them, with tax."""
        return price_now(zone, now)

    @classmethod
    def listed(cls, rows: Sequence[tuple[ParkingZone, ZoneCounts]], now: datetime) -> list[Self]:
        """Return the rows of a list, with one statement at most for all their reservations."""
        left = bookable_in(rows, now)
        return [cls.of(zone, counts, left[zone.pk], now) for zone, counts in rows]

    def with_kept(self, kept: Sequence[Collection[str]]) -> Self:
        """Return the zone for who has free slots of the own in it, each given as the kinds of vehicle that it takes."""
        left = Bookable(self.bookable_slots, self.by_kind).with_kept(kept)
        return self.make(**{**self.sent(), "bookable_slots": left.total, "by_kind": left.by_kind}) if kept else self

    def at_distance(self, point: tuple[float, float]) -> Self:
        """Return the zone with its distance from a point (degrees of latitude and longitude), None without a place."""
        own = (self.latitude, self.longitude)
        metres = None if own[0] is None or own[1] is None else distance_m(point, (float(own[0]), float(own[1])))
        return self.make(**{**self.sent(), "distance_m": metres})


class SlotOut(Shape):
    """A slot; `kept` for the cars of a pass, it counts as booked also while its status is FREE."""

    id: int
    slot_number: str
    kind: str
    status: str
    kept: bool

    example = {"id": 1, "slot_number": "A-001", "kind": "CAR", "status": "BOOKED", "kept": False}

    @classmethod
    def of(cls, slot: ParkingSlot) -> Self:
        """Return a slot."""
        return cls.read(slot)


class ZoneCountsOut(Shape):
    """The slots of a zone. Here `occupied_slots` counts cars inside; the percentage counts booked ones too."""

    zone_id: int
    zone_name: str
    total_slots: int
    occupied_slots: int
    booked_slots: int
    out_of_service_slots: int
    available_slots: int
    bookable_slots: int
    by_kind: dict[str, int]
    occupancy_percent: float

    example = {
        "zone_id": 1,
        "zone_name": "Zone A",
        "total_slots": 10,
        "occupied_slots": 2,
        "booked_slots": 1,
        "out_of_service_slots": 0,
        "available_slots": 7,
        "bookable_slots": 5,
        "by_kind": {"CAR": 5, "TWO_WHEELER": 0, "EV": 5},
        "occupancy_percent": 30.0,
    }

    @classmethod
    def of(cls, zone: ParkingZone, counts: ZoneCounts, left: Bookable, **others: Any) -> Self:
        """Return the counts of a zone, with what reservations leave of its free slots."""
        return cls.read(
            counts,
            zone_id=zone.pk,
            zone_name=zone.name,
            total_slots=counts.total,
            occupied_slots=counts.occupied,
            booked_slots=counts.booked,
            out_of_service_slots=counts.out_of_service,
            available_slots=counts.available,
            bookable_slots=left.total,
            by_kind=left.by_kind,
            **others,
        )

    @classmethod
    def listed(cls, rows: Sequence[tuple[ParkingZone, ZoneCounts]], now: datetime) -> list[Self]:
        """Return the rows of a list, with one statement at most for all their reservations."""
        left = bookable_in(rows, now)
        return [cls.of(zone, counts, left[zone.pk]) for zone, counts in rows]


class ZoneSlotsOut(ZoneCountsOut):
    slots: list[SlotOut]

    example = ZoneCountsOut.example | {"slots": [SlotOut.example]}


class KindRateOut(Shape):
    vehicle_kind: str
    hourly_rate: float
    booking_fee: float

    example = {"vehicle_kind": "TWO_WHEELER", "hourly_rate": 20.0, "booking_fee": 10.0}


class AdminZoneOut(ZoneOut):
    """A zone as managers see it. Here `occupied_slots` counts cars inside.

    `hourly_rate` and `booking_fee` are as a change takes them: without tax where the site writes its prices so.
    """

    booked_slots: int
    occupied_slots: int
    out_of_service_slots: int
    hold_minutes: int
    no_show_minutes: int
    kind_rates: list[KindRateOut]
    capacity: dict[str, int] | None
    retired_at: datetime | None

    example = ZoneOut.example | {
        "booked_slots": 1,
        "occupied_slots": 2,
        "out_of_service_slots": 0,
        "hold_minutes": 10,
        "no_show_minutes": 30,
        "kind_rates": [KindRateOut.example],
        "capacity": None,
        "retired_at": None,
    }

    @classmethod
    def of(cls, zone: ParkingZone, counts: ZoneCounts, left: Bookable, now: datetime, **others: Any) -> Self:
        """Return a zone; `kind_rates` and `capacity` are among `others`."""
        return super().of(
            zone,
            counts,
            left,
            now,
            booked_slots=counts.booked,
            occupied_slots=counts.occupied,
            out_of_service_slots=counts.out_of_service,
            hold_minutes=zone.minutes_to_pay,
            no_show_minutes=zone.minutes_to_arrive,
            **others,
        )

    @classmethod
    def rate_of(cls, zone: ParkingZone, now: datetime) -> KindRate:
        """Return rate and fee as they are written."""
        return rate_of_cars(zone, now)

    @classmethod
    def rows(cls, zones: Sequence[ParkingZone], now: datetime) -> list[Self]:
        """Return zones with counts, prices and capacities, with four statements at most, however many there are."""
        counts, tariffs = counts_of(zones), kind_rates_of(zones, now)
        places = capacity_of([zone for zone in zones if not zone.marked])
        rates = {zone.pk: [KindRateOut.read(tariff) for tariff in tariffs.get(zone.pk, [])] for zone in zones}
        left = bookable_in([(zone, counts.get(zone.pk, ZoneCounts())) for zone in zones], now)
        return [
            cls.of(
                zone,
                counts.get(zone.pk, ZoneCounts()),
                left[zone.pk],
                now,
                kind_rates=rates[zone.pk],
                capacity=None if zone.marked else places.get(zone.pk, {}),
            )
            for zone in zones
        ]
