"""How many payments and refunds a filter leaves: finished days from their sums, where these know what it goes by."""

from dataclasses import dataclass

from parking.reports.payments import MoneyFilter, money_keys, money_parts
from parking.reports.takings import MethodSum
from parking.reports.walking import LONG, count_up_to_long


@dataclass(frozen=True)
class MoneyCounter:
    """What has the `count` of the list."""

    wanted: MoneyFilter

    def count(self) -> int:
        """Return how many rows there are."""
        wanted = self.wanted
        if wanted.sums is None:
            return money_keys(wanted).order_by().count()
        captured, refunded = _numbers(wanted)
        _, _, under_way = money_parts(wanted)
        return captured + refunded + under_way.rows.count()


def numbers_of_parts(wanted: MoneyFilter) -> tuple[int | None, int | None, None]:
    """Return how many rows each of `money_parts` has, None for one of which it is not known for sure."""
    # A stay that was moved counts in its former zone until the day is added up again.
    return (None, None, None) if wanted.zone or wanted.sums is None else (*_numbers(wanted), None)


def _numbers(wanted: MoneyFilter) -> tuple[int, int]:
    """Return how many payments and how many refunds that are done there are, by the sums."""
    of_methods = (wanted.sums or {}).items()
    found = sum((sums for method, sums in of_methods if wanted.method in {None, method}), MethodSum())
    return found.payments * wanted.has_captured, found.refunds * wanted.has_refunded


def money_up_to_long(wanted: MoneyFilter) -> int:
    """Return how many they are; some number above LONG for all above it.

    A stay that was moved counts in its former zone until the day is added up again: few rows of a zone are counted.
    """
    if wanted.sums is None:
        return count_up_to_long(money_keys(wanted).order_by())
    number = MoneyCounter(wanted).count()
    if wanted.zone and number <= 2 * LONG:
        return count_up_to_long(money_keys(wanted).order_by())
    return number
