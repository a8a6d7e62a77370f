"""What happens to replays."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ReplayStarted(Event):
    """Somebody asked what a tariff would have brought; dates are texts."""

    action = "replay.started"
    subject_kind = "replay"

    replay_id: int
    zone_ids: tuple[int, ...]
    start_date: str
    end_date: str


@dataclass(frozen=True, kw_only=True)
class ReplayAdopted(Event):
    """The tariff of a replay was given a date; the record of each zone has its version."""

    action = "replay.adopted"
    subject_kind = "replay"

    replay_id: int
    tariff_ids: tuple[int, ...]
