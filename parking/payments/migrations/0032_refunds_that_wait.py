"""Count the refunds that wait for a person by an index: every page of the office does."""

from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0031_unanswered_orders")]

    operations = [
        AddIndexBesideTraffic(
            "refund",
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["INITIATED", "FAILED", "REVIEW"]),
                name="refund_not_at_the_gateway",
            ),
        ),
    ]
