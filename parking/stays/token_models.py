"""Tokens of plastic, which cars carry in place of a ticket."""

from typing import ClassVar

from django.db import models

from parking.facilities.models import ParkingSite


class TokenItem(models.TextChoices):
    """What a token is for."""

    VEHICLE = "VEHICLE", "Vehicle"
    HELMET = "HELMET", "Helmet"
    BAG = "BAG", "Bag"


class Token(models.Model):
    """One piece of plastic with a number and a code, given to one car after the other, or to what it leaves here.

    `session` is the last one that it was given to: while that is open the token is out. Written by `stays.tokens`.
    """

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="tokens")
    item = models.CharField(max_length=10, choices=TokenItem.choices, default=TokenItem.VEHICLE)
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=12, unique=True)
    session = models.ForeignKey(
        "stays.ParkingSession", on_delete=models.PROTECT, null=True, blank=True, related_name="tokens"
    )
    lost_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "item", "number"], name="token_number_once_of_item_at_site"),
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(item="VEHICLE"), name="one_token_of_a_vehicle"
            ),
        ]

    def __str__(self) -> str:
        return f"Token {self.number} ({self.item})"
