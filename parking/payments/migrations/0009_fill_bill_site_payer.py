"""Give the bills of stays the site of their zone and the account of their driver."""

from typing import Any

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery


# Rows of one transaction: the gates that are open meanwhile wait for no more than these.
AT_ONCE = 5_000


def fill(apps: Any, _schema_editor: object) -> None:
    """A bill that was filled before stays as it is; one without a stay stays empty. Safe to run again."""
    bills = apps.get_model("payments", "Bill").objects.filter(site=None)
    stay = apps.get_model("stays", "ParkingSession").objects.filter(bill_id=OuterRef("pk"))
    last = bills.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, AT_ONCE):
        bills.filter(pk__gte=first, pk__lt=first + AT_ONCE).update(
            site_id=Subquery(stay.values("zone__site_id")[:1]),
            payer_id=Subquery(stay.values("driver_id")[:1]),
        )


class Migration(migrations.Migration):
    atomic = False

    # Not on stays, whose squashed migration comes after that of payments. Where there is a bill, there is the table of
    # stays: it came with the first release.
    dependencies = [("payments", "0008_bill_kind_site_payer")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
