"""Booking as last time: the zone and the vehicle that a driver booked last, where both can be booked now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.stays.models import ParkingSession
from parking.stays.queries import last_sessions_of
from parking.web.driver.cards import Price, ZoneCard
from parking.web.driver.forms import rates_text

_LOOKED_AT = 10


@dataclass(frozen=True)
class Again:
    """A zone with a free slot, and the last booking of the vehicle that would go there; the cost is in rupees."""

    card: ZoneCard
    last: ParkingSession
    price: Price
    cost: Decimal

    @property
    def rates(self) -> str:
        """Return what an hour costs, for the form: it books at the price that was shown, or asks."""
        return rates_text([(self.last.vehicle_kind, self.price.hourly_rate)])


def again_of(driver_id: int, cards: Iterable[ZoneCard], *, hours: int, now: datetime) -> Again | None:
    """Return what would be booked as last time, in one statement; None for who never booked, or where nothing fits.

    The vehicle is the last one that has no open booking, the zone the last one that takes it now.
    """
    sessions = list(last_sessions_of(driver_id, _LOOKED_AT))
    busy = {session.vehicle_id for session in sessions if session.is_open}
    last = next((session for session in sessions if session.vehicle_id not in busy), None)
    if last is None:
        return None
    free = {card.zone.pk: card for card in cards if _takes(card, last)}
    card = next((free[session.zone_id] for session in sessions if session.zone_id in free), None)
    if card is None:
        return None
    price = card.price_of(last.vehicle_kind)
    return Again(card, last, price, price.for_stay(now, hours))


def _takes(card: ZoneCard, last: ParkingSession) -> bool:
    has_place = card.takes(last.vehicle_kind) and card.has_place_for(last.vehicle_id)
    return has_place and not card.zone.pass_only
