"""Tokens of plastic, which cars carry in place of a ticket."""

from typing import ClassVar

from django.db import models

from parking.facilities.models import ParkingSite


class Token(models.Model):
    """One piece of plastic with a number and a code, given to one car after the other.

    `session` is the last one that it was given to: while that is open the token is out. Written by `stays.tokens`.
    """

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="tokens")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=12, unique=True)
    session = models.OneToOneField(
        "stays.ParkingSession", on_delete=models.PROTECT, null=True, blank=True, related_name="token"
    )
    lost_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "number"], name="token_number_once_at_site")]

    def __str__(self) -> str:
        return f"Token {self.number}"
