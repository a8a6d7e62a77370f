"""The writer of what has been read."""

from collections.abc import Collection
from datetime import datetime

from parking.notifications.models import Notice
from parking.notifications.queries import forget_unread


def mark_read(*, person_id: int, ids: Collection[int] | None, now: datetime) -> int:
    """Mark notices of a person as read, None: all; answers how many were unread. Others' ids are passed over.

    Not on record: it is in the rows, and changes nothing for anybody else.
    """
    rows = Notice.objects.filter(person_id=person_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    changed = rows.update(read_at=now)
    if changed:
        forget_unread()
    return changed
