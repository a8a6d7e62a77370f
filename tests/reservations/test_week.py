"""A week of three zones with overstays, walk-ins, repairs and a waiting list: which promises are broken, and why.

`WEEKS=20` plays so many weeks more, each from another seed, and prints what became of the reservations
(docs/reservations.md has the figures).
"""

import os
import sys
from collections import Counter

import pytest

from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree
from tests.machine import undone
from tests.reservations.week import CLAIMED, OPEN_END, OVERSTAY, REPAIR, Week

pytestmark = pytest.mark.django_db

MORE = int(os.environ.get("WEEKS", "0"))


def play(seed: int, days: int) -> Week:
    week = Week(seed=seed, days=days)
    week.play()
    assert_books_agree()
    ends = ("kept", "moved", "broken", "given up by its driver")
    assert sum(week.counts[end] for end in ends) == week.counts["reserved"]
    assert sum(week.reasons.values()) == week.counts["broken"]
    assert set(week.reasons) <= {OVERSTAY, REPAIR, OPEN_END, CLAIMED}
    return week


def test_no_promise_is_broken_that_could_be_kept(gateway: FakeGateway) -> None:
    """The simulation itself asserts at each broken promise that no place was free, and that no slot is sold twice."""
    week = play(seed=1, days=7)
    assert week.counts["broken"] > 0, "nothing to be proved"
    assert week.counts["kept"] > 20 * week.counts["broken"]


@pytest.mark.skipif(not MORE, reason="WEEKS=20 plays more weeks")
def test_more_weeks(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    counts, reasons = Counter[str](), Counter[str]()
    for seed in range(2, 2 + MORE):
        with undone():
            week = play(seed, days=7)
        counts.update(week.counts)
        reasons.update(week.reasons)
    with capsys.disabled():
        sys.stdout.write(f"\n{MORE} weeks: {dict(counts)}; broken: {dict(reasons)}\n")
