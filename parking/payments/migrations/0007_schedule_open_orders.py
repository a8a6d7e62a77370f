"""Give the orders that are followed their next check; those that nobody followed any more are definite."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

# Until now an order was followed for so long, and then left as it was.
FOLLOWED_FOR = timedelta(days=5)
OPEN = ["INITIATED", "PENDING"]
SETTLED = ["COMPLETED", "REVIEW"]


def schedule(apps: Any, _schema_editor: object) -> None:
    """An open order is asked after however old it is: its check decides, or gives it up under the bill's lock."""
    orders = apps.get_model("payments", "PaymentOrder").objects.filter(is_definite=False)
    now = timezone.now()
    unsettled = orders.exclude(status__in=SETTLED)
    unsettled.filter(status__in=OPEN).update(next_check_at=now)
    unsettled.filter(created_at__gte=now - FOLLOWED_FOR).update(next_check_at=now)
    orders.filter(next_check_at=None).update(is_definite=True)


def forget(apps: Any, _schema_editor: object) -> None:
    apps.get_model("payments", "PaymentOrder").objects.exclude(status__in=SETTLED).update(is_definite=False)


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_order_next_check")]

    operations = [migrations.RunPython(schedule, forget)]
