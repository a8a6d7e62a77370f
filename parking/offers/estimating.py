"""Estimates with what would lower the bill."""

from datetime import datetime

from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.offers import counting
from parking.offers.holding import code_terms, promo_of
from parking.tariffs.queries import Estimate, estimate
from parking.tariffs.rules import HeldCode, LineKind


def offered_estimate(
    *,
    zone: ParkingZone,
    begins: datetime,
    until: datetime,
    kind: str,
    now: datetime,
    walk_in: bool = False,
    promo_code: str | None = None,
) -> Estimate:
    """Return what a stay would cost with a promo code, if one is named; it is given now, as with a reservation.

    Raises Refused `code_unknown`, `code_expired`, `code_not_here`, `code_used_up`, `code_minimum`.
    """
    if promo_code is None:
        return estimate(zone=zone, begins=begins, until=until, kind=kind, walk_in=walk_in)
    terms = code_terms(promo_code, zone=zone, vehicle_kind=kind, now=now)
    if counting.is_used_up(terms):
        raise Refused("code_used_up", "This promo code is used up")
    held = HeldCode(terms.id, promo_of(terms), is_voucher=terms.is_voucher)
    found = estimate(zone=zone, begins=begins, until=until, kind=kind, walk_in=walk_in, changes=(held.change,))
    if terms.least_bill and not any(line.kind == LineKind.PROMO for line in found.lines):
        least = terms.least_bill
        raise Refused("code_minimum", f"This promo code needs a bill of ₹{least}", least_bill=str(least))
    return found
