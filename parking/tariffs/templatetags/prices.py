"""Prices of zones in templates."""

from decimal import Decimal

from django import template

from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.tariffs.queries import PriceNow, is_written_without_tax, price_now

register = template.Library()


@register.filter
def rate_now(zone: ParkingZone) -> Decimal:
    """Return the rupees an hour that a car pays for a step that begins now."""
    return car_price(zone).hourly_rate


@register.filter
def car_price(zone: ParkingZone) -> PriceNow:
    """Return what a car pays that comes now: `hourly_rate`, and `booking_fee`, which a booking costs at least."""
    return price_now(zone, clock.now())


@register.filter
def is_without_tax(zone: ParkingZone) -> bool:
    """Return whether the prices of a zone are written without tax, so that who parks sees and pays others."""
    return is_written_without_tax(zone, clock.now())
