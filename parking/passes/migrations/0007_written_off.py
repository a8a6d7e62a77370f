"""Let what is due on an overdue invoice of an organisation be given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("passes", "0006_bought_for")]

    operations = [
        migrations.AddField(
            model_name="organisationinvoice",
            name="written_off_at",
            field=models.DateTimeField(blank=True, help_text="When what was still due was given up", null=True),
        ),
    ]
