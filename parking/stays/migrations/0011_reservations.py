"""Let a session hold a place for a later window, without slot until shortly before it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0006_reservations"),
        ("passes", "0001_initial"),
        ("payments", "0017_passes"),
        ("stays", "0010_exempt"),
        ("vehicles", "0003_pass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="parkingsession",
            name="one_open_session_per_vehicle",
        ),
        migrations.RemoveConstraint(
            model_name="parkingsession",
            name="session_state_fits_its_times",
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="ends_at",
            field=models.DateTimeField(
                blank=True, help_text="End of the reserved window; empty: booked for now", null=True
            ),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="late_at",
            field=models.DateTimeField(
                blank=True, help_text="When the driver asked for more time to arrive", null=True
            ),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="moved_from_zone",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Where it was reserved, if there was no place",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="facilities.parkingzone",
            ),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="phone",
            field=models.CharField(
                blank=True, default="", help_text="Of who comes; empty: the driver's own", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="plate_changed_at",
            field=models.DateTimeField(blank=True, help_text="When the driver named another plate", null=True),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="refund_until",
            field=models.DateTimeField(
                blank=True, help_text="Up to when cancelling a reservation gives all its money back", null=True
            ),
        ),
        migrations.AddField(
            model_name="parkingsession",
            name="slot_alone_since",
            field=models.DateTimeField(
                blank=True, help_text="Since when it has a slot while its vehicle is in another stay", null=True
            ),
        ),
        migrations.AlterField(
            model_name="parkingsession",
            name="end_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("EXIT", "Left through the gate"),
                    ("TERMINATED", "Ended by staff"),
                    ("CANCELLED", "Cancelled"),
                    ("NO_SHOW", "Did not come"),
                    ("UNPAID", "Fee not paid in time"),
                    ("NO_PLACE", "No place was free"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="parkingsession",
            index=models.Index(
                condition=models.Q(("ends_at__isnull", False), ("slot", None), ("status", "BOOKED")),
                fields=["starts_at"],
                name="session_without_slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkingsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("slot__isnull", False), ("slot_alone_since", None), ("status__in", ["BOOKED", "ACTIVE"])
                ),
                fields=("vehicle",),
                name="one_open_session_per_vehicle",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkingsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_reason", ""),
                        ("ended_at", None),
                        ("entry_time", None),
                        ("exit_time", None),
                        ("status", "BOOKED"),
                    ),
                    models.Q(
                        ("end_reason", ""),
                        ("ended_at", None),
                        ("entry_time__isnull", False),
                        ("exit_time", None),
                        ("status", "ACTIVE"),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("entry_time__isnull", False),
                        ("status", "COMPLETED"),
                        ("end_reason__in", ["EXIT", "TERMINATED"]),
                        ("exit_time__isnull", False),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("entry_time", None),
                        ("status", "CANCELLED"),
                        ("end_reason__in", ["CANCELLED", "NO_PLACE"]),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("entry_time", None),
                        ("status", "EXPIRED"),
                        ("end_reason__in", ["NO_SHOW", "UNPAID"]),
                    ),
                    _connector="OR",
                ),
                name="session_state_fits_its_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="parkingsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="session_window_has_length",
            ),
        ),
    ]
