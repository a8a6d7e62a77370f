"""The worker's part: replaying sessions in batches, with how far it is after each.

A worker has a replay for itself while its claim lasts, and renews it with each batch. One that is killed leaves a claim
that runs out; the next begins again, because sums are kept in memory until the end.
"""

import json
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from parking.core import clock
from parking.core.money import PAISA
from parking.core.quick_commits import quick_commit
from parking.facilities.models import ParkingZone
from parking.replays.models import OPEN_REPLAY, Replay, ReplayState
from parking.replays.tally import Past, Tally
from parking.stays.models import ParkingSession, SessionStatus
from parking.tariffs.queries import terms_under
from parking.tariffs.rules import BillLine, Terms

log = structlog.get_logger(__name__)

BATCH = 500
TEXTS_KEPT = 10_000
LEASE = timedelta(minutes=2)
# After each batch the worker rests this part of the time that the batch took: the gate uses the same processors.
_REST = 0.25


def run_replays(*, now: datetime) -> int:
    """Work on the replay that waits longest; answers how many were worked on. Safe to repeat, and to run at once."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    replay = Replay.objects.filter(free, state__in=OPEN_REPLAY).order_by("pk").first()
    if replay is None:
        return 0
    claim = now + LEASE
    mine = Replay.objects.filter(free, pk=replay.pk, state__in=OPEN_REPLAY)
    if not mine.update(state=ReplayState.RUNNING, claimed_until=claim, done=0):
        return 0
    replay.claimed_until = claim
    try:
        _work(replay)
    except Exception:  # whatever it is, it would come again, and the next ones wait
        log.exception("replay_broke", replay_id=replay.pk)
        _mine(replay).update(state=ReplayState.FAILED, finished_at=clock.now(), claimed_until=None)
    return 1


def _mine(replay: Replay) -> "QuerySet[Replay]":
    return Replay.objects.filter(pk=replay.pk, claimed_until=replay.claimed_until, state=ReplayState.RUNNING)


def _work(replay: Replay) -> None:
    terms = _terms_by_zone(replay)
    rows = _sessions(replay, terms)
    _mine(replay).update(total=rows.count())
    tally, done = Tally(), 0
    for batch in _batches(rows):
        begun = time.monotonic()
        for row in batch:
            past = _past(row, terms[row.zone_id])
            if replay.start_date <= past.day <= replay.end_date:
                tally.add(past, terms[row.zone_id])
        done += len(batch)
        claim = clock.now() + LEASE
        if not _is_kept(replay, done, claim):
            return  # our claim ran out, and another worker has begun
        replay.claimed_until = claim
        time.sleep(_REST * (time.monotonic() - begun))
    _mine(replay).update(state=ReplayState.DONE, result=tally.to_json(), finished_at=clock.now(), claimed_until=None)


def _is_kept(replay: Replay, done: int, claim: datetime) -> bool:
    """Note how far a replay is, and renew its claim; answers whether it still is ours.

    Two hundred times for 100,000 sessions: waiting for the disk each time would make the commits of gates wait too.
    Where a crash of the server loses one, the replay begins again, as after the death of a worker.
    """
    with quick_commit():
        return _mine(replay).update(done=done, claimed_until=claim) == 1


def _terms_by_zone(replay: Replay) -> dict[int, Terms]:
    """Return the wanted terms for each zone, with the holidays from the first day on."""
    begins = clock.day_start(replay.start_date)
    zones = ParkingZone.objects.filter(pk__in=replay.zone_ids).select_related("site")
    return {zone.pk: terms_under(replay.prices, zone=zone, now=begins) for zone in zones}


def _sessions(replay: Replay, terms: dict[int, Terms]) -> "QuerySet[ParkingSession, Any]":
    """Return the closed sessions of any day that is one of the replay at one of its sites, without those of a pass."""
    zones = {ZoneInfo(each.time_zone) for each in terms.values()}
    spans = [clock.day_range(replay.start_date, replay.end_date, zone) for zone in zones]
    rows = ParkingSession.objects.filter(
        zone_id__in=list(terms),
        vehicle_kind=replay.vehicle_kind,
        status=SessionStatus.COMPLETED,
        entry_time__isnull=False,
        exit_time__gte=min((begin for begin, _end in spans), default=clock.day_start(replay.start_date)),
        exit_time__lt=max((end for _begin, end in spans), default=clock.day_start(replay.start_date)),
        subscription=None,
    )
    # JSON comes as it is written: few texts of terms and bills differ, and each is read once.
    texts = {"terms_text": Cast("terms", TextField()), "lines_text": Cast("bill__lines", TextField())}
    return rows.annotate(**texts).order_by("pk").values_list(*_Row._fields)


class _Row(NamedTuple):
    """The columns of a session that are read."""

    pk: int
    zone_id: int
    vehicle_id: int
    booked_at: datetime
    entry_time: datetime
    exit_time: datetime
    ends_at: datetime | None
    bill__billed_until: datetime | None
    terms_text: str
    lines_text: str


def _batches(rows: "QuerySet[ParkingSession, Any]") -> Iterator[list[_Row]]:
    last = 0
    while batch := list(map(_Row._make, rows.filter(pk__gt=last)[:BATCH])):
        yield batch
        last = batch[-1].pk


def _past(row: _Row, terms: Terms) -> Past:
    had_fee, round_to = _read_terms(row.terms_text)
    return Past(
        session_id=row.pk,
        entry=row.entry_time,
        # A car that was shown its bill, or paid ahead, left later than it was billed for.
        exit=max(row.bill__billed_until or row.exit_time, row.entry_time),
        day=_day_of(row.exit_time, terms),
        lines=_read_lines(row.lines_text),
        had_fee=had_fee,
        vehicle_id=row.vehicle_id,
        booked_at=row.booked_at,
        ends_at=row.ends_at,
        round_to=round_to,
    )


@lru_cache(maxsize=TEXTS_KEPT)
def _read_terms(text: str) -> tuple[bool, Decimal]:
    """Return whether terms have a booking fee, and how they round."""
    terms = json.loads(text)
    return Decimal(terms["booking_fee"]) > 0, Decimal(terms.get("round_to", PAISA))


@lru_cache(maxsize=TEXTS_KEPT)
def _read_lines(text: str) -> tuple[BillLine, ...]:
    return tuple(BillLine.from_json(line) for line in json.loads(text))


def _day_of(moment: datetime, terms: Terms) -> date:
    return moment.astimezone(ZoneInfo(terms.time_zone)).date()
