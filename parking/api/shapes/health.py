"""How the health of the installation is shown; without envelope."""

from datetime import datetime
from typing import Self

from parking import __version__
from parking.edge.shapes import Shape
from parking.reports.background import BackgroundState


class BackgroundOut(Shape):
    """The newest heartbeat of any worker, and for how many seconds the oldest task has waited."""

    last_heartbeat: str | None
    oldest_task_seconds: int

    example = {"last_heartbeat": "2026-11-22T04:29:57Z", "oldest_task_seconds": 0}


class HealthOut(Shape):
    """`services.worker` is ok, late or none, `services.queue` ok or late; both miss while they cannot be read."""

    status: str
    version: str
    timestamp: str
    services: dict[str, str]
    background: BackgroundOut | None

    example = {
        "status": "ok",
        "version": __version__,
        "timestamp": "2026-11-22T04:30:00Z",
        "services": {"database": "ok", "worker": "ok", "queue": "ok"},
        "background": BackgroundOut.example,
    }

    @classmethod
    def of(cls, database: str, background: BackgroundState | None, now: datetime) -> Self:
        """Return the state of the database, ok or error, and of the background work, None where it is not known."""
        services, shown = {"database": database}, None
        if background is not None:
            services |= {"worker": background.worker, "queue": background.queue}
            shown = BackgroundOut.make(
                last_heartbeat=background.last_beat, oldest_task_seconds=background.oldest_seconds
            )
        return cls.make(status=database, version=__version__, timestamp=now, services=services, background=shown)
