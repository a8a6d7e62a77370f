"""Classes of vehicles that pay nothing at a site, the sessions that were exempted, and photos of sessions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.facilities.models import ParkingSite


class ExemptClass(models.Model):
    """A class of vehicles that pay nothing at a site, such as ambulances."""

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="exempt_classes")
    name = models.CharField(max_length=40, help_text="As it stands on bills, after `Exempt: `")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="exempt_class_once_at_site"),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceMoment(models.TextChoices):
    ENTRY = "ENTRY", "Entry"
    EXIT = "EXIT", "Exit"


class ParkingSessionEvidence(models.Model):
    """A photo of a parking session, in the database: who may see the session at work sees it, nobody else."""

    session = models.ForeignKey("stays.ParkingSession", on_delete=models.PROTECT, related_name="evidence")
    moment = models.CharField(max_length=6, choices=EvidenceMoment.choices)
    note = models.CharField(max_length=100, blank=True)
    jpeg = models.BinaryField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(moment__in=EvidenceMoment.values), name="evidence_moment_known"),
        ]

    def __str__(self) -> str:
        return f"Photo {self.pk}"


class Exemption(models.Model):
    """That a parking session pays nothing, by whose word and photo. One holds at a time; a mistake is withdrawn."""

    session = models.ForeignKey("stays.ParkingSession", on_delete=models.PROTECT, related_name="exemptions")
    exempt_class = models.ForeignKey(ExemptClass, on_delete=models.PROTECT, related_name="exemptions")
    photo = models.OneToOneField(ParkingSessionEvidence, on_delete=models.PROTECT, related_name="exemption")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session"], condition=Q(withdrawn_at=None), name="one_exemption_holds"),
        ]
        indexes: ClassVar = [models.Index(fields=["given_at"], name="exemption_by_time")]

    def __str__(self) -> str:
        return f"Exemption {self.pk}"
