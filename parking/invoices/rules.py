"""What the law asks of a receipt or tax invoice, as pure functions: financial years, numbers, GST, GSTINs.

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
PREFIX = re.compile(r"[A-Y0-9][A-Z0-9]{2}")
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


# --- Registration ----------------------------------------------------------------------------------

# The codes of GST, which are those of the census; 25 and 28 are no longer given.
STATES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
}
# Union territories without a legislature: their share is called UTGST.
_WITHOUT_LEGISLATURE = {"04", "26", "31", "35", "38"}
_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]")


def state_tax_name(state_code: str) -> str:
    """Return the name of the State's half of the tax: SGST or UTGST."""
    return "UTGST" if state_code in _WITHOUT_LEGISLATURE else "SGST"


def place_of_supply(state_code: str) -> str:
    """Return a State as an invoice names it: `Karnataka (29)`; empty if the code is unknown."""
    return f"{STATES[state_code]} ({state_code})" if state_code in STATES else ""


def is_gstin(text: str) -> bool:
    """Return whether a text is a GSTIN: State, PAN, entity, Z, and the check digit over the first fourteen."""
    return bool(_GSTIN.fullmatch(text)) and text[:2] in STATES and _check_digit(text[:14]) == text[14]


def _check_digit(first_fourteen: str) -> str:
    total = 0
    for place, character in enumerate(first_fourteen):
        total += sum(divmod(_BASE_36.index(character) * (1 + place % 2), 36))
    return _BASE_36[-total % 36]


# --- Dates -----------------------------------------------------------------------------------------


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date of a time by the calendar of `zone`."""
    return moment.astimezone(zone).date()
