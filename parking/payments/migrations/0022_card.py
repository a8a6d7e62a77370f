"""Let money come by card at the counter, with what the slip of the terminal says."""

from typing import Any

from django.db import migrations, models

COUNTER = {"order": None, "second_of": None, "gateway": "", "attendant__isnull": False}


def _origin(methods: tuple[str, ...]) -> models.Q:
    cash = models.Q(method="CASH", order=None, second_of=None, gateway="")
    online = models.Q(method="ONLINE", order__isnull=False, second_of=None) & ~models.Q(gateway="")
    second = (
        models.Q(method="ONLINE", order=None, second_of__isnull=False) & ~models.Q(gateway="") & ~models.Q(reference="")
    )
    found = cash | online | second
    for method in methods:
        found |= models.Q(method=method, **COUNTER) & ~models.Q(reference="")
    return found | models.Q(method="TDS", **COUNTER)


def _slip(**default: Any) -> list[migrations.AddField]:
    last4 = models.CharField(blank=True, help_text="Of a card at the counter", max_length=4, **default)
    terminal = models.CharField(
        blank=True, help_text="The number (TID) on the slip of the card", max_length=16, **default
    )
    return [
        migrations.AddField("payment", "card_last4", last4),
        migrations.AddField("payment", "terminal", terminal),
    ]


class Migration(migrations.Migration):
    dependencies = [("payments", "0021_exempt")]

    operations = [
        # A process of the former release, still running after the migration, writes none: PostgreSQL keeps the default.
        migrations.SeparateDatabaseAndState(
            database_operations=_slip(db_default=""), state_operations=_slip(default="")
        ),
        migrations.AddField(
            "payment",
            "card_day",
            models.DateField(
                blank=True,
                help_text="Of the slip, by the calendar of the site: approvals come again",
                null=True,
            ),
        ),
        migrations.AlterField(
            "payment",
            "method",
            models.CharField(
                choices=[
                    ("CASH", "Cash"),
                    ("ONLINE", "Online"),
                    ("UPI", "UPI at the counter"),
                    ("CARD", "Card at the counter"),
                    ("BANK", "Bank transfer"),
                    ("TDS", "Tax deducted at source"),
                ],
                max_length=6,
            ),
        ),
        migrations.AlterField(
            "payment",
            "gateway",
            models.CharField(blank=True, help_text="Empty for money at the counter", max_length=12),
        ),
        migrations.AlterField(
            "payment",
            "reference",
            models.CharField(
                blank=True,
                help_text="The gateway's number, UPI's 12 digits, a card's approval, or the bank's",
                max_length=64,
            ),
        ),
        migrations.RemoveConstraint("payment", "payment_cash_or_gateway"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(condition=_origin(("UPI", "CARD", "BANK")), name="payment_cash_or_gateway"),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=(
                    models.Q(method="CARD", card_day__isnull=False) & ~models.Q(card_last4="") & ~models.Q(terminal="")
                )
                | (~models.Q(method="CARD") & models.Q(card_last4="", terminal="", card_day=None)),
                name="payment_card_has_its_slip",
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                condition=models.Q(method="CARD"),
                fields=("terminal", "card_day", "reference"),
                name="card_approval_once",
            ),
        ),
    ]
