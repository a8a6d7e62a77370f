"""Let a bill be a month of an organisation, paid by transfer too, less tax that is deducted."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_zone_minutes_optional"),
        ("payments", "0017_passes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bill",
            name="bill_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_cash_or_gateway",
        ),
        migrations.AlterField(
            model_name="bill",
            name="kind",
            field=models.CharField(
                choices=[("STAY", "Parking"), ("PASS", "Pass"), ("ORGANISATION", "Month of an organisation")],
                default="STAY",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="method",
            field=models.CharField(
                choices=[
                    ("CASH", "Cash"),
                    ("ONLINE", "Online"),
                    ("UPI", "UPI at the counter"),
                    ("BANK", "Bank transfer"),
                    ("TDS", "Tax deducted at source"),
                ],
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="reference",
            field=models.CharField(
                blank=True, help_text="The gateway's number, UPI's 12 digits, or the bank's", max_length=64
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["STAY", "PASS", "ORGANISATION"])), name="bill_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gateway", ""), ("method", "CASH"), ("order", None), ("second_of", None)),
                    models.Q(
                        ("method", "ONLINE"),
                        ("order__isnull", False),
                        ("second_of", None),
                        models.Q(("gateway", ""), _negated=True),
                    ),
                    models.Q(
                        ("method", "ONLINE"),
                        ("order", None),
                        ("second_of__isnull", False),
                        models.Q(("gateway", ""), _negated=True),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    models.Q(
                        ("attendant__isnull", False),
                        ("gateway", ""),
                        ("method", "UPI"),
                        ("order", None),
                        ("second_of", None),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    models.Q(
                        ("attendant__isnull", False),
                        ("gateway", ""),
                        ("method", "BANK"),
                        ("order", None),
                        ("second_of", None),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    models.Q(
                        ("attendant__isnull", False),
                        ("gateway", ""),
                        ("method", "TDS"),
                        ("order", None),
                        ("second_of", None),
                    ),
                    _connector="OR",
                ),
                name="payment_cash_or_gateway",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("method", "BANK")), fields=("bill", "reference"), name="bank_reference_once_on_bill"
            ),
        ),
    ]
