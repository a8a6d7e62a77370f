"""Find payments and refunds by the beginning of a gateway's or bank's number."""

from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0019_organisations")]

    operations = [
        AddIndexBesideTraffic(
            "payment",
            models.Index(
                fields=["reference"],
                condition=~models.Q(reference=""),
                name="payment_by_reference",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        AddIndexBesideTraffic(
            "refund",
            models.Index(
                fields=["gateway_refund_id"],
                condition=~models.Q(gateway_refund_id=""),
                name="refund_by_gateway_id",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
    ]
