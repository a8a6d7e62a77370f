"""The table of idempotency keys."""

from typing import ClassVar

from django.db import models


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
