"""Stays that are charged alike are priced once: a replay comes to what each session by itself comes to."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.replays.tally import OF_THE_TARIFF, Past, Tally
from parking.tariffs.rules import BillLine, LineKind, Stay, Terms, charged_as, lines_of, round_off, single_line
from parking.tariffs.rules import uses_free_minutes as uses_free
from tests.tariffs.random_tariffs import MIDNIGHT, random_stay, random_terms


def _history(draw: random.Random, terms: Terms, sessions: int) -> list[Past]:
    made = []
    for number in range(1, sessions + 1):
        minute, minutes = random_stay(draw)
        entry = MIDNIGHT + timedelta(minutes=minute - minute % draw.choice([1, 30]), seconds=draw.choice([0, 0, 17]))
        lines = (
            BillLine("Parking", draw.randrange(1, 4), Decimal("20.25")),
            *((single_line(LineKind.PROMO, Decimal(-5)),) if draw.random() < 0.2 else ()),
        )
        past = Past(
            session_id=number,
            entry=entry,
            exit=entry + timedelta(minutes=minutes, seconds=draw.choice([0, 0, 55])),
            day=entry.date(),
            lines=lines,
            had_fee=draw.random() < 0.5,
            vehicle_id=draw.randrange(20),
            booked_at=entry - timedelta(minutes=3),
            ends_at=entry + timedelta(minutes=draw.randrange(30, 300, 30)) if draw.random() < 0.3 else None,
            round_to=draw.choice([Decimal("0.01"), Decimal(10)]),
        )
        made.append(past)
    return made


def _one_by_one(terms: Terms, history: list[Past]) -> dict[str, Any]:
    """Return sums of the sessions, each of which is priced by itself."""
    labels: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sums, had = [0, 0, 0, 0], dict[int, Any]()
    for past in history:
        under = terms if past.had_fee else terms.without_fee()
        if under.free_minutes and under.free_again_after_minutes:
            last = had.get(past.vehicle_id)
            if last is not None and last > past.booked_at - timedelta(minutes=under.free_again_after_minutes):
                under = replace(under, free_minutes=0)
            elif uses_free(past.entry, past.exit, under):
                had[past.vehicle_id] = past.exit
        bills = (
            (past.lines, past.round_to),
            (lines_of(Stay(past.entry, past.exit, past.ends_at), under), terms.round_to),
        )
        totals = []
        for side, (lines, round_to) in enumerate(bills):
            counted = tuple(line for line in lines if line.kind in OF_THE_TARIFF)
            paise = [(line.label, int(line.amount * 100)) for line in (*counted, *round_off(counted, round_to))]
            for label, amount in paise:
                labels[label][side] += amount
            totals.append(sum(amount for _, amount in paise))
        before, after = totals
        sums = [a + b for a, b in zip(sums, (before, after, after > before, after < before), strict=True)]
    return {"sums": sums, "labels": {label: tuple(both) for label, both in labels.items()}}


@pytest.mark.parametrize("seed", range(6))
def test_a_replay_comes_to_what_its_sessions_come_to_one_by_one(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(6):
        terms = replace(random_terms(draw), free_again_after_minutes=draw.choice([0, 600]))
        history, tally = _history(draw, terms, 150), Tally()
        for past in history:
            tally.add(past, terms)
        labels = {*tally.before_by_label, *tally.after_by_label}
        found = {
            "sums": [tally.whole.before, tally.whole.after, tally.more, tally.less],
            "labels": {
                label: (tally.before_by_label.get(label, 0), tally.after_by_label.get(label, 0)) for label in labels
            },
        }
        assert found == _one_by_one(terms, history), terms


def test_stays_that_are_charged_alike_have_the_same_lines() -> None:
    draw, alike = random.Random(20261128), 0
    for _ in range(60):
        terms, seen = random_terms(draw), dict[Any, tuple[BillLine, ...]]()
        for past in _history(draw, terms, 100):
            stay = Stay(past.entry, past.exit, past.ends_at, demand_percent=draw.choice([0, 20]))
            lines = lines_of(stay, terms)
            alike += charged_as(stay, terms) in seen
            assert seen.setdefault(charged_as(stay, terms), lines) == lines, (terms, stay)
    assert alike > 500
