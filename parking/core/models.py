"""Idempotency keys, heartbeats of workers, leases of sweeps, and what managers set."""

from typing import ClassVar

from django.db import models

# The "site" of a value that counts wherever a site has none of its own.
OPERATOR = 0


class IdempotencyKey(models.Model):
    """A client's key, its request and, once known, the answer.

    The row is written in the transaction of what the request creates; the answer follows when it is known.
    """

    caller = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the normalised body")
    subject = models.CharField(max_length=40, blank=True, help_text="What the request made, to resume after a crash")
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the kept answer")
    answer = models.TextField(blank=True, help_text="The kept answer, as it was sent")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "path", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"


class WorkerHeartbeat(models.Model):
    """A worker that runs, or that was killed: one that stops in good order deletes its row."""

    worker_id = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    sweeps = models.JSONField(
        default=dict, help_text="By name: when this worker last ran it, for how many seconds, and how much it did"
    )

    def __str__(self) -> str:
        return self.worker_id


class SweepLease(models.Model):
    """Who may run a sweep until when. On SQLite alone: PostgreSQL has advisory locks."""

    name = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Picture(models.Model):
    """A picture of the operator, such as the logo, under the digest of its content; never changed, never deleted."""

    digest = models.CharField(max_length=16, unique=True, help_text="First half of the SHA-256 of the content, in hex")
    png = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


class SettingValue(models.Model):
    """A value that a manager set for one site, or for all (`OPERATOR`). Written by `facilities.settings` alone."""

    name = models.CharField(max_length=40)
    site_id = models.BigIntegerField(default=OPERATOR, help_text="Id of the site; 0: all that have no value of theirs")
    value = models.JSONField()
    changed_by = models.BigIntegerField(null=True, help_text="User id, empty for the system")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "site_id"], name="setting_once_for_site"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
