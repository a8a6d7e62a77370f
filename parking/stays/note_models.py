"""Notes and problems of a stay."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class NoteKind(models.TextChoices):
    """A note, or what kind of problem it is."""

    NOTE = "NOTE", "Note"
    IDENTIFICATION = "IDENTIFICATION", "Who the driver is"
    PAYMENT = "PAYMENT", "Payment"
    DAMAGE = "DAMAGE", "Damage"
    CONFLICT = "CONFLICT", "Conflict"
    OTHER = "OTHER", "Something else"


class SessionNote(models.Model):
    """What an attendant writes about a stay for whoever scans it next. Written by `stays.notes` alone.

    It is shown at each scan until somebody ticks it off.
    """

    session = models.ForeignKey("stays.ParkingSession", on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=14, choices=NoteKind.choices, default=NoteKind.NOTE)
    text = models.CharField(max_length=200)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: whoever holds the receipt",
    )
    written_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values), name="session_note_kind_known"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="session_note_done_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["written_at"], condition=Q(done_at=None), name="session_note_open"),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"
