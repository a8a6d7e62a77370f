"""Builders of promo codes, through the services that the product uses."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from parking.accounts.models import User
from parking.checkout import offering, validating
from parking.checkout.validating import Customer
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.settings import change_settings
from parking.offers import codes, ledger, shops
from parking.offers.ledger import New
from parking.offers.models import PointKind, PromoCode, PromoCount, Shop, Validation
from parking.stays.models import ParkingSession
from tests.build import actor
from tests.moments import START


def make_code(code: str = "WELCOME", kind: str = "PERCENT", value: str = "20", **fields: Any) -> PromoCode:
    given = {"code": code, "kind": kind, "value": Decimal(value), **fields}
    return codes.create_code(actor=SYSTEM, fields=given, now=START)


def give(driver: User, session: ParkingSession, code: str, now: datetime = START) -> ParkingSession:
    return offering.give_code(actor=actor(driver), session=Ref(pk=session.pk), code=code, now=now)


def taken(code: PromoCode) -> int:
    """Return how many uses of a code are held or redeemed."""
    counted = PromoCount.objects.filter(code=code, key="all").values_list("taken", flat=True).first()
    return counted or 0


def switch_points_on() -> None:
    change_settings(actor=SYSTEM, site_id=None, values={"points": 1}, now=START)


def earn(driver: User, points: int, now: datetime = START) -> None:
    """Let a driver have points, as if a bill had earned them."""
    ledger.append(New(driver.pk, PointKind.EARNED, points, None), now)


def use(driver: User, session: ParkingSession, points: int, now: datetime = START) -> ParkingSession:
    return offering.give_points(actor=actor(driver), session=Ref(pk=session.pk), use_points=points, now=now)


def make_shop(person: User, site_id: int, *, gives: str = "MINUTES", value: str | None = "60", **fields: Any) -> Shop:
    given = {"name": "Chroma", "site_id": site_id, "gives": gives, "people": [person.pk], **fields}
    worth = None if value is None else Decimal(value)
    return shops.create_shop(actor=SYSTEM, fields=given | {"value": worth}, now=START)


def validate(person: User, session: ParkingSession, now: datetime = START, **customer: Any) -> Validation:
    """Validate a session by its number, or what else is named."""
    found: dict[str, Any] = {} if customer.keys() & {"code", "plate"} else {"session": Ref(pk=session.pk)}
    return validating.validate(actor=actor(person), customer=Customer(**found, **customer), now=now)


def undo(person: User, validation: Validation, now: datetime = START) -> Validation:
    return validating.undo(actor=actor(person), validation_id=validation.pk, now=now)
