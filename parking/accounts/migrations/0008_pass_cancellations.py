"""Let a second person decide about the end of a pass."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_drop_vouched"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="approval",
            name="approval_kind_known",
        ),
        migrations.AlterField(
            model_name="approval",
            name="kind",
            field=models.CharField(
                choices=[
                    ("CASH_REFUND", "Money of the counter that goes back"),
                    ("PASS_CANCELLATION", "A pass that is ended before its time"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["CASH_REFUND", "PASS_CANCELLATION"])), name="approval_kind_known"
            ),
        ),
    ]
