"""What the office's live pages look at: read anew at most once a second by each process, whoever looks.

The dashboard's figures take a dozen statements. They are read again only when a cheap text says that something
happened, or that a minute is over.
"""

from dataclasses import dataclass

from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.fresh import FreshValue, fingerprint
from parking.reports.overview import Overview, overview
from parking.stays.watching import facilities_now, money_now, states_now

TREND_DAYS = 30


@dataclass(frozen=True)
class Board:
    """The dashboard's figures, and a text that changes with them. The figures are never older than the text."""

    state: str
    overview: Overview


class _Reader:
    def __init__(self) -> None:
        self._last: Board | None = None

    def __call__(self) -> Board:
        state = _state()
        if self._last is None or self._last.state != state:
            self._last = Board(state, overview(now=clock.now(), days=TREND_DAYS))
        return self._last


def _state() -> str:
    zones = sorted((pk, zone.fingerprint) for pk, zone in facilities_now.value().items())
    stays = sorted(states_now.value().items())
    return fingerprint(*zones, *stays, money_now.value(), f"{clock.now():%Y-%m-%d %H:%M}")


def _newest_line() -> int:
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


# What it looks at is itself read once a second: more would make pages late.
board_now: FreshValue[Board] = FreshValue(_Reader(), seconds=0.2)
# The number of the newest line of the audit record: every change writes one.
newest_line_now: FreshValue[int] = FreshValue(_newest_line)


def story_state(session_id: int) -> str:
    """A text that changes with whatever may stand in the story of a stay; it changes with other stays too."""
    stay = states_now.value().get(session_id, "")
    return fingerprint(stay, money_now.value(), newest_line_now.value(), f"{clock.now():%Y-%m-%d %H:%M}")
