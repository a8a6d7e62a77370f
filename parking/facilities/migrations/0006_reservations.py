"""Let a zone say when its next reservation without slot begins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_zone_minutes_optional"),
    ]

    operations = [
        migrations.AddField(
            model_name="parkingzone",
            name="next_reservation_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="Start of the next reservation that has no slot yet", null=True
            ),
        ),
    ]
