"""Bookings and reservations: made, changed, given up. Amounts are rupees."""

from dataclasses import dataclass
from decimal import Decimal

from parking.stays.events.base import SessionEvent


@dataclass(frozen=True, kw_only=True)
class SessionBooked(SessionEvent):
    """A slot was claimed, by a booking or a ticket; `fee` is what the terms ask for it.

    `promo_code` and `points` are what the session holds to lower its bill. A reservation has no slot yet, and its
    window in `starts_at` and `ends_at`.
    """

    action = "session.booked"

    zone_id: int
    slot_id: int | None
    fee: Decimal
    promo_code: str = ""
    points: int = 0
    starts_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class ReservationClaimed(SessionEvent):
    """A reservation got its slot, of the zone `zone_id`; `moved_from` is the zone that had none for it."""

    action = "session.claimed"

    zone_id: int
    slot_id: int | None
    moved_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReservationUnplaced(SessionEvent):
    """There was no place for a reservation: it was cancelled, and `refund` goes back.

    `voucher` is the code of what its driver got beside.
    """

    action = "session.no_place"

    refund: Decimal
    voucher: str = ""


@dataclass(frozen=True, kw_only=True)
class BookingChanged(SessionEvent):
    """A driver changed a booking: the names of what was changed, each with its value before and after."""

    action = "session.changed"

    changes: dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionEvent):
    """A booking was cancelled: `refund` goes back, `kept` stays with us."""

    action = "session.cancelled"

    refund: Decimal
    kept: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionExpired(SessionEvent):
    """A booking's time was over: `reason` is UNPAID or NO_SHOW, `kept` stays with us."""

    action = "session.expired"

    reason: str
    kept: Decimal
