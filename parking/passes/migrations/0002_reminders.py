"""Remember of which end the holder of a pass was reminded; those that were sold before are not reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("passes", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="reminded_days",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="How many days before the end its holder was last reminded; more for not yet"
            ),
        ),
    ]
