"""Keep filters of lists under names, for each person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0035_user_by_phone"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_name", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=40)),
                (
                    "query",
                    models.JSONField(
                        default=dict,
                        help_text="Values by the names in the address; a day that moves along is a number of days: -6",
                    ),
                ),
                ("saved_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "list_name", "name"), name="saved_view_once")
                ],
            },
        ),
    ]
