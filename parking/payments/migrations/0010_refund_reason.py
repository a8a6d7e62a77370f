"""Let a refund's reason be as long as callers may send it: it was cut to 60 characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0009_fill_bill_site_payer")]

    operations = [migrations.AlterField("refund", "reason", models.CharField(max_length=200))]
