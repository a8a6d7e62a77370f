"""Make the tables of audit in a new database, as all migrations up to 0002_outbox leave them."""

import django.core.serializers.json
from django.db import migrations, models

from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [("audit", "0001_initial"), ("audit", "0002_outbox")]

    initial = True

    dependencies = []

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="AuditEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField()),
                    (
                        "actor_id",
                        models.BigIntegerField(
                            help_text="User id, empty for the system and anonymous callers", null=True
                        ),
                    ),
                    ("actor_role", models.CharField(blank=True, max_length=10)),
                    ("action", models.CharField(max_length=60)),
                    ("refused", models.BooleanField(default=False)),
                    ("subject_kind", models.CharField(blank=True, max_length=40)),
                    ("subject_id", models.BigIntegerField(null=True)),
                    ("request_id", models.CharField(blank=True, max_length=64)),
                    ("facts", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ],
                options={
                    "verbose_name_plural": "audit entries",
                    "indexes": [
                        models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject"),
                        models.Index(fields=["at"], name="audit_by_time"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OutboxEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("listener", models.CharField(max_length=40)),
                    ("at", models.DateTimeField()),
                    (
                        "actor_id",
                        models.BigIntegerField(
                            help_text="User id, empty for the system and anonymous callers", null=True
                        ),
                    ),
                    ("actor_role", models.CharField(blank=True, max_length=10)),
                    ("action", models.CharField(max_length=60)),
                    ("subject_kind", models.CharField(blank=True, max_length=40)),
                    ("subject_id", models.BigIntegerField(null=True)),
                    ("facts", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ("processed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("processed_at", None)),
                            fields=["listener", "id"],
                            name="outbox_unprocessed",
                        )
                    ],
                },
            ),
        )
    ]
