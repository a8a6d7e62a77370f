"""Prices of zones in templates."""

from decimal import Decimal

from django import template

from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.tariffs.queries import price_now

register = template.Library()


@register.filter
def rate_now(zone: ParkingZone) -> Decimal:
    """Return the rupees an hour that a car pays for a step that begins now."""
    return price_now(zone, clock.now()).hourly_rate


@register.filter
def fee_now(zone: ParkingZone) -> Decimal:
    """Return the rupees that a booking of a car costs at least."""
    return price_now(zone, clock.now()).booking_fee
