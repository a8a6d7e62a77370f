"""What happens to promo codes."""

from dataclasses import dataclass
from decimal import Decimal

from parking.audit.events import Event
from parking.stays.events import SessionEvent


@dataclass(frozen=True, kw_only=True)
class PromoCodeEvent(Event):
    """Something that happened to a promo code; `terms` are its fields as they are from then on."""

    subject_kind = "promo_code"

    promo_code_id: int
    terms: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class PromoCodeCreated(PromoCodeEvent):
    action = "promo_code.created"


@dataclass(frozen=True, kw_only=True)
class PromoCodeChanged(PromoCodeEvent):
    action = "promo_code.changed"


@dataclass(frozen=True, kw_only=True)
class PromoCodeAsked(Event):
    """A change that leaves a code in use with 80 percent and more waits for a second person."""

    action = "promo_code.asked"
    subject_kind = "promo_code"

    promo_code_id: int
    approval_id: int
    wanted: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class PromoCodeRefused(Event):
    """A change that waited for a second person was refused."""

    action = "promo_code.refused"
    subject_kind = "promo_code"

    promo_code_id: int
    approval_id: int
    asked_by: int | None


@dataclass(frozen=True, kw_only=True)
class PointsLapsed(Event):
    """The time of points of a driver was over."""

    action = "points.lapsed"
    subject_kind = "user"

    user_id: int
    points: int


@dataclass(frozen=True, kw_only=True)
class SessionPointsGiven(SessionEvent):
    """A driver let an open session hold so many points, in place of those that it held before."""

    action = "session.points_given"

    points: int
    instead_of: int


@dataclass(frozen=True, kw_only=True)
class SessionCodeGiven(SessionEvent):
    """A driver gave a promo code to an open session; `instead_of` is the one that it had before."""

    action = "session.code_given"

    code: str
    instead_of: str


# --- Shops ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ShopEvent(Event):
    """Something that happened to a shop; `terms` are its fields as they are from then on."""

    subject_kind = "shop"

    shop_id: int
    site_id: int
    terms: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class ShopCreated(ShopEvent):
    action = "shop.created"


@dataclass(frozen=True, kw_only=True)
class ShopChanged(ShopEvent):
    action = "shop.changed"


@dataclass(frozen=True, kw_only=True)
class _ValidationEvent(SessionEvent):
    validation_id: int
    shop_id: int


@dataclass(frozen=True, kw_only=True)
class SessionValidated(_ValidationEvent):
    """A shop pays for a session, wholly or in part."""

    action = "session.validated"


@dataclass(frozen=True, kw_only=True)
class ValidationUndone(_ValidationEvent):
    """A shop took its validation back."""

    action = "session.validation_undone"


@dataclass(frozen=True, kw_only=True)
class ShopInvoiced(Event):
    """The tax invoice of a shop for a month was issued; `total` in rupees."""

    action = "shop.invoiced"
    subject_kind = "shop"

    shop_id: int
    month: str
    number: str
    total: Decimal
