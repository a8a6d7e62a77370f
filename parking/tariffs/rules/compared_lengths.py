"""How long the stays are by which two tariffs are compared. Pure functions.

With its length a stay gets dearer step by step, and cheaper only where a slab begins. So where one tariff is cheaper
than another at all, it is so in the last minute before the one gets dearer, and also in the first minute after the
other did: all ends of steps of the one are enough, or all beginnings of the other, whichever are fewer; and with
either, the minutes at which a slab makes a stay cheaper.
"""

from collections.abc import Sequence

Prices = Sequence[int]
"""By minutes, from 0 on: what grows where a stay gets dearer, and falls where it gets cheaper."""


def lengths_between(before: Prices, after: Prices) -> list[int]:
    """Return the minutes of the stays that are enough to find one that is cheaper after."""
    last = len(before) - 1
    begins = {1, *_minutes_of_change(before), *_minutes_of_fall(after)}
    ends = {last, *(minute - 1 for minute in (*_minutes_of_change(after), *_minutes_of_fall(before)))}
    return sorted(minute for minute in min(begins, ends, key=len) if minute > 0)


def _minutes_of_change(prices: Prices) -> list[int]:
    return [minute for minute in range(1, len(prices)) if prices[minute] != prices[minute - 1]]


def _minutes_of_fall(prices: Prices) -> list[int]:
    return [minute for minute in range(1, len(prices)) if prices[minute] < prices[minute - 1]]
