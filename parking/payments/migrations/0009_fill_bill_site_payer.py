"""Give the bills of stays the site of their zone and the account of their driver."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, _schema_editor: object) -> None:
    """A bill that was filled before stays as it is; one without a stay stays empty."""
    bills = apps.get_model("payments", "Bill").objects.filter(site=None)
    stay = apps.get_model("stays", "ParkingSession").objects.filter(bill_id=OuterRef("pk"))
    bills.update(
        site_id=Subquery(stay.values("zone__site_id")[:1]),
        payer_id=Subquery(stay.values("driver_id")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0008_bill_kind_site_payer"),
        ("stays", "0002_upi_at_the_counter"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
