"""Name the invoice of an organisation among what orders are for; nothing changes in the database."""

from django.db import migrations, models

PURPOSES = [
    ("FEE", "Booking fee"),
    ("EXIT", "Online payment at the exit"),
    ("ENTRY", "Payment at the entry"),
    ("AHEAD", "Payment before going to the gate"),
    ("TERMINATION", "Termination by staff"),
    ("DEBT", "What a closed bill is short of"),
    ("PASS", "Pass, bought or renewed"),
    ("INVOICE", "Invoice of an organisation"),
]


class Migration(migrations.Migration):
    dependencies = [("payments", "0026_emergency_debts")]

    operations = [
        migrations.AlterField("paymentorder", "purpose", models.CharField(choices=PURPOSES, max_length=12)),
    ]
