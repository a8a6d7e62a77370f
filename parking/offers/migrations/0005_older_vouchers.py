"""Mark the vouchers that were given with promo codes of their own, before there was a mark."""

from typing import Any

from django.db import migrations


def mark(apps: Any, schema_editor: Any) -> None:
    codes = apps.get_model("offers", "PromoCode").objects.using(schema_editor.connection.alias)
    codes.filter(code__startswith="V-", kind="AMOUNT", uses=1).update(is_voucher=True)


class Migration(migrations.Migration):
    dependencies = [("offers", "0004_vouchers")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop, elidable=True)]
