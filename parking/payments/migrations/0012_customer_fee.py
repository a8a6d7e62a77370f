"""Keep apart what a gateway charges its customer on top of an amount."""

from decimal import Decimal
from typing import Any

from django.db import migrations, models
from django.db.models import Q


def _customer_fee(**default: Any) -> migrations.AddField:
    about = "What the gateway charged its customer on top of the amount, and keeps: never ours"
    field: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        max_digits=10, decimal_places=2, help_text=about, **default
    )
    return migrations.AddField("payment", "customer_fee", field)


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_refund_reason")]

    operations = [
        # A process of the former release, still running after the migration, writes no fee: PostgreSQL keeps the
        # default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[_customer_fee(db_default=Decimal(0))],
            state_operations=[_customer_fee(default=Decimal("0.00"))],
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(customer_fee=0) | Q(method="ONLINE", customer_fee__gt=0), name="payment_customer_fee"
            ),
        ),
    ]
