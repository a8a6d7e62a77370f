"""Let a bill be that of a pass."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_zone_minutes_optional"),
        ("payments", "0016_debt_objections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bill",
            name="bill_kind_known",
        ),
        migrations.AlterField(
            model_name="bill",
            name="kind",
            field=models.CharField(choices=[("STAY", "Parking"), ("PASS", "Pass")], default="STAY", max_length=12),
        ),
        migrations.AlterField(
            model_name="paymentorder",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("FEE", "Booking fee"),
                    ("EXIT", "Online payment at the exit"),
                    ("AHEAD", "Payment before going to the gate"),
                    ("TERMINATION", "Termination by staff"),
                    ("DEBT", "What a closed bill is short of"),
                    ("PASS", "Pass, bought or renewed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["STAY", "PASS"])), name="bill_kind_known"
            ),
        ),
    ]
