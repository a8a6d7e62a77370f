"""How tariffs, rate cards, holidays and estimates are shown."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Self

from parking.api.shapes.bills import BillLineOut
from parking.edge.shapes import Shape
from parking.facilities.models import ParkingZone
from parking.tariffs.book import prices_now
from parking.tariffs.models import Holiday, RateCard, Tariff
from parking.tariffs.queries import Estimate, PriceNow
from parking.tariffs.rules import Prices
from parking.tariffs.rules.terms import CollectAt, FreeMode, NextDay, Weekday, clock_text


class SpanOut(Shape):
    """A span of the day, from a time of day, included, to another, excluded."""

    begins: str
    ends: str

    named = {"begins": "from", "ends": "to"}

    example = {"from": "06:00", "to": "09:00"}

    @classmethod
    def read(cls, source: Any, **others: Any) -> Self:
        """Return the shape of what has two minutes of the day."""
        return super().read(source, begins=clock_text(source.begins), ends=clock_text(source.ends), **others)


class BandOut(SpanOut):
    name: str
    days: list[Weekday]
    rate: float

    example = {"name": "Morning", "days": ["MON", "TUE", "WED", "THU", "FRI"], "from": "06:00", "to": "09:00",
               "rate": 80.0}  # fmt: skip


class NightOut(SpanOut):
    price: float

    example = {"from": "00:00", "to": "05:00", "price": 60.0}


class SlabOut(Shape):
    until_minutes: int
    every_minutes: int | None
    price: float

    example = {"until_minutes": 360, "every_minutes": None, "price": 30.0}


class PricesOut(Shape):
    """The fields of a tariff; docs/pricing.md says what they mean."""

    base_rate: float
    bands: list[BandOut]
    step_minutes: int
    grace_minutes: int
    minimum_minutes: int
    free_minutes: int
    free_mode: FreeMode
    free_again_after_minutes: int
    slabs: list[SlabOut]
    next_day: NextDay
    night_charge: NightOut | None
    daily_cap: float | None
    round_to: float
    booking_fee: float
    lost_ticket_fee: float
    overstay_percent: int
    collect_at: CollectAt

    example = {
        "base_rate": 50.0,
        "bands": [BandOut.example],
        "step_minutes": 60,
        "grace_minutes": 5,
        "minimum_minutes": 60,
        "free_minutes": 0,
        "free_mode": "WHOLE",
        "free_again_after_minutes": 0,
        "slabs": [],
        "next_day": "RESTART",
        "night_charge": None,
        "daily_cap": 500.0,
        "round_to": 0.01,
        "booking_fee": 50.0,
        "lost_ticket_fee": 200.0,
        "overstay_percent": 0,
        "collect_at": "EXIT",
    }

    @classmethod
    def under(cls, prices: Prices, **others: Any) -> Self:
        """Return the fields of some prices, with others beside them."""
        return cls.read(
            prices,
            bands=[BandOut.read(band) for band in prices.bands],
            slabs=[SlabOut.read(slab) for slab in prices.slabs],
            night_charge=NightOut.read(prices.night_charge) if prices.night_charge else None,
            **others,
        )


class TariffOut(PricesOut):
    """A version of a tariff. `is_base`: the plain rate of the zone, below its rate cards."""

    id: int
    zone_id: int | None
    rate_card_id: int | None
    vehicle_kind: str
    name: str
    valid_from: datetime
    valid_to: datetime | None
    is_event: bool
    is_base: bool
    has_begun: bool
    created_at: datetime

    example = PricesOut.example | {
        "id": 12,
        "zone_id": 1,
        "rate_card_id": None,
        "vehicle_kind": "CAR",
        "name": "",
        "valid_from": "2026-11-30T18:30:00Z",
        "valid_to": None,
        "is_event": False,
        "is_base": False,
        "has_begun": False,
        "created_at": "2026-11-26T04:30:00Z",
    }

    @classmethod
    def of(cls, tariff: Tariff, now: datetime) -> Self:
        """Return a version."""
        return cls.under(
            Prices.from_json(tariff.terms),
            id=tariff.pk,
            zone_id=tariff.zone_id,
            rate_card_id=tariff.rate_card_id,
            vehicle_kind=tariff.vehicle_kind,
            name=tariff.name,
            valid_from=tariff.valid_from,
            valid_to=tariff.valid_to,
            is_event=tariff.is_event,
            is_base=tariff.is_base,
            has_begun=tariff.valid_from <= now,
            created_at=tariff.created_at,
        )


class CardZoneOut(Shape):
    """A zone on which a rate card is laid; `overridden` by a tariff of its own, it does not follow the card."""

    zone_id: int
    zone_name: str
    site_id: int
    site_name: str
    overridden: bool

    example = {"zone_id": 1, "zone_name": "Zone A", "site_id": 1, "site_name": "Connaught Place", "overridden": False}


class RateCardOut(Shape):
    id: int
    name: str
    vehicle_kind: str
    zone_ids: list[int]
    zones: list[CardZoneOut]
    overridden_in: list[int]
    versions: list[TariffOut]
    created_at: datetime

    example = {
        "id": 2,
        "name": "City",
        "vehicle_kind": "CAR",
        "zone_ids": [1, 2],
        "zones": [
            CardZoneOut.example,
            CardZoneOut.example | {"zone_id": 2, "zone_name": "Zone B", "overridden": True},
        ],
        "overridden_in": [2],
        "versions": [TariffOut.example | {"zone_id": None, "rate_card_id": 2}],
        "created_at": "2026-11-26T04:30:00Z",
    }

    @classmethod
    def of(cls, card: RateCard, now: datetime) -> Self:
        """Return a card, which must come with its zones and versions, the newest first."""
        zones = sorted(card.zones.all(), key=attrgetter("pk"))
        book = prices_now.value()
        own = {zone.pk: book.is_overridden(zone.pk, card.vehicle_kind) for zone in zones}
        return cls.read(
            card,
            id=card.pk,
            zone_ids=[zone.pk for zone in zones],
            zones=[_card_zone(zone, overridden=own[zone.pk]) for zone in zones],
            overridden_in=[pk for pk, is_own in own.items() if is_own],
            versions=[TariffOut.of(tariff, now) for tariff in card.versions.all()],
        )


def _card_zone(zone: ParkingZone, *, overridden: bool) -> CardZoneOut:
    return CardZoneOut.make(
        zone_id=zone.pk, zone_name=zone.name, site_id=zone.site_id, site_name=zone.site.name, overridden=overridden
    )


class TariffNowOut(PricesOut):
    """What a kind of vehicle pays in a zone at a moment."""

    vehicle_kind: str
    valid_from: datetime | None
    valid_to: datetime | None
    rate_now: float
    band_now: str | None
    demand_percent: int
    is_holiday: bool

    example = PricesOut.example | {
        "vehicle_kind": "CAR",
        "valid_from": "2026-11-26T04:30:00Z",
        "valid_to": None,
        "rate_now": 80.0,
        "band_now": "Morning",
        "demand_percent": 0,
        "is_holiday": False,
    }

    @classmethod
    def rows(cls, prices: Sequence[PriceNow], *, is_holiday: bool) -> list[Self]:
        """Return prices of a zone; a plain rate has no date from which it holds."""
        return [
            cls.under(
                price.terms,
                vehicle_kind=price.vehicle_kind,
                valid_from=price.version.valid_from if price.version else None,
                valid_to=price.version.valid_to if price.version else None,
                rate_now=price.hourly_rate,
                band_now=price.rate.band,
                demand_percent=price.demand_percent,
                is_holiday=is_holiday,
            )
            for price in prices
        ]


class EstimateOut(Shape):
    """What a stay would cost: its lines and total, and the fee that a booking pays of it first."""

    begins: datetime
    until: datetime
    lines: list[BillLineOut]
    total: float
    booking_fee: float

    named = {"begins": "from"}
    example = {
        "from": "2026-11-26T04:30:00Z",
        "until": "2026-11-26T06:30:00Z",
        "lines": [BillLineOut.example | {"label": "Parking, Daytime", "quantity": 2, "amount": 100.0}],
        "total": 100.0,
        "booking_fee": 50.0,
    }

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        """Return an estimate."""
        return cls.read(estimate, lines=[BillLineOut.of(line) for line in estimate.lines])


class HolidayOut(Shape):
    id: int
    date: date
    name: str

    example = {"id": 3, "date": "2026-12-25", "name": "Christmas"}

    @classmethod
    def of(cls, holiday: Holiday) -> Self:
        """Return a holiday."""
        return cls.read(holiday)
