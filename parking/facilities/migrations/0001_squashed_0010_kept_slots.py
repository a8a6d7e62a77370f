"""Make the tables of facilities in a new database, as all migrations up to 0010_kept_slots leave them."""

import django.db.models.deletion
import uuid
from typing import Any

from django.conf import settings
from django.db import migrations, models

from parking.core.table_making import MakeTables


def _vehicle_kinds(**db_default: Any) -> Any:
    about = "Kinds of vehicle that park here; empty: all"
    return models.JSONField(blank=True, default=list, help_text=about, **db_default)


def _kept(**default: Any) -> Any:
    return models.BooleanField(help_text="Kept for the cars of a pass, also while it is free", **default)


class Migration(migrations.Migration):
    replaces = [
        ("facilities", "0001_initial"),
        ("facilities", "0002_sites_and_gates"),
        ("facilities", "0003_code_sites"),
        ("facilities", "0004_site_code_needed"),
        ("facilities", "0005_zone_minutes_optional"),
        ("facilities", "0006_reservations"),
        ("facilities", "0007_kinds"),
        ("facilities", "0008_emergencies"),
        ("facilities", "0009_zone_closures"),
        ("facilities", "0010_kept_slots"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        # No table here needs these two. They are made the faster, the fewer models there are.
        ("notifications", "0001_initial"),
        ("token_blacklist", "0012_alter_outstandingtoken_user"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="ParkingSite",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=100, unique=True)),
                    ("code", models.CharField(help_text="2 to 6 capital letters", max_length=6, unique=True)),
                    ("address", models.CharField(blank=True, max_length=200)),
                    ("place", models.CharField(blank=True, max_length=200)),
                    ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                    ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                    ("contact", models.CharField(blank=True, max_length=100)),
                    ("time_zone", models.CharField(default="Asia/Kolkata", max_length=40)),
                    ("opens_at", models.TimeField(blank=True, help_text="Empty: open round the clock", null=True)),
                    ("closes_at", models.TimeField(blank=True, null=True)),
                    ("last_exit_at", models.TimeField(blank=True, null=True)),
                    # A process of the former release leaves it out: the database keeps the default for it.
                    ("vehicle_kinds", _vehicle_kinds(db_default=models.Value([], models.JSONField()))),
                    (
                        "state",
                        models.CharField(
                            choices=[("OPEN", "Open"), ("CLOSED", "Closed")], default="CLOSED", max_length=6
                        ),
                    ),
                    ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["OPEN", "CLOSED"])), name="site_state_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closes_at", None), ("opens_at", None)),
                                models.Q(("closes_at__isnull", False), ("opens_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="site_hours_both_or_none",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("latitude", None), ("longitude", None)),
                                models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                                _connector="OR",
                            ),
                            name="site_point_both_or_none",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkingZone",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="zones",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("name", models.CharField(max_length=100)),
                    ("hourly_rate", models.DecimalField(decimal_places=2, max_digits=10)),
                    ("booking_fee", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "hold_minutes",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="Time to pay the booking fee; empty: as the site's setting says",
                            null=True,
                        ),
                    ),
                    (
                        "no_show_minutes",
                        models.PositiveSmallIntegerField(
                            blank=True,
                            help_text="Time to enter after the start; empty: as the site's setting says",
                            null=True,
                        ),
                    ),
                    ("is_active", models.BooleanField(default=True)),
                    ("opens_at", models.TimeField(blank=True, help_text="Empty: open round the clock", null=True)),
                    ("closes_at", models.TimeField(blank=True, null=True)),
                    ("contact", models.CharField(blank=True, max_length=100)),
                    ("place", models.CharField(blank=True, max_length=200)),
                    ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                    ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                    (
                        "features",
                        models.JSONField(
                            blank=True, default=list, help_text="For example covered, guarded, ev_charging"
                        ),
                    ),
                    ("restrictions", models.CharField(blank=True, max_length=200)),
                    (
                        "marked",
                        models.BooleanField(
                            default=True, help_text="False: places are counted, without numbers on the ground"
                        ),
                    ),
                    (
                        "allowed_kinds",
                        models.JSONField(blank=True, default=list, help_text="Kinds of vehicle; empty: all"),
                    ),
                    ("max_height_cm", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("pass_only", models.BooleanField(default=False, help_text="Only vehicles with a pass")),
                    (
                        "next_reservation_at",
                        models.DateTimeField(
                            blank=True,
                            editable=False,
                            help_text="Start of the next reservation that has no slot yet",
                            null=True,
                        ),
                    ),
                    ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                    ("updated_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("retired_at", None)), fields=("site", "name"), name="zone_name_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("hourly_rate__gte", 0)), name="zone_rate_not_negative"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("booking_fee__gte", 0)), name="zone_fee_not_negative"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("closes_at", None), ("opens_at", None)),
                                models.Q(("closes_at__isnull", False), ("opens_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="zone_hours_both_or_none",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Gate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="gates",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("name", models.CharField(max_length=60)),
                    (
                        "direction",
                        models.CharField(
                            choices=[("IN", "In"), ("OUT", "Out"), ("BOTH", "In and out")], default="BOTH", max_length=4
                        ),
                    ),
                    ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                    ("zones", models.ManyToManyField(blank=True, related_name="gates", to="facilities.parkingzone")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("retired_at", None)), fields=("site", "name"), name="gate_name_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("direction__in", ["IN", "OUT", "BOTH"])), name="gate_direction_known"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ZoneClosure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="closures",
                            to="facilities.parkingzone",
                        ),
                    ),
                    ("from_at", models.DateTimeField()),
                    ("until_at", models.DateTimeField(blank=True, null=True)),
                    ("counted_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("counted_at", None)), fields=["from_at"], name="zone_closure_to_count"
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until_at", None)), fields=("zone",), name="zone_closed_once_at_a_time"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("until_at", None), ("until_at__gte", models.F("from_at")), _connector="OR"
                            ),
                            name="zone_closure_ends_after_start",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkingSlot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "zone",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="slots",
                            to="facilities.parkingzone",
                        ),
                    ),
                    ("slot_number", models.CharField(max_length=50)),
                    (
                        "sort_key",
                        models.CharField(
                            help_text="The number with its digits padded: A-2 comes before A-10", max_length=80
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("CAR", "Car"),
                                ("TWO_WHEELER", "Two-wheeler"),
                                ("EV", "Electric car"),
                                ("BICYCLE", "Bicycle"),
                                ("LARGE", "Large vehicle"),
                                ("ACCESSIBLE", "Accessible"),
                                ("VIP", "VIP"),
                            ],
                            default="CAR",
                            max_length=12,
                        ),
                    ),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("FREE", "Free"),
                                ("BOOKED", "Booked"),
                                ("OCCUPIED", "Occupied"),
                                ("OUT_OF_SERVICE", "Out of service"),
                            ],
                            default="FREE",
                            max_length=14,
                        ),
                    ),
                    ("kept", _kept(db_default=False)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [
                        models.Index(
                            models.F("zone"),
                            models.F("kind"),
                            models.OrderBy(models.F("sort_key")),
                            condition=models.Q(("status", "FREE")),
                            name="slot_free_in_order",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("zone", "slot_number"), name="slot_number_once_in_zone"),
                        models.CheckConstraint(
                            condition=models.Q(("status__in", ["FREE", "BOOKED", "OCCUPIED", "OUT_OF_SERVICE"])),
                            name="slot_status_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["CAR", "TWO_WHEELER", "EV", "BICYCLE", "LARGE", "ACCESSIBLE", "VIP"])
                            ),
                            name="slot_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Emergency",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="emergencies",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("reason", models.CharField(max_length=200)),
                    ("minutes", models.PositiveSmallIntegerField()),
                    (
                        "begun_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    (
                        "confirmed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("begins_at", models.DateTimeField(blank=True, help_text="Empty: nobody confirmed it", null=True)),
                    ("ends_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "ended_at",
                        models.DateTimeField(blank=True, help_text="When somebody ended or refused it", null=True),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("ended_at", None)), fields=["site"], name="emergency_not_ended"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("minutes__gte", 1), ("minutes__lte", 240)), name="emergency_has_an_end"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("begins_at", None), ("confirmed_by", None), ("ends_at", None)),
                                models.Q(
                                    ("begins_at__isnull", False),
                                    ("confirmed_by__isnull", False),
                                    ("ends_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="emergency_is_confirmed",
                        ),
                    ],
                },
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("parkingsite", "vehicle_kinds", _vehicle_kinds()),
                migrations.AlterField("parkingslot", "kept", _kept(default=False)),
            ],
        ),
    ]
