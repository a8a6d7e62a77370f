"""Promo codes: what a manager may say of one, and how it is shown; what an open session has of offers."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, WithJsonSchema

from parking.api.shapes.tariff_fields import ZoneIds
from parking.api.shapes.zone_fields import KindIn, absent
from parking.edge.parsing import Day, In, Rupees, Text20
from parking.edge.shapes import Shape
from parking.offers.models import PromoCode, PromoKind
from parking.offers.rules import MOST_USES
from parking.stays.models import ParkingSession
from parking.stays.services import offers_of
from parking.tariffs.rules import NO_OFFERS, BillLine, LineKind
from parking.vehicles.models import VehicleKind

PromoKindIn = Annotated[PromoKind, Field(strict=False)]
Uses = Annotated[int, Field(ge=1, le=MOST_USES)]


class _PromoFields(In):
    cap: Rupees | None = absent()
    valid_to: Day | None = absent()
    zone_ids: ZoneIds = absent()
    vehicle_kinds: Annotated[list[KindIn], Field(max_length=len(VehicleKind))] = absent()
    uses: Uses | None = absent()
    uses_per_driver: Uses | None = absent()
    first_booking: bool = absent()
    least_bill: Rupees = absent()
    is_active: bool = absent()

    def fields(self) -> dict[str, Any]:
        """Return the fields that were given."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if given.get("vehicle_kinds") is not None:
            given["vehicle_kinds"] = [str(kind) for kind in given["vehicle_kinds"]]
        return given


class NewPromoIn(_PromoFields):
    code: Text20
    kind: PromoKindIn
    value: Rupees
    valid_from: Day = absent()


class ChangedPromoIn(_PromoFields):
    code: Text20 = absent()
    kind: PromoKindIn = absent()
    value: Rupees = absent()
    valid_from: Day = absent()


class PromoCodeOut(Shape):
    """A promo code. `taken` uses are held by open sessions or redeemed, `redeemed` closed a bill."""

    id: int
    code: str
    kind: PromoKind
    value: float
    cap: float | None
    valid_from: date
    valid_to: date | None
    zone_ids: list[int]
    vehicle_kinds: list[str]
    uses: int | None
    uses_per_driver: int | None
    first_booking: bool
    least_bill: float
    is_active: bool
    taken: int
    redeemed: int
    given: float
    created_at: datetime

    example = {
        "id": 4,
        "code": "WELCOME",
        "kind": "PERCENT",
        "value": 20.0,
        "cap": 30.0,
        "valid_from": "2026-11-01",
        "valid_to": "2026-12-31",
        "zone_ids": [1, 2],
        "vehicle_kinds": ["CAR"],
        "uses": 100,
        "uses_per_driver": 1,
        "first_booking": False,
        "least_bill": 0.0,
        "is_active": True,
        "taken": 37,
        "redeemed": 31,
        "given": 812.5,
        "created_at": "2026-11-01T04:30:00Z",
    }

    @classmethod
    def of(cls, code: PromoCode) -> Self:
        """Return a code as `offers.codes.codes_of` reads it."""
        counts: Any = code
        return cls.read(
            code,
            zone_ids=sorted(zone.pk for zone in code.zones.all()),
            taken=counts.taken or 0,
            redeemed=counts.redeemed_times,
            given=counts.given or 0,
        )


class DiscountOut(Shape):
    """What an open session has that lowers its bill, or a closed bill was lowered by; `amount` as of now, in rupees."""

    kind: LineKind
    label: str
    amount: Annotated[float, WithJsonSchema({"type": "number", "minimum": 0})]

    example = {"kind": "PROMO", "label": "Promo code WELCOME", "amount": 30.0}

    @classmethod
    def rows(cls, session: ParkingSession, lines: tuple[BillLine, ...]) -> list[Self]:
        """Return a row for each line that lowers the bill, and for each offer that has no line yet."""
        lowering = [line for line in lines if line.kind in _LOWERING]
        kinds = {line.kind for line in lowering}
        rows = [cls.make(kind=line.kind, label=line.label, amount=-line.amount) for line in lowering]
        offers = offers_of(session) if session.is_open else NO_OFFERS
        if offers.exempt and LineKind.EXEMPT not in kinds:
            rows.append(cls.make(kind=LineKind.EXEMPT, label=f"Exempt: {offers.exempt}", amount=0))
        if offers.code is not None and LineKind.PROMO not in kinds:
            rows.append(cls.make(kind=LineKind.PROMO, label=f"Promo code {offers.code.promo.code}", amount=0))
        if offers.voucher is not None and LineKind.VOUCHER not in kinds:
            rows.append(cls.make(kind=LineKind.VOUCHER, label=f"Voucher {offers.voucher.promo.code}", amount=0))
        if offers.points and LineKind.POINTS not in kinds:
            rows.append(cls.make(kind=LineKind.POINTS, label=f"{offers.points} points", amount=0))
        return rows


_LOWERING = frozenset({LineKind.EXEMPT, LineKind.SHOP, LineKind.PROMO, LineKind.VOUCHER, LineKind.POINTS})


class PromoCodeIn(In):
    promo_code: Text20
