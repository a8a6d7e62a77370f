"""Tell vouchers from promo codes; a session may redeem one of each."""

from collections.abc import Callable
from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _added(
    name: str, kind: Callable[..., Any], value: object, about: str, **options: Any
) -> migrations.SeparateDatabaseAndState:
    """Add a column that a process of the former release leaves out: PostgreSQL keeps the default for it."""

    def field(**default: Any) -> migrations.AddField:
        return migrations.AddField("promocode", name, kind(help_text=about, **options, **default))

    return migrations.SeparateDatabaseAndState(
        database_operations=[field(db_default=value)], state_operations=[field(default=value)]
    )


class Migration(migrations.Migration):
    dependencies = [("offers", "0003_shops"), ("stays", "0015_card")]

    operations = [
        _added(
            "is_voucher", models.BooleanField, False, "Issued for one session, in rupees: a place of its own on a bill"
        ),
        _added("reason", models.CharField, "", "Why a voucher was issued", blank=True, max_length=200),
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
