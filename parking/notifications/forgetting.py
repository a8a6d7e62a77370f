"""Deleting notices that are old, with what was sent of them."""

from datetime import datetime, timedelta

from django.db import transaction

from parking.core import clock
from parking.core.site_settings import NOTICES_KEPT_DAYS
from parking.notifications.models import Delivery, Notice

# So many at a time, each in a transaction of its own: on SQLite nobody else writes meanwhile.
NOTICES_A_RUN = 500
# In the operator's time.
NIGHT = range(1, 5)


def forget_old_notices(*, now: datetime) -> int:
    """Delete the oldest notices at night; answers how many. What is 500 is not all: call it again.

    They are looked for at the beginning of the table, in the order in which they were written: there is no index on
    their time, and none is needed.
    """
    if now.astimezone(clock.site_zone()).hour not in NIGHT:
        return 0
    until = now - timedelta(days=NOTICES_KEPT_DAYS.at(None))
    oldest = Notice.objects.order_by("pk").values_list("pk", "at")[:NOTICES_A_RUN]
    over = [pk for pk, at in oldest if at <= until]
    with transaction.atomic():
        Delivery.objects.filter(notice__in=over).delete()
        Notice.objects.filter(pk__in=over).delete()
    return len(over)
