"""Let corrections of a car inside by which it pays less wait for a second person."""

from django.db import migrations, models

KINDS = [
    ("CASH_REFUND", "Money of the counter that goes back"),
    ("PASS_CANCELLATION", "A pass that is ended before its time"),
    ("TARIFF", "A tariff of a zone that makes a running day cheaper"),
    ("RATE_CARD", "A version of a rate card that makes a running day cheaper"),
    ("PROMO_CODE", "A promo code of 80 percent and more"),
    ("INVOICE_WRITE_OFF", "What an organisation owes that is given up"),
    ("EMERGENCY", "An emergency in which every car is let out"),
    ("VEHICLE_KIND", "Another kind of a car inside that makes it pay less"),
    ("PLATE", "Another plate of a car inside that owes less"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0030_invoice_write_off")]

    operations = [
        migrations.RemoveConstraint(model_name="approval", name="approval_kind_known"),
        migrations.AlterField("approval", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [code for code, _name in KINDS])), name="approval_kind_known"
            ),
        ),
    ]
