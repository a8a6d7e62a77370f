"""Let a person's language be any that is installed as a file, not only one of two."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0031_corrections")]

    operations = [
        migrations.AlterField(
            "user", "language", models.CharField(default="en", help_text="One of those installed", max_length=5)
        ),
    ]
