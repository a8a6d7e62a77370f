"""Decisions about promo codes. Pure functions: no database, no clock, no settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from parking.core.errors import InvalidInput, Refused

LEAST_VALUE = Decimal("0.01")
MOST_RUPEES = Decimal("100000.00")
_MOST = {"PERCENT": Decimal(100), "MINUTES": Decimal(24 * 60)}
MOST_USES = 1_000_000_000
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}")


def code_of(text: str) -> str:
    """Return a code as it is stored, whatever letters somebody types it in."""
    return "".join(text.split()).upper()


@dataclass(frozen=True)
class CodeTerms:
    """A promo code that is active: what it gives, and to whom. No zones or kinds: to all."""

    id: int
    code: str
    kind: str
    value: Decimal
    cap: Decimal | None
    valid_from: date
    valid_to: date | None
    zone_ids: frozenset[int]
    vehicle_kinds: frozenset[str]
    uses: int | None
    uses_per_driver: int | None
    first_booking: bool
    least_bill: Decimal
    is_voucher: bool = False

    def holds_for(self, zone_id: int, vehicle_kind: str) -> bool:
        fits_zone = not self.zone_ids or zone_id in self.zone_ids
        return fits_zone and (not self.vehicle_kinds or vehicle_kind in self.vehicle_kinds)


def checked(terms: CodeTerms | None, *, zone_id: int, vehicle_kind: str, today: date) -> CodeTerms:
    """Return a code that may be given on a day; one that has not begun is not known yet.

    Raises Refused `code_unknown`, `code_expired`, `code_not_here`.
    """
    if terms is None or today < terms.valid_from:
        raise Refused("code_unknown", "There is no such promo code")
    if terms.valid_to is not None and today > terms.valid_to:
        raise Refused("code_expired", "This promo code has expired")
    if not terms.holds_for(zone_id, vehicle_kind):
        raise Refused("code_not_here", "This promo code does not hold for this booking")
    return terms


def refuse_wrong_code(terms: CodeTerms) -> None:
    """Raise InvalidInput for what a promo code may not say."""
    errors: dict[str, list[str]] = {}
    for field, text in (*_wrong_text(terms), *_wrong_amounts(terms), *_wrong_uses(terms)):
        errors.setdefault(field, []).append(text)
    if errors:
        raise InvalidInput(errors)


def _wrong_text(terms: CodeTerms) -> Iterator[tuple[str, str]]:
    if not _CODE.fullmatch(terms.code):
        yield "code", "3 to 20 letters, digits and hyphens"
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        yield "valid_to", "Not before `valid_from`"


def _wrong_amounts(terms: CodeTerms) -> Iterator[tuple[str, str]]:
    most = most_of(terms.kind)
    if not LEAST_VALUE <= terms.value <= most:
        yield "value", f"Between {LEAST_VALUE} and {most}"
    elif terms.kind == "MINUTES" and terms.value != terms.value.to_integral_value():
        yield "value", "Whole minutes"
    if terms.cap is not None and not LEAST_VALUE <= terms.cap <= MOST_RUPEES:
        yield "cap", f"Between {LEAST_VALUE} and {MOST_RUPEES}"
    if not 0 <= terms.least_bill <= MOST_RUPEES:
        yield "least_bill", f"Between 0.00 and {MOST_RUPEES}"


def most_of(kind: str) -> Decimal:
    """Return the most that a promo code or a shop gives: percent, minutes or rupees."""
    return _MOST.get(kind, MOST_RUPEES)


def _wrong_uses(terms: CodeTerms) -> Iterator[tuple[str, str]]:
    for field, number in (("uses", terms.uses), ("uses_per_driver", terms.uses_per_driver)):
        if number is not None and not 1 <= number <= MOST_USES:
            yield field, f"Between 1 and {MOST_USES}"


# From so many percent on, a code waits for a second person.
STRONG_PERCENT = Decimal(80)


def is_strong(kind: str, value: Decimal) -> bool:
    """Return whether a code gives so much that one person alone may not offer it."""
    return kind == "PERCENT" and value >= STRONG_PERCENT
