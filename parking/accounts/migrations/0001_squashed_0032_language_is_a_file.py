"""Make the tables of accounts in a new database, as all migrations up to 0032_language_is_a_file leave them."""

import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from parking.core.index_building import OnPostgres, add_parts_index
from parking.core.parts import DROP_FUNCTIONS, MAKE_FUNCTIONS
from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_user_by_email"),
        ("accounts", "0003_roles_and_permissions"),
        ("accounts", "0004_protected_accounts"),
        ("accounts", "0005_approvals"),
        ("accounts", "0006_special_slots"),
        ("accounts", "0007_drop_vouched"),
        ("accounts", "0008_pass_cancellations"),
        ("accounts", "0011_search"),
        ("accounts", "0009_price_approvals"),
        ("accounts", "0010_emergency_approvals"),
        ("accounts", "0030_invoice_write_off"),
        ("accounts", "0031_corrections"),
        ("accounts", "0032_language_is_a_file"),
    ]

    initial = True

    dependencies = []

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="User",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("password", models.CharField(max_length=128, verbose_name="password")),
                    ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                    (
                        "username",
                        models.CharField(
                            max_length=150, validators=[django.contrib.auth.validators.ASCIIUsernameValidator()]
                        ),
                    ),
                    ("email", models.EmailField(blank=True, max_length=254)),
                    ("phone", models.CharField(blank=True, max_length=20)),
                    ("first_name", models.CharField(blank=True, max_length=150)),
                    ("last_name", models.CharField(blank=True, max_length=150)),
                    (
                        "role",
                        models.CharField(
                            choices=[
                                ("ADMIN", "Manager"),
                                ("STAFF", "Gate attendant"),
                                ("USER", "Driver"),
                                ("AUDITOR", "Auditor"),
                            ],
                            default="USER",
                            max_length=10,
                        ),
                    ),
                    (
                        "is_active",
                        models.BooleanField(default=True, help_text="False: suspended, with immediate effect"),
                    ),
                    ("language", models.CharField(default="en", help_text="One of those installed", max_length=5)),
                    (
                        "token_epoch",
                        models.PositiveIntegerField(
                            default=0,
                            help_text="Tokens of an earlier epoch are dead; a password change begins a new one",
                        ),
                    ),
                    (
                        "site_ids",
                        models.JSONField(blank=True, default=list, help_text="Ids of the sites of work; empty: all"),
                    ),
                    (
                        "permissions",
                        models.JSONField(
                            blank=True, default=dict, help_text="What an attendant may do beside the role"
                        ),
                    ),
                    (
                        "special_slots",
                        models.JSONField(
                            blank=True,
                            default=list,
                            help_text="Kinds of special slots that a driver may book: ACCESSIBLE, VIP",
                        ),
                    ),
                    (
                        "disability_card",
                        models.CharField(
                            blank=True,
                            help_text="Number of the disability card that the office has checked",
                            max_length=40,
                        ),
                    ),
                    (
                        "email_confirmed_at",
                        models.DateTimeField(
                            blank=True,
                            help_text="When a link that was mailed there was used; empty: nobody knows whose it is",
                            null=True,
                        ),
                    ),
                    (
                        "password_must_change",
                        models.BooleanField(
                            default=False,
                            help_text="A manager chose the password; nothing else is open until its owner has",
                        ),
                    ),
                    ("date_joined", models.DateTimeField()),
                    # Columns that nothing knows any more: they go in a later release (0007).
                    ("vouched_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "vouched_by",
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
                    "constraints": [
                        models.UniqueConstraint(
                            django.db.models.functions.text.Lower("username"), name="username_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("role__in", ["ADMIN", "STAFF", "USER", "AUDITOR"])),
                            name="user_role_known",
                        ),
                    ],
                    "indexes": [models.Index(django.db.models.functions.text.Lower("email"), name="user_by_email")],
                },
            ),
            migrations.CreateModel(
                name="SignIn",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("started_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField(help_text="When the newest refresh token runs out")),
                    (
                        "ended_at",
                        models.DateTimeField(
                            blank=True, help_text="Signed out, or a spent token was seen again", null=True
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["expires_at"], name="sign_in_by_expiry")],
                },
            ),
            migrations.CreateModel(
                name="FailedName",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("username", models.CharField(help_text="In small letters", max_length=255, unique=True)),
                    ("failures", models.PositiveIntegerField(default=0)),
                    ("last_at", models.DateTimeField()),
                    ("paused_until", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["last_at"], name="failed_name_by_time")],
                },
            ),
            migrations.CreateModel(
                name="KnownAddress",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "user",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("address", models.CharField(max_length=32)),
                    ("last_at", models.DateTimeField()),
                ],
                options={
                    "indexes": [models.Index(fields=["last_at"], name="known_address_by_time")],
                    "constraints": [models.UniqueConstraint(fields=("user", "address"), name="known_address_once")],
                },
            ),
            migrations.CreateModel(
                name="Repetition",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(help_text="Hash of who and what", max_length=64)),
                    ("minute", models.DateTimeField()),
                    (
                        "times",
                        models.PositiveIntegerField(
                            default=0, help_text="Beside the first, which has a line of its own"
                        ),
                    ),
                    ("actor_id", models.BigIntegerField(null=True)),
                    ("actor_role", models.CharField(blank=True, max_length=10)),
                    ("action", models.CharField(max_length=60)),
                    ("facts", models.JSONField(default=dict)),
                ],
                options={
                    "indexes": [models.Index(fields=["minute"], name="repetition_by_minute")],
                    "constraints": [models.UniqueConstraint(fields=("key", "minute"), name="repetition_once")],
                },
            ),
            migrations.CreateModel(
                name="CallWindow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("scope", models.CharField(max_length=20)),
                    ("address", models.CharField(max_length=64)),
                    ("minute", models.DateTimeField()),
                    ("calls", models.PositiveIntegerField(default=1)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("scope", "address", "minute"), name="call_window_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Approval",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("CASH_REFUND", "Money of the counter that goes back"),
                                ("PASS_CANCELLATION", "A pass that is ended before its time"),
                                ("TARIFF", "A tariff of a zone that makes a running day cheaper"),
                                ("RATE_CARD", "A version of a rate card that makes a running day cheaper"),
                                ("PROMO_CODE", "A promo code of 80 percent and more"),
                                ("INVOICE_WRITE_OFF", "What an organisation owes that is given up"),
                                ("EMERGENCY", "An emergency in which every car is let out"),
                                ("VEHICLE_KIND", "Another kind of a car inside that makes it pay less"),
                                ("PLATE", "Another plate of a car inside that owes less"),
                            ],
                            max_length=20,
                        ),
                    ),
                    ("subject_id", models.BigIntegerField()),
                    ("site_id", models.BigIntegerField(blank=True, null=True)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    (
                        "facts",
                        models.JSONField(
                            default=dict, help_text="Ids and amounts, as texts of rupees; no names, no plates"
                        ),
                    ),
                    (
                        "decision",
                        models.CharField(
                            blank=True,
                            choices=[("APPROVE", "Approved"), ("REFUSE", "Refused")],
                            help_text="Empty: it waits",
                            max_length=7,
                        ),
                    ),
                    (
                        "decided_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decided_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "indexes": [
                        models.Index(condition=models.Q(("decision", "")), fields=["asked_at"], name="approval_waiting")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_at", None), ("decision", "")),
                                models.Q(("decided_at__isnull", False), ("decision__in", ["APPROVE", "REFUSE"])),
                                _connector="OR",
                            ),
                            name="approval_decision_has_time",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("decision", "")),
                            fields=("kind", "subject_id"),
                            name="approval_waits_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "CASH_REFUND",
                                        "PASS_CANCELLATION",
                                        "TARIFF",
                                        "RATE_CARD",
                                        "PROMO_CODE",
                                        "INVOICE_WRITE_OFF",
                                        "EMERGENCY",
                                        "VEHICLE_KIND",
                                        "PLATE",
                                    ],
                                )
                            ),
                            name="approval_kind_known",
                        ),
                    ],
                },
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="user", name="vouched_at"),
                migrations.RemoveField(model_name="user", name="vouched_by"),
            ],
        ),
        OnPostgres(MAKE_FUNCTIONS, DROP_FUNCTIONS),
        add_parts_index(
            "user_by_part",
            "accounts_user",
            "username",
            "first_name",
            "last_name",
            "email",
            "phone",
            beside_traffic=False,
        ),
    ]
