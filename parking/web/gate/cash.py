"""Amounts of cash that drivers are likely to hand over."""

from decimal import ROUND_CEILING, Decimal

# Rupees: what people round up to, because they have such notes.
_STEPS = (50, 100, 500, 2000)


def quick_amounts(due: Decimal) -> list[Decimal]:
    """Return the exact amount due (rupees), then the next multiples of 50, 100, 500 and 2000."""
    rounded = {(due / step).to_integral_value(ROUND_CEILING) * step for step in _STEPS}
    return [due, *sorted(amount for amount in rounded if amount > due)]
