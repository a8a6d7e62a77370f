"""Keep until when what a car still owes may be paid, before it is a debt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0032_refunds_that_wait"),
    ]

    operations = [
        migrations.AddField(
            model_name="debt",
            name="waits_until",
            field=models.DateTimeField(
                blank=True, help_text="Until when it may be paid later, and is not called a debt", null=True
            ),
        ),
    ]
