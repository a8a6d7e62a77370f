"""Note of which overdue invoices the contact was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("passes", "0003_organisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisationinvoice",
            name="overdue_noted_at",
            field=models.DateTimeField(blank=True, help_text="When the contact was told of it", null=True),
        ),
    ]
