"""Make the tables of core in a new database, as all migrations up to 0005_picture leave them."""

from django.db import migrations, models

from parking.core.table_making import MakeTables


class Migration(migrations.Migration):
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_workers"),
        ("core", "0003_delete_sweep_tasks"),
        ("core", "0004_settings"),
        ("core", "0005_picture"),
    ]

    initial = True

    dependencies = []

    operations = [
        MakeTables(
            migrations.CreateModel(
                name="IdempotencyKey",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("caller", models.CharField(max_length=64)),
                    ("path", models.CharField(max_length=200)),
                    ("key", models.CharField(max_length=64)),
                    ("fingerprint", models.CharField(help_text="SHA-256 of the normalised body", max_length=64)),
                    (
                        "subject",
                        models.CharField(
                            blank=True, help_text="What the request made, to resume after a crash", max_length=40
                        ),
                    ),
                    ("status", models.PositiveSmallIntegerField(help_text="HTTP status of the kept answer", null=True)),
                    ("answer", models.TextField(blank=True, help_text="The kept answer, as it was sent")),
                    ("created_at", models.DateTimeField(db_index=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("caller", "path", "key"), name="idempotency_key_once")
                    ],
                },
            ),
            migrations.CreateModel(
                name="WorkerHeartbeat",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("worker_id", models.CharField(max_length=64, unique=True)),
                    ("started_at", models.DateTimeField()),
                    ("beat_at", models.DateTimeField(db_index=True)),
                    (
                        "sweeps",
                        models.JSONField(
                            default=dict,
                            help_text="By name: when this worker last ran it, for how many seconds, and how much it did",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="SweepLease",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=64, unique=True)),
                    ("owner", models.CharField(max_length=64)),
                    ("expires_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="Picture",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "digest",
                        models.CharField(
                            help_text="First half of the SHA-256 of the content, in hex", max_length=16, unique=True
                        ),
                    ),
                    ("png", models.BinaryField()),
                    ("created_at", models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name="SettingValue",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=40)),
                    (
                        "site_id",
                        models.BigIntegerField(
                            default=0, help_text="Id of the site; 0: all that have no value of theirs"
                        ),
                    ),
                    ("value", models.JSONField()),
                    ("changed_by", models.BigIntegerField(help_text="User id, empty for the system", null=True)),
                    ("changed_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("name", "site_id"), name="setting_once_for_site")],
                },
            ),
        )
    ]
