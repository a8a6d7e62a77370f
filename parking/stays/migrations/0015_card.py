"""Name the card at the counter among what ends of sessions are paid with; nothing changes in the database."""

from django.db import migrations, models

METHODS = [
    ("CASH", "Cash"),
    ("ONLINE", "Online"),
    ("UPI", "UPI at the counter"),
    ("CARD", "Card at the counter"),
    ("NONE", "Nobody paid"),
]


class Migration(migrations.Migration):
    dependencies = [("stays", "0012_waiting_list")]

    operations = [
        migrations.AlterField(
            "parkingsession", "payment_method", models.CharField(blank=True, choices=METHODS, max_length=6)
        ),
    ]
