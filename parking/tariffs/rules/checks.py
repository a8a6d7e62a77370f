"""What a tariff may say. Everything that is stored was checked here, whoever wrote it."""

from collections.abc import Iterator
from decimal import Decimal

from parking.core.errors import InvalidInput, Refused
from parking.core.money import ZERO
from parking.tariffs.rules.bands import overlapping
from parking.tariffs.rules.lines import DAY, HOUR
from parking.tariffs.rules.terms import Prices, Slab

DEAREST = Decimal("10000.00")
DEAREST_SUM = Decimal("100000.00")
STEPS = (60, 30, 15)
ROUNDINGS = (Decimal("0.01"), Decimal(1), Decimal(5), Decimal(10))
MOST_PARTS = 50
MOST_PERCENT = 500
LONGEST_NAME = 40
LONGEST_FREE_AGAIN = 366 * DAY

Problem = tuple[str, str]


def checked(prices: Prices) -> Prices:
    """Return prices that a tariff may have. Raises InvalidInput; Refused `bands_overlap`."""
    errors: dict[str, list[str]] = {}
    for field, text in (*_numbers(prices), *_bands(prices), *_slabs(prices)):
        errors.setdefault(field, []).append(text)
    if errors:
        raise InvalidInput(errors)
    if pair := overlapping(prices.bands):
        first, second = (band.name for band in pair)
        raise Refused("bands_overlap", f"{first} and {second} hold at the same time", bands=[first, second])
    return prices


def _numbers(prices: Prices) -> Iterator[Problem]:
    night = prices.night_charge
    amounts = {
        "base_rate": (prices.base_rate, DEAREST),
        "booking_fee": (prices.booking_fee, DEAREST),
        "lost_ticket_fee": (prices.lost_ticket_fee, DEAREST_SUM),
        "daily_cap": (prices.daily_cap or ZERO, DEAREST_SUM),
        "night_charge": (night.price if night else ZERO, DEAREST_SUM),
    }
    for field, (amount, most) in amounts.items():
        if not ZERO <= amount <= most:
            yield field, f"Between 0.00 and {most}"
    limits = {
        "grace_minutes": HOUR,
        "minimum_minutes": DAY,
        "free_minutes": DAY,
        "free_again_after_minutes": LONGEST_FREE_AGAIN,
        "overstay_percent": MOST_PERCENT,
    }
    for field, most_minutes in limits.items():
        if not 0 <= getattr(prices, field) <= most_minutes:
            yield field, f"Between 0 and {most_minutes}"
    if prices.step_minutes not in STEPS:
        yield "step_minutes", "60, 30 or 15"
    if prices.round_to not in ROUNDINGS:
        yield "round_to", "0.01, 1, 5 or 10"


def _bands(prices: Prices) -> Iterator[Problem]:
    if len(prices.bands) > MOST_PARTS:
        yield "bands", f"At most {MOST_PARTS}"
    for band in prices.bands:
        if not 0 < len(band.name.strip()) <= LONGEST_NAME:
            yield "bands", f"Each with a name of 1 to {LONGEST_NAME} characters"
        if not band.days:
            yield "bands", "Each with one day at least"
        if not ZERO <= band.rate <= DEAREST:
            yield "bands", f"Each with a rate between 0.00 and {DEAREST}"


def _slabs(prices: Prices) -> Iterator[Problem]:
    if not prices.slabs:
        return
    yield from _slabs_apart(prices.slabs)
    if prices.bands:
        yield "slabs", "Slabs and bands exclude each other"
    if prices.daily_cap is not None:
        yield "daily_cap", "No daily maximum beside slabs"


def _slabs_apart(slabs: tuple[Slab, ...]) -> Iterator[Problem]:
    if len(slabs) > MOST_PARTS:
        yield "slabs", f"At most {MOST_PARTS}"
    ends = [slab.until_minutes for slab in slabs]
    if ends != sorted(set(ends)) or ends[0] < 1 or ends[-1] != DAY:
        yield "slabs", f"Each longer than the one before, the last one until {DAY} minutes"
    if not all(ZERO <= slab.price <= DEAREST_SUM for slab in slabs):
        yield "slabs", f"Each with a price between 0.00 and {DEAREST_SUM}"
    if not all(1 <= slab.every_minutes <= DAY for slab in slabs if slab.every_minutes is not None):
        yield "slabs", f"every_minutes between 1 and {DAY}"
