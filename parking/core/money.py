"""Money is `Decimal` rupees with two places, rounded half up to the paisa; gateways count integer paise."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.numbers import format_decimal

ZERO = Decimal("0.00")
PAISA = Decimal("0.01")
# Both gateways take one rupee and more, for a payment and for a refund.
LEAST_ONLINE = Decimal("1.00")
# The largest amount a column holds; anything above is refused as wrong input.
MAX_AMOUNT = Decimal("99999999.99")
# The grouping of `en_IN` in the notation of Unicode's locale data, always with paise.
_TWO_PLACES = "#,##,##0.00"


def rupees(value: Decimal | int | str) -> Decimal:
    """Round to whole paise, half up: `rupees("0.005")` is `Decimal("0.01")`."""
    return Decimal(value).quantize(PAISA, rounding=ROUND_HALF_UP)


def to_paise(amount: Decimal) -> int:
    """Return rupees as the integer paise of the gateways. Raises ValueError for a fraction of a paisa."""
    paise = amount * 100
    if paise != paise.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a paisa")
    return int(paise)


def from_paise(paise: int) -> Decimal:
    """Return the integer paise of the gateways, and of sums in the database, as rupees."""
    return rupees(Decimal(paise) / 100)


def indian(amount: Decimal) -> str:
    """Return rupees with two places, grouped as in India: 12,34,567.50."""
    return _grouped(str(amount))


# Long lists show the same few amounts and counts again and again, and formatting is slow. By text, because
# minus zero equals zero.
@lru_cache(maxsize=4096)
def _grouped(amount: str) -> str:
    return format_decimal(Decimal(amount), format=_TWO_PLACES, locale="en_IN")
