"""Money is `Decimal` rupees with two places, rounded half up to the paisa; gateways count integer paise."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
PAISA = Decimal("0.01")
# The largest amount a column holds; anything above is refused at the edge.
MAX_AMOUNT = Decimal("99999999.99")


def rupees(value: Decimal | int | str) -> Decimal:
    """Round to whole paise, half up: `rupees("0.005")` is `Decimal("0.01")`."""
    return Decimal(value).quantize(PAISA, rounding=ROUND_HALF_UP)


def to_paise(amount: Decimal) -> int:
    """Rupees as the integer paise of the gateways. Raises ValueError for a fraction of a paisa."""
    paise = amount * 100
    if paise != paise.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a paisa")
    return int(paise)


def indian(amount: Decimal) -> str:
    """Rupees with two places, grouped as in India: 12,34,567.50."""
    whole, _, paise = f"{amount:.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail] if not head else [*_pairs_of(head), tail]
    return f"{','.join(groups)}.{paise}"


def _pairs_of(digits: str) -> list[str]:
    first = len(digits) % 2
    groups = [digits[:first]] if first else []
    return groups + [digits[place : place + 2] for place in range(first, len(digits), 2)]
