"""Name the card at the counter among the methods of the sums; nothing changes in the database."""

from django.db import migrations, models

METHODS = [
    ("CASH", "Cash"),
    ("ONLINE", "Online"),
    ("UPI", "UPI at the counter"),
    ("CARD", "Card at the counter"),
    ("BANK", "Bank transfer"),
    ("TDS", "Tax deducted at source"),
]


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_rollups")]

    operations = [
        migrations.AlterField("daymoney", "method", models.CharField(choices=METHODS, max_length=6)),
    ]
