"""Replays as managers ask for them and see them."""

import datetime as dt
from typing import Any, ClassVar, Literal, Self

from parking.api.shapes.tariff_fields import NewTariffIn, ZoneIds
from parking.edge.parsing import Day, In
from parking.edge.shapes import Shape
from parking.replays.models import Replay, ReplayState
from parking.replays.tally import change_of, share

_SUMS: dict[str, Any] = {"sessions": 120, "before": 9000.0, "after": 9600.0, "change": 600.0}


class ReplayIn(In):
    """Which closed sessions (by zone and day of exit) under which tariff; the draft's dates do not matter."""

    zone_ids: ZoneIds
    draft: NewTariffIn
    start_date: Day
    end_date: Day


def _sums(row: dict[str, Any]) -> dict[str, Any]:
    """Return the amounts of a row of the result as numbers, with the change."""
    amounts = {name: float(row[name]) for name in ("before", "after")}
    return {**row, **amounts, "change": float(change_of(row))}


class ReplayDayOut(Shape):
    date: dt.date
    sessions: int
    before: float
    after: float
    change: float
    example: ClassVar[dict[str, Any]] = {"date": "2026-11-02", **_SUMS}


class ReplayBandOut(Shape):
    """What lines of one label come to (rupees)."""

    label: str
    before: float
    after: float
    change: float
    example: ClassVar[dict[str, Any]] = {"label": "Parking, Morning", "before": 900.0, "after": 960.0, "change": 60.0}


class ReplayLengthOut(Shape):
    """Stays of up to so many minutes, longer than those of the group before; null: all longer ones."""

    until_minutes: int | None
    sessions: int
    before: float
    after: float
    change: float
    example: ClassVar[dict[str, Any]] = {"until_minutes": 120, **_SUMS}


class ReplayChangeOut(Shape):
    session_id: int
    before: float
    after: float
    change: float
    example: ClassVar[dict[str, Any]] = {"session_id": 17, "before": 400.0, "after": 330.0, "change": -70.0}


class ReplayResultOut(Shape):
    """Sums of all sessions (rupees); `pay_more_percent` is the share of those who would have paid more."""

    sessions: int
    before: float
    after: float
    change: float
    pay_more: int
    pay_less: int
    pay_more_percent: float
    by_day: list[ReplayDayOut]
    by_band: list[ReplayBandOut]
    by_length: list[ReplayLengthOut]
    most_changed: list[ReplayChangeOut]
    example: ClassVar[dict[str, Any]] = {
        **_SUMS,
        "pay_more": 40,
        "pay_less": 10,
        "pay_more_percent": 33.3,
        "by_day": [ReplayDayOut.example],
        "by_band": [ReplayBandOut.example],
        "by_length": [ReplayLengthOut.example],
        "most_changed": [ReplayChangeOut.example],
    }

    @classmethod
    def of(cls, result: dict[str, Any]) -> Self:
        parts: dict[str, Any] = {
            "by_day": ReplayDayOut,
            "by_band": ReplayBandOut,
            "by_length": ReplayLengthOut,
            "most_changed": ReplayChangeOut,
        }
        rows = {name: [shape.make(**_sums(row)) for row in result[name]] for name, shape in parts.items()}
        percent = float(share(result["pay_more"], result["sessions"]))
        return cls.make(**_sums(result) | rows | {"pay_more_percent": percent})


class ReplayOut(Shape):
    id: int
    status: Literal["WAITING", "RUNNING", "DONE", "FAILED"]
    percent_done: int
    zone_ids: list[int]
    vehicle_kind: str
    start_date: dt.date
    end_date: dt.date
    created_at: dt.datetime
    result: ReplayResultOut | None
    example: ClassVar[dict[str, Any]] = {
        "id": 4,
        "status": "DONE",
        "percent_done": 100,
        "zone_ids": [1, 2],
        "vehicle_kind": "CAR",
        "start_date": "2026-11-01",
        "end_date": "2026-11-30",
        "created_at": "2026-12-01T04:30:00Z",
        "result": ReplayResultOut.example,
    }

    @classmethod
    def of(cls, replay: Replay) -> Self:
        return cls.make(
            id=replay.pk,
            status=str(ReplayState(replay.state)),
            percent_done=replay.percent_done,
            zone_ids=replay.zone_ids,
            vehicle_kind=replay.vehicle_kind,
            start_date=replay.start_date,
            end_date=replay.end_date,
            created_at=replay.created_at,
            result=None if replay.result is None else ReplayResultOut.of(replay.result),
        )
