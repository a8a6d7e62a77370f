"""UPI at the counter: the link of our own QR, and what a reference says of its day. Pure functions.

The parameters are those of NPCI's linking specification: `pa` keeps its sign, a space is %20.
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from urllib.parse import quote, urlencode

_LONGEST_NOTE = 50


def upi_link(*, address: str, payee: str, amount: Decimal, note: str) -> str:
    """Return the `upi://` link that asks for an amount (rupees), for the counter's QR code."""
    fields = {"pa": address, "pn": payee, "am": f"{amount:.2f}", "cu": "INR", "tn": note[:_LONGEST_NOTE]}
    return f"upi://pay?{urlencode(fields, safe='@', quote_via=quote)}"


class Claim(StrEnum):
    """What an attendant typed of money that came another way: no statement has said yet that it came."""

    CLAIMED = "CLAIMED"
    # A UPI reference whose first digits are those of another day than the payment's or the one before.
    DOUBTFUL = "DOUBTFUL"


def claim_of(method: str, reference: str, today: date) -> Claim | None:
    """Return what is claimed of a payment at the counter; None for cash and for what a gateway confirms."""
    if method == "UPI" and not is_of_these_days(reference, today):
        return Claim.DOUBTFUL
    return Claim.CLAIMED if method in {"UPI", "CARD"} else None


def is_of_these_days(reference: str, today: date) -> bool:
    """Return whether a reference begins with the last digit of the year and the day of today or yesterday (YDDD)."""
    return any(reference.startswith(f"{day:%Y%j}"[3:]) for day in (today, today - timedelta(days=1)))
