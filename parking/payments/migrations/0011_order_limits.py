"""Let orders remember when a client last had their gateway asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_debts_collected")]

    operations = [
        migrations.AddField(
            "paymentorder",
            "asked_at",
            models.DateTimeField(blank=True, null=True, help_text="When a client last had the gateway asked after it"),
        )
    ]
