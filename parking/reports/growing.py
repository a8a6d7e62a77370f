"""How many rows a table has to which rows are only added, counted without reading all of them each time."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Model

# Rows whose ids are further back than this are all there: no transaction stays open while so many others are written.
SETTLED = 10_000


@dataclass(frozen=True)
class _Kept:
    """So many rows have an id up to `last`."""

    last: int = 0
    rows: int = 0


_kept: dict[type[Model], _Kept] = {}


@dataclass(frozen=True)
class WholeTable:
    """All rows of a model of which none is ever deleted."""

    model: Any

    def count(self) -> int:
        """Return how many there are. A process reads the older ones once."""
        rows, kept = self.model.objects.order_by(), _kept.get(self.model, _Kept())
        found = rows.filter(pk__gt=kept.last).aggregate(rows=Count("pk"), newest=Max("pk"))
        if found["rows"] > 2 * SETTLED:
            settled = found["newest"] - SETTLED
            more = rows.filter(pk__gt=kept.last, pk__lte=settled).count()
            _kept[self.model] = _Kept(settled, kept.rows + more)
        return kept.rows + int(found["rows"])
