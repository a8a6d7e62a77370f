"""Slips of paper, which a gate writes when nothing else works, and their numbered blocks."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.facilities.models import ParkingSite


class PaperBlock(models.Model):
    """A block of printed slips with numbers from `first` to `last`, given out to a site. Written by `stays.paper`."""

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="paper_blocks")
    name = models.CharField(max_length=12, help_text="As it is printed on each slip")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="paper_block_once_at_site"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="paper_block_has_slips"),
        ]

    def __str__(self) -> str:
        return self.name


class PaperSlip(models.Model):
    """A slip that was entered: what it says of times and cash, beside who stated it and when.

    The stay has the stated times as its own; money has the time of entering.
    """

    block = models.ForeignKey(PaperBlock, on_delete=models.PROTECT, related_name="slips")
    number = models.PositiveIntegerField()
    session = models.OneToOneField("stays.ParkingSession", on_delete=models.PROTECT, related_name="paper_slip")
    stated_entry = models.DateTimeField()
    stated_exit = models.DateTimeField(null=True, blank=True)
    stated_cash = models.DecimalField(max_digits=10, decimal_places=2)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(help_text="When the server took it")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "number"], name="paper_slip_once"),
            models.CheckConstraint(condition=Q(stated_cash__gte=0), name="paper_cash_not_negative"),
        ]

    def __str__(self) -> str:
        return f"Slip {self.number}"
