"""Count the uses of promo codes: the only writer of their counts.

All counts of a code are changed by one statement, the count of all uses first: whoever comes second waits there, so
that no limit is passed and nobody waits for the other in a circle.
"""

from collections.abc import Sequence

from django.db import connection

from parking.core.errors import Refused
from parking.offers.models import PromoCount
from parking.offers.rules import MOST_USES, CodeTerms

ALL = "all"
_TABLE = PromoCount._meta.db_table  # noqa: SLF001 - Django's own name for it


def take(terms: CodeTerms, keys: Sequence[str]) -> None:
    """Count one use in all and for each key, inside a transaction. Raises Refused `code_used_up`."""
    rows = (ALL, *keys)
    limits = (terms.uses or MOST_USES, terms.uses_per_driver or MOST_USES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (code_id, key, taken) VALUES {_marks(rows, 1)} "  # noqa: S608 - our own names
            f"ON CONFLICT (code_id, key) DO UPDATE SET taken = {_TABLE}.taken + 1 "
            f"WHERE {_TABLE}.taken < CASE WHEN {_TABLE}.key = '{ALL}' THEN %s ELSE %s END",
            [*_values(terms.id, rows), *limits],
        )
        if cursor.rowcount < len(rows):
            raise Refused("code_used_up", "This promo code is used up")


def give_back(code_id: int, keys: Sequence[str]) -> None:
    """Count one use less, in all and for each key."""
    rows = (ALL, *keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (code_id, key, taken) VALUES {_marks(rows, 0)} "  # noqa: S608 - our own names
            f"ON CONFLICT (code_id, key) DO UPDATE SET "
            f"taken = CASE WHEN {_TABLE}.taken > 0 THEN {_TABLE}.taken - 1 ELSE 0 END",
            _values(code_id, rows),
        )


def is_used_up(terms: CodeTerms) -> bool:
    """Return whether all uses of a code are held or redeemed."""
    if terms.uses is None:
        return False
    return PromoCount.objects.filter(code_id=terms.id, key=ALL, taken__gte=terms.uses).exists()


def _marks(rows: Sequence[str], taken: int) -> str:
    return ", ".join([f"(%s, %s, {taken})"] * len(rows))


def _values(code_id: int, rows: Sequence[str]) -> list[int | str]:
    return [value for key in rows for value in (code_id, key)]
