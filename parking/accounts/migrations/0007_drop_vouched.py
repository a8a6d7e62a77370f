"""Forget two columns that nothing wrote; the record says who vouched for whom (accounts/vouching.py).

The columns stay in the table until a later release: a server of the release before still reads them by name while this
migration runs and gates are open.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_special_slots"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="user", name="vouched_at"),
                migrations.RemoveField(model_name="user", name="vouched_by"),
            ],
        ),
    ]
