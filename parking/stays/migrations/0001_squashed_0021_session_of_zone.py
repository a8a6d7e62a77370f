"""Make the tables of stays in a new database, as all migrations up to 0021_session_of_zone leave them."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from parking.core.index_building import add_parts_index
from parking.core.table_making import MakeTables, keep_defaults


class Migration(migrations.Migration):
    replaces = [
        ("stays", "0001_initial"),
        ("stays", "0002_upi_at_the_counter"),
        ("stays", "0003_payment_method_none"),
        ("stays", "0004_gates"),
        ("stays", "0005_offers"),
        ("stays", "0006_passes"),
        ("stays", "0008_gate"),
        ("stays", "0009_search"),
        ("stays", "0010_exempt"),
        ("stays", "0011_reservations"),
        ("stays", "0012_waiting_list"),
        ("stays", "0015_card"),
        ("stays", "0017_tokens"),
        ("stays", "0018_paper_slips"),
        ("stays", "0019_left_behind"),
        ("stays", "0020_counter_displays"),
        ("stays", "0021_session_of_zone"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0032_language_is_a_file"),
        ("facilities", "0001_squashed_0010_kept_slots"),
        ("passes", "0001_squashed_0008_kept_slots"),
        ("payments", "0001_squashed_0030_invoice_orders"),
        ("vehicles", "0001_squashed_0004_kinds"),
    ]

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="ExemptClass",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exempt_classes",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("name", models.CharField(help_text="As it stands on bills, after `Exempt: `", max_length=40)),
                    ("is_active", models.BooleanField(default=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("site", "name"), name="exempt_class_once_at_site")],
                },
            ),
            migrations.CreateModel(
                name="PaperBlock",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_blocks",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("name", models.CharField(help_text="As it is printed on each slip", max_length=12)),
                    ("first", models.PositiveIntegerField()),
                    ("last", models.PositiveIntegerField()),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("site", "name"), name="paper_block_once_at_site"),
                        models.CheckConstraint(
                            condition=models.Q(("last__gte", models.F("first"))), name="paper_block_has_slips"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkingSession",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("qr_code", models.CharField(max_length=20, unique=True)),
                    (
                        "status",
                        models.CharField(
                            choices=[
                                ("BOOKED", "Booked"),
                                ("ACTIVE", "Car inside"),
                                ("COMPLETED", "Completed"),
                                ("CANCELLED", "Cancelled"),
                                ("EXPIRED", "Expired"),
                            ],
                            default="BOOKED",
                            max_length=10,
                        ),
                    ),
                    (
                        "end_reason",
                        models.CharField(
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
                    (
                        "end_note",
                        models.CharField(blank=True, help_text="The reason that a person gave", max_length=200),
                    ),
                    (
                        "driver",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sessions",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("owner_name", models.CharField(max_length=100)),
                    (
                        "vehicle",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="vehicles.vehicle"
                        ),
                    ),
                    ("vehicle_kind", models.CharField(max_length=12)),
                    (
                        "zone",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sessions",
                            to="facilities.parkingzone",
                        ),
                    ),
                    (
                        "slot",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sessions",
                            to="facilities.parkingslot",
                        ),
                    ),
                    (
                        "bill",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT, related_name="session", to="payments.bill"
                        ),
                    ),
                    (
                        "terms",
                        models.JSONField(help_text="Copy of the tariffs.rules.Terms that the stay was booked under"),
                    ),
                    (
                        "offers",
                        models.JSONField(
                            blank=True, default=dict, help_text="The tariffs.rules.Offers that the stay has"
                        ),
                    ),
                    (
                        "subscription",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            help_text="The pass that covers it",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="sessions",
                            to="passes.subscription",
                        ),
                    ),
                    (
                        "pass_note",
                        models.CharField(
                            blank=True,
                            choices=[("ALL_INSIDE", "As many as the pass allows were inside already")],
                            default="",
                            help_text="Why a pass does not cover it",
                            max_length=12,
                        ),
                    ),
                    (
                        "payment_method",
                        models.CharField(
                            blank=True,
                            choices=[
                                ("CASH", "Cash"),
                                ("ONLINE", "Online"),
                                ("UPI", "UPI at the counter"),
                                ("CARD", "Card at the counter"),
                                ("NONE", "Nobody paid"),
                            ],
                            max_length=6,
                        ),
                    ),
                    (
                        "marks",
                        models.JSONField(blank=True, default=list, help_text="What was unusual: stays.marks.Mark"),
                    ),
                    (
                        "without_slot",
                        models.BooleanField(
                            default=False,
                            help_text="Inside although nobody gave it a slot: found, lost ticket, paper slip, offline",
                        ),
                    ),
                    (
                        "open_notes",
                        models.PositiveSmallIntegerField(
                            default=0, help_text="Notes and problems that are not ticked off"
                        ),
                    ),
                    ("booked_at", models.DateTimeField()),
                    (
                        "starts_at",
                        models.DateTimeField(
                            help_text="Beginning of the booked window; the booking itself, if for now"
                        ),
                    ),
                    (
                        "ends_at",
                        models.DateTimeField(
                            blank=True, help_text="End of the reserved window; empty: booked for now", null=True
                        ),
                    ),
                    (
                        "refund_until",
                        models.DateTimeField(
                            blank=True,
                            help_text="Up to when cancelling a reservation gives all its money back",
                            null=True,
                        ),
                    ),
                    (
                        "slot_alone_since",
                        models.DateTimeField(
                            blank=True,
                            help_text="Since when it has a slot while its vehicle is in another stay",
                            null=True,
                        ),
                    ),
                    (
                        "moved_from_zone",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            help_text="Where it was reserved, if there was no place",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.parkingzone",
                        ),
                    ),
                    (
                        "phone",
                        models.CharField(
                            blank=True, default="", help_text="Of who comes; empty: the driver's own", max_length=20
                        ),
                    ),
                    (
                        "late_at",
                        models.DateTimeField(
                            blank=True, help_text="When the driver asked for more time to arrive", null=True
                        ),
                    ),
                    (
                        "plate_changed_at",
                        models.DateTimeField(blank=True, help_text="When the driver named another plate", null=True),
                    ),
                    (
                        "voucher",
                        models.CharField(
                            blank=True,
                            default="",
                            help_text="What its driver got because there was no place",
                            max_length=20,
                        ),
                    ),
                    (
                        "pay_by",
                        models.DateTimeField(
                            blank=True, help_text="When an unpaid fee ends the booking; empty: no fee", null=True
                        ),
                    ),
                    ("enter_by", models.DateTimeField(help_text="After this a car that has not come is a no-show")),
                    ("entry_time", models.DateTimeField(blank=True, null=True)),
                    ("exit_time", models.DateTimeField(blank=True, null=True)),
                    (
                        "entry_gate",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            help_text="Where it was let in",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.gate",
                        ),
                    ),
                    (
                        "exit_gate",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            help_text="Where it was scanned out",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="facilities.gate",
                        ),
                    ),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["driver", "-id"], name="session_of_driver"),
                        models.Index(fields=["booked_at"], name="session_by_booking"),
                        models.Index(fields=["ended_at"], name="session_by_end"),
                        models.Index(
                            condition=models.Q(("status", "BOOKED")), fields=["enter_by"], name="session_to_enter"
                        ),
                        models.Index(
                            condition=models.Q(("status", "ACTIVE")), fields=["entry_time"], name="session_inside"
                        ),
                        models.Index(
                            condition=models.Q(("status__in", ["BOOKED", "ACTIVE"])),
                            fields=["zone"],
                            name="session_open_in_zone",
                        ),
                        models.Index(
                            condition=models.Q(("subscription__isnull", False)),
                            fields=["subscription"],
                            name="session_under_pass",
                        ),
                        models.Index(
                            condition=models.Q(("entry_time__isnull", False)),
                            fields=["entry_time"],
                            name="session_by_entry",
                        ),
                        models.Index(
                            condition=models.Q(("ends_at__isnull", False), ("slot", None), ("status", "BOOKED")),
                            fields=["starts_at"],
                            name="session_without_slot",
                        ),
                        models.Index(fields=["zone", "id"], name="session_of_zone"),
                        models.Index(
                            condition=models.Q(
                                ("end_reason__in", ["TERMINATED", "CANCELLED", "NO_PLACE", "NO_SHOW", "UNPAID"])
                            ),
                            fields=["end_reason", "id"],
                            name="session_by_other_end",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("status__in", ["BOOKED", "ACTIVE"])),
                            fields=("slot",),
                            name="one_open_session_per_slot",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("exit_time", None), ("exit_time__gte", models.F("entry_time")), _connector="OR"
                            ),
                            name="session_exit_after_entry",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("status__in", ["BOOKED", "CANCELLED", "EXPIRED"]),
                                ("slot__isnull", False),
                                ("without_slot", True),
                                _connector="OR",
                            ),
                            name="session_inside_has_slot",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(
                                ("slot__isnull", False),
                                ("slot_alone_since", None),
                                ("status__in", ["BOOKED", "ACTIVE"]),
                            ),
                            fields=("vehicle",),
                            name="one_open_session_per_vehicle",
                        ),
                        models.CheckConstraint(
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
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                            ),
                            name="session_window_has_length",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WaitingEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
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
                    (
                        "driver",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="waiting_entries",
                            to=settings.AUTH_USER_MODEL,
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
                    (
                        "vehicle",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="waiting_entries",
                            to="vehicles.vehicle",
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
                    ("created_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                                models.Q(
                                    ("ended_at__isnull", False), ("state__in", ["TAKEN", "LAPSED", "LEFT", "OVER"])
                                ),
                                _connector="OR",
                            ),
                            name="waiting_state_fits",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CounterDisplay",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("secret_hash", models.CharField(max_length=64, unique=True)),
                    ("code", models.CharField(blank=True, help_text="Empty once it is paired", max_length=6)),
                    ("code_until", models.DateTimeField()),
                    (
                        "gate",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="displays",
                            to="facilities.gate",
                        ),
                    ),
                    (
                        "paired_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("paired_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "session",
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="stays.parkingsession",
                        ),
                    ),
                    ("shown_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("code", ""), _negated=True), fields=("code",), name="display_code_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("code", ""), ("gate__isnull", False), ("paired_at__isnull", False)),
                                models.Q(models.Q(("code", ""), _negated=True), ("gate", None)),
                                _connector="OR",
                            ),
                            name="display_paired_or_code",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ParkingSessionEvidence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evidence",
                            to="stays.parkingsession",
                        ),
                    ),
                    ("moment", models.CharField(choices=[("ENTRY", "Entry"), ("EXIT", "Exit")], max_length=6)),
                    ("note", models.CharField(blank=True, max_length=100)),
                    ("jpeg", models.BinaryField()),
                    (
                        "taken_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("moment__in", ["ENTRY", "EXIT"])), name="evidence_moment_known"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Exemption",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exemptions",
                            to="stays.parkingsession",
                        ),
                    ),
                    (
                        "exempt_class",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exemptions",
                            to="stays.exemptclass",
                        ),
                    ),
                    (
                        "photo",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exemption",
                            to="stays.parkingsessionevidence",
                        ),
                    ),
                    (
                        "given_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("given_at", models.DateTimeField()),
                    ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["given_at"], name="exemption_by_time")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("withdrawn_at", None)), fields=("session",), name="one_exemption_holds"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LeftBehindStep",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="left_behind_steps",
                            to="stays.parkingsession",
                        ),
                    ),
                    (
                        "way",
                        models.CharField(
                            choices=[
                                ("MESSAGE", "Message to the driver"),
                                ("NOTICE", "Notice with photo at the vehicle"),
                                ("LETTER", "Letter to the owner"),
                            ],
                            max_length=7,
                        ),
                    ),
                    ("due_at", models.DateTimeField(help_text="When the sweep wrote it")),
                    ("done_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "done_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="left_behind_to_do")
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("session", "way"), name="left_behind_step_once"),
                        models.CheckConstraint(
                            condition=models.Q(("way__in", ["MESSAGE", "NOTICE", "LETTER"])),
                            name="left_behind_way_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SessionNote",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="stays.parkingsession"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("NOTE", "Note"),
                                ("IDENTIFICATION", "Who the driver is"),
                                ("PAYMENT", "Payment"),
                                ("DAMAGE", "Damage"),
                                ("CONFLICT", "Conflict"),
                                ("OTHER", "Something else"),
                            ],
                            default="NOTE",
                            max_length=14,
                        ),
                    ),
                    ("text", models.CharField(max_length=200)),
                    (
                        "written_by",
                        models.ForeignKey(
                            blank=True,
                            help_text="Empty: whoever holds the receipt",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("written_at", models.DateTimeField()),
                    (
                        "done_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("done_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("done_at", None)), fields=["written_at"], name="session_note_open"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["NOTE", "IDENTIFICATION", "PAYMENT", "DAMAGE", "CONFLICT", "OTHER"])
                            ),
                            name="session_note_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("done_at", None), ("done_by", None)),
                                models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="session_note_done_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PaperSlip",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "block",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="slips", to="stays.paperblock"
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    (
                        "session",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="paper_slip",
                            to="stays.parkingsession",
                        ),
                    ),
                    ("stated_entry", models.DateTimeField()),
                    ("stated_exit", models.DateTimeField(blank=True, null=True)),
                    ("stated_cash", models.DecimalField(decimal_places=2, max_digits=10)),
                    (
                        "stated_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("stated_at", models.DateTimeField(help_text="When the server took it")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("block", "number"), name="paper_slip_once"),
                        models.CheckConstraint(
                            condition=models.Q(("stated_cash__gte", 0)), name="paper_cash_not_negative"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Token",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="tokens",
                            to="facilities.parkingsite",
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("code", models.CharField(max_length=12, unique=True)),
                    (
                        "session",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="token",
                            to="stays.parkingsession",
                        ),
                    ),
                    ("lost_at", models.DateTimeField(blank=True, null=True)),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("site", "number"), name="token_number_once_at_site")
                    ],
                },
            ),
            migrations.CreateModel(
                name="GateScan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("kind", models.CharField(choices=[("ENTRY", "Entry"), ("EXIT", "Exit")], max_length=5)),
                    ("scan_id", models.CharField(max_length=64)),
                    (
                        "session",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="stays.parkingsession"
                        ),
                    ),
                    ("created_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("session", "kind", "scan_id"), name="gate_scan_once")
                    ],
                },
            ),
        ),
        keep_defaults("stays_parkingsession", pass_note=""),
        add_parts_index(
            "session_by_part", "stays_parkingsession", "owner_name", where="ended_at IS NOT NULL", beside_traffic=False
        ),
    ]
