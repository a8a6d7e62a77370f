"""Keep drivers in line for full zones, and the voucher of a reservation without place."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0006_reservations"),
        ("stays", "0011_reservations"),
        ("vehicles", "0003_pass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="parkingsession",
            name="voucher",
            field=models.CharField(
                blank=True, default="", help_text="What its driver got because there was no place", max_length=20
            ),
        ),
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "In line"),
                            ("OFFERED", "Has an offer"),
                            ("TAKEN", "Offer accepted"),
                            ("LAPSED", "Offer not accepted in time"),
                            ("LEFT", "Left the line"),
                            ("OVER", "No place came free in time"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                ("vehicle_kind", models.CharField(max_length=12)),
                ("owner_name", models.CharField(max_length=100)),
                ("until", models.DateTimeField(help_text="How long the driver waits")),
                (
                    "starts_at",
                    models.DateTimeField(blank=True, help_text="Beginning of a window; empty: for now", null=True),
                ),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "driver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entry",
                        to="stays.parkingsession",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entries",
                        to="vehicles.vehicle",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_entries",
                        to="facilities.parkingzone",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["WAITING", "OFFERED"])),
                        fields=["zone", "id"],
                        name="waiting_in_line",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["WAITING", "OFFERED"])),
                        fields=("driver", "zone", "vehicle"),
                        name="waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["WAITING", "OFFERED"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["TAKEN", "LAPSED", "LEFT", "OVER"])),
                            _connector="OR",
                        ),
                        name="waiting_state_fits",
                    ),
                ],
            },
        ),
    ]
