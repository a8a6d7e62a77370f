"""Delete the queued sweeps of before: the worker runs sweeps itself now, and those tasks are gone."""

from typing import Any

from django.db import migrations

SWEEPS = (
    "expire_unpaid_holds",
    "expire_no_shows",
    "follow_open_orders",
    "follow_open_refunds",
    "queue_unworked_events",
    "issue_missing_documents",
    "issue_all_missing_documents",
    "forget_what_is_over",
)


def delete(apps: Any, _schema_editor: object) -> None:
    paths = [f"parking.checkout.tasks.{name}" for name in SWEEPS]
    apps.get_model("django_tasks_database", "DBTaskResult").objects.filter(task_path__in=paths).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_workers"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [migrations.RunPython(delete, migrations.RunPython.noop)]
