"""Shops and their validations: what comes in, and how they are shown."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from parking.api.shapes.tariff_fields import ZoneIds
from parking.api.shapes.zone_fields import absent
from parking.core.ids import MAX_ID
from parking.edge.parsing import In, Printable, RefIn, Rupees, Text30, Text60, Text100
from parking.edge.shapes import Shape
from parking.offers.models import Shop, Validation
from parking.offers.shop_rules import MOST_TIMES, masked
from parking.offers.statements import Statement
from parking.tariffs.rules.changes import Gives
from parking.tariffs.rules.offers import gift_from_json

Times = Annotated[int, Field(ge=1, le=MOST_TIMES)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class GivesIn(In):
    """MINUTES, PERCENT or AMOUNT with a value; PURCHASE: as much as the customer's bill, all `from_amount` on."""

    kind: Annotated[Gives, Field(strict=False)]
    value: Rupees | None = None
    from_amount: Rupees | None = None


class _ShopFields(In):
    gstin: Annotated[str, Field(max_length=15), Printable] = absent()
    per_session: Rupees | None = absent()
    per_day: Times | None = absent()
    per_month: Times | None = absent()
    people: ZoneIds = absent()
    is_active: bool = absent()

    def fields(self) -> dict[str, Any]:
        """Return the fields that were given; what is given goes by three columns."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        gives = given.pop("gives", None)
        if gives is not None:
            given |= {"gives": str(gives.kind), "value": gives.value, "from_amount": gives.from_amount}
        return given


class NewShopIn(_ShopFields):
    name: Text60
    site_id: Id
    gives: GivesIn


class ChangedShopIn(_ShopFields):
    name: Text60 = absent()
    gives: GivesIn = absent()


class GivesOut(Shape):
    kind: Gives
    value: float | None
    from_amount: float | None

    example = {"kind": "MINUTES", "value": 60.0, "from_amount": None}


class ShopOut(Shape):
    """A shop. `per_session` is in rupees, `per_day` and `per_month` count validations; `people` are ids of accounts."""

    id: int
    name: str
    site_id: int
    gstin: str
    gives: GivesOut
    per_session: float | None
    per_day: int | None
    per_month: int | None
    people: list[int]
    is_active: bool
    created_at: datetime

    example = {
        "id": 3,
        "name": "Chroma",
        "site_id": 1,
        "gstin": "",
        "gives": GivesOut.example,
        "per_session": 100.0,
        "per_day": 50,
        "per_month": None,
        "people": [7],
        "is_active": True,
        "created_at": "2026-11-01T04:30:00Z",
    }

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """Return a shop as `offers.shops.shops_of` reads it."""
        gives = GivesOut.make(kind=shop.gives, value=shop.value, from_amount=shop.from_amount)
        return cls.read(shop, gives=gives, people=sorted(user.pk for user in shop.people.all()))


class StatementRowOut(Shape):
    validation_id: int
    session_id: int
    plate: str
    at: datetime
    bill_number: str
    amount: float

    example = {
        "validation_id": 12,
        "session_id": 123,
        "plate": "DL-01-AB-1234",
        "at": "2026-11-22T07:05:00Z",
        "bill_number": "A-1001",
        "amount": 50.0,
    }

    @classmethod
    def of(cls, row: Validation) -> Self:
        """Return a session that the shop paid for."""
        return cls.read(row, validation_id=row.pk, plate=row.session.vehicle.vehicle_number, at=row.settled_at)


class StatementOut(Shape):
    """What a shop owes for a month. `invoice_number` is null until the invoice was asked for."""

    shop_id: int
    month: str
    rows: list[StatementRowOut]
    total: float
    invoice_number: str | None

    example = {
        "shop_id": 3,
        "month": "2026-11",
        "rows": [StatementRowOut.example],
        "total": 50.0,
        "invoice_number": None,
    }

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """Return a statement."""
        return cls.make(
            shop_id=statement.shop.pk,
            month=f"{statement.month:%Y-%m}",
            rows=[StatementRowOut.of(row) for row in statement.rows],
            total=statement.total,
            invoice_number=statement.invoice.number if statement.invoice else None,
        )


class ValidateIn(In):
    """The customer: one of code, plate (its last four, or more) and session; `shop_id` for who has several shops."""

    code: Text100 | None = None
    plate: Text30 | None = None
    session_id: RefIn | None = None
    bill_number: Annotated[str, Field(max_length=30), Printable] = ""
    bill_amount: Rupees | None = None
    shop_id: Id | None = None

    @model_validator(mode="after")
    def _one_customer(self) -> Self:
        if sum(given is not None for given in (self.code, self.plate, self.session_id)) != 1:
            raise ValueError("one of code, plate and session_id is needed")
        return self


class ValidationOut(Shape):
    """A validation. `amount` is what the shop pays (rupees), null until the bill closes; the plate is masked."""

    id: int
    session_id: int
    gives: GivesOut
    undo_until: datetime
    plate: str
    bill_number: str
    bill_amount: float | None
    amount: float | None
    created_at: datetime

    example = {
        "id": 12,
        "session_id": 123,
        "gives": GivesOut.example,
        "undo_until": "2026-11-22T06:05:00Z",
        "plate": "DL01••1234",
        "bill_number": "A-1001",
        "bill_amount": 800.0,
        "amount": None,
        "created_at": "2026-11-22T06:00:00Z",
    }

    @classmethod
    def of(cls, validation: Validation) -> Self:
        """Return a validation; it must come with its session and vehicle."""
        gift = gift_from_json(validation.gift)
        value: Decimal | None = gift.value
        gives = GivesOut.make(kind=gift.gives, value=value, from_amount=gift.from_amount)
        return cls.read(validation, gives=gives, plate=masked(validation.session.vehicle.vehicle_number))
