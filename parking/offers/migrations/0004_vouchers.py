"""Tell vouchers from promo codes; a session may redeem one of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("offers", "0003_shops"), ("stays", "0015_card")]

    operations = [
        migrations.AddField(
            "promocode",
            "is_voucher",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="Issued for one session, in rupees: a place of its own on a bill",
            ),
        ),
        migrations.AddField(
            "promocode",
            "reason",
            models.CharField(
                blank=True, db_default="", default="", help_text="Why a voucher was issued", max_length=200
            ),
        ),
        migrations.AddConstraint(
            "promocode",
            models.CheckConstraint(
                condition=models.Q(is_voucher=False) | models.Q(is_voucher=True, kind="AMOUNT", uses=1),
                name="voucher_once_in_rupees",
            ),
        ),
        migrations.AlterField(
            "promouse",
            "session",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="promo_uses", to="stays.parkingsession"
            ),
        ),
        migrations.AddConstraint(
            "promouse", models.UniqueConstraint(fields=("session", "code"), name="promo_use_once")
        ),
    ]
