"""Let organisations have a pass, and invoices by the month."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("passes", "0002_reminders"),
        ("payments", "0019_organisations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganisationInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="Of the month, the first is 1")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="Excluded")),
                ("vehicles", models.PositiveSmallIntegerField(help_text="How many were on the list at once at most")),
                ("due_on", models.DateField(help_text="The last day on which it is paid in time")),
                ("due_at", models.DateTimeField(help_text="The midnight after that day")),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="subscription",
            name="amber_at",
            field=models.DateTimeField(
                blank=True, help_text="From when an invoice of its organisation is overdue", null=True
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="paying_at",
            field=models.DateTimeField(
                blank=True, help_text="From when its vehicles pay like others, because of that invoice", null=True
            ),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="driver",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose it is; empty for that of an organisation",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="passes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("TENANT", "Tenant"),
                            ("HOSPITAL", "Hospital"),
                            ("COMPANY", "Company"),
                            ("SOCIETY", "Society"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "gstin",
                    models.CharField(
                        blank=True, help_text="Empty: not registered", max_length=15, verbose_name="GSTIN"
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300)),
                (
                    "vehicles",
                    models.PositiveSmallIntegerField(help_text="How many vehicles may be on its list at once"),
                ),
                ("inside", models.PositiveSmallIntegerField(help_text="How many of them may be inside at once")),
                (
                    "pricing",
                    models.CharField(choices=[("PER_VEHICLE", "Per_Vehicle"), ("LUMP_SUM", "Lump_Sum")], max_length=11),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2, help_text="Of a month, for each vehicle or for all", max_digits=10
                    ),
                ),
                ("billing", models.CharField(choices=[("AHEAD", "Ahead"), ("MONTHLY", "Monthly")], max_length=7)),
                ("due_days", models.PositiveSmallIntegerField(help_text="How many days after an invoice it is due")),
                (
                    "amber_days",
                    models.PositiveSmallIntegerField(help_text="How many days an overdue invoice is amber at the gate"),
                ),
                ("starts_on", models.DateField()),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="The last day; empty: until further notice", null=True),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        help_text="The account that sees its list and invoices",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="organisations", to="passes.plan"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="subscription",
            name="organisation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subscription",
                to="passes.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amber_at", None), ("driver__isnull", False), ("organisation", None), ("paying_at", None)
                    ),
                    models.Q(("driver", None), ("organisation__isnull", False)),
                    _connector="OR",
                ),
                name="pass_of_driver_or_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amber_at", None), ("paying_at", None)),
                    ("paying_at__gte", models.F("amber_at")),
                    _connector="OR",
                ),
                name="pass_amber_before_paying",
            ),
        ),
        migrations.AddField(
            model_name="organisationinvoice",
            name="bill",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="organisation_invoice", to="payments.bill"
            ),
        ),
        migrations.AddField(
            model_name="organisationinvoice",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="passes.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(fields=("plan", "name"), name="organisation_name_once"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["TENANT", "HOSPITAL", "COMPANY", "SOCIETY"]),
                    ("pricing__in", ["PER_VEHICLE", "LUMP_SUM"]),
                    ("billing__in", ["AHEAD", "MONTHLY"]),
                ),
                name="organisation_words_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(condition=models.Q(("price__gt", 0)), name="organisation_price_positive"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("inside__gte", 1), ("vehicles__gte", models.F("inside"))),
                name="organisation_inside_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="organisation_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="organisationinvoice",
            index=models.Index(
                condition=models.Q(("paid_at", None)), fields=["organisation", "due_at"], name="invoice_unpaid"
            ),
        ),
        migrations.AddConstraint(
            model_name="organisationinvoice",
            constraint=models.UniqueConstraint(fields=("organisation", "number"), name="organisation_month_once"),
        ),
        migrations.AddConstraint(
            model_name="organisationinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="organisation_month_ends_after_start"
            ),
        ),
    ]
