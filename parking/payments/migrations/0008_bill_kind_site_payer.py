"""Say of each bill what it is for, at which site, and which account pays it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [("STAY", "Parking")]


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0001_initial"),
        ("payments", "0007_schedule_open_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A process of the former release, still running after the migration, writes no kind: PostgreSQL keeps the
        # default for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField("bill", "kind", models.CharField(choices=KINDS, db_default="STAY", max_length=12))
            ],
            state_operations=[
                migrations.AddField("bill", "kind", models.CharField(choices=KINDS, default="STAY", max_length=12))
            ],
        ),
        migrations.AddField(
            model_name="bill",
            name="payer",
            field=models.ForeignKey(
                blank=True,
                help_text="The account that pays; empty for who has none",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bill",
            name="site",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to="facilities.parkingsite",
            ),
        ),
        migrations.AlterField(
            model_name="bill",
            name="lines",
            field=models.JSONField(
                default=list, help_text="Kind, label, quantity, unit price, amount; they make the total"
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", ["STAY"])), name="bill_kind_known"),
        ),
    ]
