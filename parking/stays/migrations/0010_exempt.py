"""Tables for exempt classes of vehicles, the sessions that were exempted, and photos of sessions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0007_kinds"),
        ("stays", "0009_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExemptClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="As it stands on bills, after `Exempt: `", max_length=40)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exempt_classes",
                        to="facilities.parkingsite",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ParkingSessionEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moment", models.CharField(choices=[("ENTRY", "Entry"), ("EXIT", "Exit")], max_length=6)),
                ("note", models.CharField(blank=True, max_length=100)),
                ("jpeg", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="stays.parkingsession"
                    ),
                ),
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
            ],
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "exempt_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exemptions", to="stays.exemptclass"
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
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemptions",
                        to="stays.parkingsession",
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
            ],
        ),
        migrations.AddConstraint(
            model_name="exemptclass",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="exempt_class_once_at_site"),
        ),
        migrations.AddConstraint(
            model_name="parkingsessionevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("moment__in", ["ENTRY", "EXIT"])), name="evidence_moment_known"
            ),
        ),
        migrations.AddIndex(
            model_name="exemption",
            index=models.Index(fields=["given_at"], name="exemption_by_time"),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("session",), name="one_exemption_holds"
            ),
        ),
    ]
