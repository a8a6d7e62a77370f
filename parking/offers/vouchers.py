"""Vouchers that the operator owes: a promo code of its own for each, good for one parking session."""

from datetime import datetime, timedelta
from decimal import Decimal

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.ids import crockford
from parking.offers.codes import create_code
from parking.offers.models import PromoKind

VALID = timedelta(days=365)


def give_voucher(*, amount: Decimal, now: datetime) -> str:
    """Write a voucher of so many rupees, inside a transaction, and return its code; who has it may use it once."""
    code = f"V-{crockford(10)}"
    fields = {
        "code": code,
        "kind": PromoKind.AMOUNT,
        "value": amount,
        "uses": 1,
        "valid_to": (now + VALID).astimezone(clock.site_zone()).date(),
    }
    create_code(actor=SYSTEM, fields=fields, now=now)
    return code
