"""Replays: what sessions of the past would have cost under a tariff that somebody is thinking of."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parking.tariffs.rules import Prices


class ReplayState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")


OPEN_REPLAY = (ReplayState.WAITING, ReplayState.RUNNING)


class Replay(models.Model):
    """One replay. Dates are days of exit at the site, both included; `result` is that of `tally.Tally`."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="replays")
    zone_ids: "models.JSONField[list[int], list[int]]" = models.JSONField()
    site_ids: "models.JSONField[list[int], list[int]]" = models.JSONField(help_text="The sites of its zones")
    vehicle_kind = models.CharField(max_length=12)
    draft: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(help_text="The tariffs.rules.Prices")
    start_date = models.DateField()
    end_date = models.DateField()
    state = models.CharField(max_length=8, choices=ReplayState.choices, default=ReplayState.WAITING)
    total = models.PositiveIntegerField(default=0, help_text="Sessions that are to be replayed")
    done = models.PositiveIntegerField(default=0)
    result: "models.JSONField[dict[str, Any] | None, dict[str, Any] | None]" = models.JSONField(null=True)
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, help_text="Until when a worker has it for itself")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="replay_ends_after_start"),
            models.CheckConstraint(condition=Q(state__in=ReplayState.values), name="replay_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state__in=OPEN_REPLAY), name="replay_open"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.start_date} to {self.end_date}"

    @property
    def prices(self) -> Prices:
        return Prices.from_json(self.draft)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REPLAY

    @property
    def percent_done(self) -> int:
        """Return 0 to 100; 100 is said of a finished one alone."""
        if self.state == ReplayState.DONE:
            return 100
        return min(100 * self.done // self.total, 99) if self.total else 0
