"""End the mails that a killed worker left half sent: nobody knows whether they went out, and they may be asked for again."""

from typing import Any

from django.db import migrations
from django.db.models import F


def end_half_sent(apps: Any, schema_editor: Any) -> None:
    mails = apps.get_model("invoices", "DocumentMail").objects.using(schema_editor.connection.alias)
    mails.filter(state="SENDING").update(state="FAILED", ended_at=F("asked_at"))


class Migration(migrations.Migration):
    dependencies = [("invoices", "0003_mailed_documents")]

    operations = [migrations.RunPython(end_half_sent, migrations.RunPython.noop, elidable=True)]
