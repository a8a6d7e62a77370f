"""Vouchers: what a manager says of one, and how it is shown."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field

from parking.core.ids import MAX_ID
from parking.edge.parsing import Day, In, Rupees, Text200
from parking.edge.shapes import Shape
from parking.offers.models import PromoCode


class NewVoucherIn(In):
    amount: Rupees
    until: Day
    reason: Text200
    site_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="Where it holds; without, at all sites"
    )


class ChangedVoucherIn(In):
    is_active: bool = Field(description="false: it is good no more; true: again, with a second person")


class VoucherOut(Shape):
    """A voucher; `is_used` once a session holds it or its bill closed with it."""

    id: int
    code: str
    amount: float
    until: date | None
    reason: str
    zone_ids: list[int]
    is_active: bool
    is_used: bool
    created_at: datetime

    example = {
        "id": 9,
        "code": "V-7K3M9QX2T0",
        "amount": 100.0,
        "until": "2026-12-31",
        "reason": "Guest of the operator",
        "zone_ids": [],
        "is_active": True,
        "is_used": False,
        "created_at": "2026-11-22T04:30:00Z",
    }

    @classmethod
    def of(cls, code: PromoCode) -> Self:
        """Return a voucher as `offers.codes.codes_of` reads it."""
        counts: Any = code
        zone_ids = sorted(zone.pk for zone in code.zones.all())
        return cls.read(code, amount=code.value, until=code.valid_to, zone_ids=zone_ids, is_used=bool(counts.taken))
