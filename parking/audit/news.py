"""Whether anything has happened: what live pages ask before they read anything else.

Every change writes a line of the record in its own transaction, so the newest lines are a version of everything. One
read of their numbers, by the primary key, says whether there is news; each process makes it at most once a second.
"""

from parking.audit.models import AuditEntry
from parking.core.fresh import FreshValue

# Numbers are given before the commit: line 11 may be committed, and seen, before line 10 is. So not the newest number
# alone is looked at, but this many of them: line 10 makes them one more, or pushes the oldest out. A line that commits
# after so many later ones is not noticed by itself; the next line that anybody writes brings it along.
LINES = 200


def newest_lines() -> tuple[int, int, int]:
    """Return count, lowest and highest number of the newest lines: another answer after each commit that wrote one."""
    numbers = list(AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[:LINES])
    return (len(numbers), numbers[-1], numbers[0]) if numbers else (0, 0, 0)


# Nobody gets it later than the second: what is kept for it is then never older either (docs/api.md names that second).
news_now: FreshValue[tuple[int, int, int]] = FreshValue(newest_lines, seconds=1.0, overlap=0.0)
