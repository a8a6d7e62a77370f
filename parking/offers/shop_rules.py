"""What a shop may give, and what one validation gives. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from parking.core.errors import InvalidInput
from parking.invoices.gstin import Fault, fault_of
from parking.tariffs.rules.changes import Gift, Gives

UNDO_WITHIN = timedelta(minutes=5)
LEAST = Decimal("0.01")
MOST_RUPEES = Decimal("100000.00")
MOST_TIMES = 1_000_000
_MOST = {Gives.PERCENT: Decimal(100), Gives.MINUTES: Decimal(24 * 60), Gives.AMOUNT: MOST_RUPEES}


@dataclass(frozen=True)
class ShopTerms:
    """What a shop gives and up to what limits."""

    gstin: str
    gives: str
    value: Decimal | None
    from_amount: Decimal | None
    per_session: Decimal | None
    per_day: int | None
    per_month: int | None


def refuse_wrong_terms(terms: ShopTerms) -> None:
    """Raise InvalidInput for what a shop may not give."""
    errors: dict[str, list[str]] = {}
    for field, text in (*_wrong_gift(terms), *_wrong_limits(terms)):
        errors.setdefault(field, []).append(text)
    if errors:
        raise InvalidInput(errors)


def _wrong_gift(terms: ShopTerms) -> Iterator[tuple[str, str]]:
    is_purchase = terms.gives == Gives.PURCHASE
    if is_purchase and terms.value is not None:
        yield "gives", "PURCHASE has no value: it is that of each bill"
    if not is_purchase:
        most = _MOST[Gives(terms.gives)]
        if terms.value is None or not LEAST <= terms.value <= most:
            yield "gives", f"A value between {LEAST} and {most}"
        elif terms.gives == Gives.MINUTES and terms.value != terms.value.to_integral_value():
            yield "gives", "Whole minutes"
        if terms.from_amount is not None:
            yield "gives", "from_amount is for PURCHASE"
    if terms.gstin and isinstance(fault_of(terms.gstin), Fault):
        yield "gstin", "Not a GSTIN"


def _wrong_limits(terms: ShopTerms) -> Iterator[tuple[str, str]]:
    for field, amount in (("gives", terms.from_amount), ("per_session", terms.per_session)):
        if amount is not None and not LEAST <= amount <= MOST_RUPEES:
            yield field, f"Between {LEAST} and {MOST_RUPEES}"
    for field, times in (("per_day", terms.per_day), ("per_month", terms.per_month)):
        if times is not None and not 1 <= times <= MOST_TIMES:
            yield field, f"Between 1 and {MOST_TIMES}"


def gift_of(terms: ShopTerms, bill_amount: Decimal | None) -> Gift:
    """Return what a validation gives; for PURCHASE by the amount of the customer's bill. Raises InvalidInput."""
    if terms.gives != Gives.PURCHASE:
        return Gift(Gives(terms.gives), terms.value or Decimal(0), terms.per_session)
    if bill_amount is None or bill_amount <= 0:
        raise InvalidInput({"bill_amount": ["The amount of the customer's bill is needed"]})
    return Gift(Gives.PURCHASE, bill_amount, terms.per_session, terms.from_amount)


def masked(plate: str) -> str:
    """Return a plate of which the middle is hidden: who has the car knows the rest."""
    letters = "".join(letter for letter in plate if letter.isalnum())
    return f"{letters[:4]}••{letters[-4:]}" if len(letters) > 8 else f"••{letters[-4:]}"
