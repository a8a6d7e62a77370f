"""Sums of money in the database.

SQLite adds decimals as floats, so sums are made of whole paise, which both databases add exactly.
"""

from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from parking.core.money import from_paise

# In reports by zone, the row of money of passes, which is in no zone.
PASSES = "Passes"


def paise_of(column: str) -> Sum:
    """Return the sum of a column of rupees, in paise; nothing without rows. For use over a window too."""
    return Sum(Cast(Round(F(column) * 100), BigIntegerField()))


def sum_of_paise(column: str = "amount", *, filter: Q | None = None) -> Sum:  # noqa: A002 - as Django's aggregates
    """Return the sum of a column of rupees, in paise; 0 without rows. `filter`: of these rows alone."""
    return Sum(Cast(Round(F(column) * 100), BigIntegerField()), default=0, filter=filter)


def total_of(rows: QuerySet[Any, Any]) -> Decimal:
    """Return the sum of the column `amount` of all rows, in rupees."""
    return from_paise(rows.aggregate(paise=sum_of_paise())["paise"])
