"""Take second payments of an order in, and let refunds wait: for a manager, or for balance at the gateway."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _unfunded_tries(**default: Any) -> migrations.AddField:
    about = "How many attempts the gateway refused for want of balance: they do not count"
    return migrations.AddField("refund", "unfunded_tries", models.PositiveSmallIntegerField(help_text=about, **default))


def _lacks_balance(**default: Any) -> migrations.AddField:
    about = "Waits for balance at the gateway: its last attempt was refused for that"
    return migrations.AddField("refund", "lacks_balance", models.BooleanField(help_text=about, **default))


def _is_held(**default: Any) -> migrations.AddField:
    about = "Not sent before a manager says so: a second payment"
    return migrations.AddField("refund", "is_held", models.BooleanField(help_text=about, **default))


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_customer_fee")]

    operations = [
        migrations.AddField(
            "payment",
            "second_of",
            models.ForeignKey(
                help_text="The order that another payment had paid already; `order` is empty then",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="second_payments",
                to="payments.paymentorder",
            ),
        ),
        migrations.AddField(
            "refund",
            "paid_already",
            models.ForeignKey(
                blank=True,
                help_text="The payment that had paid before, where a second payment goes back",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
            ),
        ),
        # As in 0012: PostgreSQL keeps the defaults for processes of the former release.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _unfunded_tries(db_default=0),
                _lacks_balance(db_default=False),
                _is_held(db_default=False),
            ],
            state_operations=[_unfunded_tries(default=0), _lacks_balance(default=False), _is_held(default=False)],
        ),
        migrations.RemoveConstraint("payment", "payment_cash_or_gateway"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(method="CASH", order=None, second_of=None, gateway="")
                | (Q(method="ONLINE", order__isnull=False, second_of=None) & ~Q(gateway=""))
                | (Q(method="ONLINE", order=None, second_of__isnull=False) & ~Q(gateway="") & ~Q(reference=""))
                | (Q(method="UPI", order=None, second_of=None, gateway="", attendant__isnull=False) & ~Q(reference="")),
                name="payment_cash_or_gateway",
            ),
        ),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(condition=Q(is_held=False) | Q(status="INITIATED"), name="refund_held_is_not_sent"),
        ),
    ]
