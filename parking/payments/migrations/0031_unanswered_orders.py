"""An index of the few orders that were given up without a word of their gateway, for the digest of the morning."""

from django.db import migrations, models
from django.db.models import Q

from parking.core.index_building import AddIndexBesideTraffic


class Migration(migrations.Migration):
    # PostgreSQL builds the index beside the traffic, not in a transaction.
    atomic = False

    dependencies = [("payments", "0030_invoice_orders")]

    operations = [
        AddIndexBesideTraffic(
            model_name="paymentorder",
            index=models.Index(
                fields=["created_at"], condition=Q(gateway_order_id="", status="EXPIRED"), name="order_unanswered"
            ),
        ),
    ]
