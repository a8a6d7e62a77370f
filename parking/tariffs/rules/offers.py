"""What a parking session has beside its terms that changes its price: kept with it, as its terms are."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from parking.tariffs.rules.changes import Change, Exempt, Gift, Gives, Points, Promo, Shop, Voucher


@dataclass(frozen=True)
class HeldCode:
    """A promo code or voucher that a session holds, as it was when it was given.

    `keys` are whom its use is counted for.
    """

    code_id: int
    promo: Promo
    keys: tuple[str, ...] = ()
    is_voucher: bool = False

    @property
    def change(self) -> Change:
        """Return what lowers the bill."""
        return Voucher(self.promo.code, self.promo.gift.value) if self.is_voucher else self.promo

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.code_id,
            "code": self.promo.code,
            "gift": gift_to_json(self.promo.gift),
            "least_bill": str(self.promo.least_bill),
            "keys": list(self.keys),
            **({"is_voucher": True} if self.is_voucher else {}),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        promo = Promo(data["code"], gift_from_json(data["gift"]), Decimal(data["least_bill"]))
        return cls(data["id"], promo, tuple(data["keys"]), data.get("is_voucher", False))


@dataclass(frozen=True)
class HeldShop:
    """The validation of a shop that a session has, with its number."""

    validation_id: int
    shop: Shop

    @property
    def change(self) -> Change:
        """Return what lowers the bill, with the number by which its line is found."""
        return replace(self.shop, validation_id=self.validation_id)

    def to_json(self) -> dict[str, Any]:
        return {"id": self.validation_id, "name": self.shop.name, "gift": gift_to_json(self.shop.gift)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["id"], Shop(data["name"], gift_from_json(data["gift"])))


@dataclass(frozen=True)
class Offers:
    """What a session has of offers; nothing for most. `points` are held to be spent, in hundreds.

    `demand_percent`: how much dearer its zone was when it was booked. `exempt`: the class of vehicles that pay nothing
    to which the car belongs. A voucher stands beside a promo code. `fee_pass`: the pass without which a reservation
    would have cost its fee.
    """

    code: HeldCode | None = None
    points: int = 0
    demand_percent: int = 0
    shops: tuple[HeldShop, ...] = ()
    exempt: str = ""
    voucher: HeldCode | None = None
    fee_pass: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what lowers the bill."""
        exempt: tuple[Change, ...] = (Exempt(self.exempt),) if self.exempt else ()
        shops: tuple[Change, ...] = (*exempt, *(held.change for held in self.shops))
        codes: tuple[Change, ...] = tuple(held.change for held in self.codes)
        return (*shops, *codes, *((Points(self.points),) if self.points else ()))

    @property
    def codes(self) -> tuple[HeldCode, ...]:
        """Return promo code and voucher, as far as there are."""
        return tuple(held for held in (self.code, self.voucher) if held is not None)

    def with_shop(self, held: HeldShop) -> Self:
        """Return these with one shop more, the last in the order of validations."""
        return replace(self, shops=(*self.shops, held))

    def without_shop(self, validation_id: int) -> Self:
        return replace(self, shops=tuple(held for held in self.shops if held.validation_id != validation_id))

    def with_code(self, code: HeldCode) -> Self:
        """Return these with another promo code, or another voucher if it is one."""
        return replace(self, voucher=code) if code.is_voucher else replace(self, code=code)

    def with_points(self, points: int) -> Self:
        return replace(self, points=points)

    def with_exempt(self, name: str) -> Self:
        """Return these with the class of vehicles that pay nothing; empty for none."""
        return replace(self, exempt=name)

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON column: what there is, so that a session without offers has an empty one."""
        code = {"promo": self.code.to_json()} if self.code else {}
        numbers = {"points": self.points, "demand_percent": self.demand_percent, "fee_pass": self.fee_pass}
        shops = {"shops": [held.to_json() for held in self.shops]} if self.shops else {}
        exempt = {"exempt": self.exempt} if self.exempt else {}
        code |= {"voucher": self.voucher.to_json()} if self.voucher else {}
        return code | {name: number for name, number in numbers.items() if number} | shops | exempt

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        code = HeldCode.from_json(data["promo"]) if "promo" in data else None
        shops = tuple(HeldShop.from_json(row) for row in data.get("shops", ()))
        voucher = HeldCode.from_json(data["voucher"]) if "voucher" in data else None
        numbers = (data.get("points", 0), data.get("demand_percent", 0))
        return cls(code, *numbers, shops, data.get("exempt", ""), voucher, data.get("fee_pass", 0))


NO_OFFERS = Offers()


def gift_to_json(gift: Gift) -> dict[str, Any]:
    amounts = {"value": gift.value, "cap": gift.cap, "from_amount": gift.from_amount}
    return {"gives": str(gift.gives)} | {name: str(value) for name, value in amounts.items() if value is not None}


def gift_from_json(data: dict[str, Any]) -> Gift:
    others = {name: Decimal(data[name]) for name in ("value", "cap", "from_amount") if name in data}
    return Gift(Gives(data["gives"]), **others)
