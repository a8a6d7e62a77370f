"""Give debts an objection of the driver and its answer."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def _text(name: str, about: str, length: int) -> migrations.SeparateDatabaseAndState:
    """Add a text that a process of the former release leaves out: PostgreSQL keeps the default for it."""

    def added(**default: Any) -> migrations.AddField:
        field: models.CharField[str, str] = models.CharField(blank=True, max_length=length, help_text=about, **default)
        return migrations.AddField("debt", name, field)

    return migrations.SeparateDatabaseAndState(
        database_operations=[added(db_default="")], state_operations=[added(default="")]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_order_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        _text("objection", "Why the driver says that nothing is owed", 500),
        _text("objection_answer", "What an administrator answered", 200),
        migrations.AddField("debt", "objected_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("debt", "objection_answered_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "debt",
            "objection_answered_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "debt",
            models.CheckConstraint(
                condition=Q(objection="", objected_at=None) | (~Q(objection="") & Q(objected_at__isnull=False)),
                name="debt_objection_fits",
            ),
        ),
        migrations.AddConstraint(
            "debt",
            models.CheckConstraint(
                condition=Q(objection_answer="", objection_answered_at=None, objection_answered_by=None)
                | (
                    ~Q(objection_answer="")
                    & Q(objected_at__isnull=False)
                    & Q(objection_answered_at__isnull=False)
                    & Q(objection_answered_by__isnull=False)
                ),
                name="debt_objection_answer_fits",
            ),
        ),
    ]
