"""Find the lines of stays that staff ended by their time, among millions of others."""

from django.db import migrations, models

from parking.core.index_building import AddIndexBesideTraffic


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0002_outbox")]

    operations = [
        AddIndexBesideTraffic(
            "auditentry",
            models.Index(fields=["at"], condition=models.Q(action="session.terminated"), name="audit_of_terminations"),
        ),
    ]
