"""What the law asks of a receipt or tax invoice, as pure functions: financial years, numbers, GST.

CGST Rules 2017: rule 46 (tax invoice), 50 and 51 (receipt and refund voucher), 53 (credit note). IGST Act 2017, section
12(3): the place of supply of parking is where the land is, so the tax is always CGST with SGST or UTGST.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from parking.core.money import rupees

APRIL = 4
_HUNDRED = Decimal(100)

# --- Numbers ---------------------------------------------------------------------------------------

# Rule 46(b): at most this many letters, digits, hyphens and slashes.
LONGEST_NUMBER = 16
LARGEST = 9_999_999
# From here on a person must know that the numbers run out: 99 %.
NEARLY_USED_UP = LARGEST * 99 // 100
# The portal of e-invoices refuses numbers that begin with 0; Z is for the default prefixes.
PREFIX = re.compile(r"[A-Y1-9][A-Z0-9]{2}")
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def financial_year(moment: datetime, zone: ZoneInfo) -> str:
    """Return the Indian financial year (from 1 April) of a time, by the calendar of `zone`: `2526` for 2025-26."""
    day = moment.astimezone(zone).date()
    first = day.year if day.month >= APRIL else day.year - 1
    return f"{first % 100:02d}{(first + 1) % 100:02d}"


def document_number(*, prefix: str, letter: str, year: str, count: int) -> str:
    """Return the number of a document: `KA1/2526/0000042`; all series but the invoices' have a letter in front.

    Raises ValueError when the series is used up: a number must never be longer than the law allows.
    """
    if not 1 <= count <= LARGEST:
        raise ValueError(f"a series goes from 1 to {LARGEST}, not {count}")
    return f"{prefix}{letter or '/'}{year}/{count:07d}"


def own_prefix(site_id: int) -> str:
    """Return the default prefix of a site: `Z01`. Prefixes that an operator chooses never begin with Z."""
    high, low = divmod(site_id, len(_BASE_36))
    if high >= len(_BASE_36):
        raise ValueError("this site needs a prefix of its own: manage.py tax_profile")
    return f"Z{_BASE_36[high]}{_BASE_36[low]}"


# --- Tax -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """An amount and its tax in rupees; taxable + cgst + sgst = total, to the paisa."""

    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    total: Decimal

    def __sub__(self, other: "Split") -> "Split":
        return Split(
            self.taxable - other.taxable, self.cgst - other.cgst, self.sgst - other.sgst, self.total - other.total
        )


def split_tax(amount: Decimal, rate: Decimal, *, inclusive: bool) -> Split:
    """Split an amount under a rate in percent (18.00), of which CGST and SGST are half each, rounded half up.

    Inclusive: `amount` is what the customer pays. Exclusive: it is the taxable value, and the tax comes on top.
    """
    base = _HUNDRED + rate if inclusive else _HUNDRED
    half = rupees(amount * rate / 2 / base)
    if inclusive:
        return Split(taxable=amount - 2 * half, cgst=half, sgst=half, total=amount)
    return Split(taxable=amount, cgst=half, sgst=half, total=amount + 2 * half)


# --- Dates -----------------------------------------------------------------------------------------


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date of a time by the calendar of `zone`."""
    return moment.astimezone(zone).date()
