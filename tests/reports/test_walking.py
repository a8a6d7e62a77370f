"""Long lists, walked from page to page in both directions, and entered at a day."""

from collections.abc import Callable
from typing import Any

import pytest

from parking.core.sites import ALL_SITES
from parking.reports.money_walk import MoneyWalk
from parking.reports.payments import MoneyFilter
from parking.reports.periods import Period
from parking.reports.sessions import SessionFilter, sessions_walk
from parking.reports.walking import Walk
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, Story

pytestmark = pytest.mark.django_db


def sessions(by: str, *, downwards: bool, **wanted: Any) -> Walk:
    return sessions_walk(SessionFilter(sites=ALL_SITES, **wanted), by, downwards=downwards)


def money(*, downwards: bool) -> Walk:
    return MoneyWalk(MoneyFilter(sites=ALL_SITES), downwards=downwards)


def forwards(walk: Walk, size: int) -> list[str]:
    keys: list[str] = []
    while rows := walk.after(keys[-1] if keys else "", size):
        keys += [walk.key_of(row) for row in rows]
    return keys


def backwards(walk: Walk, size: int) -> list[str]:
    keys: list[str] = []
    while rows := walk.before(keys[0] if keys else "", size):
        keys = [*(walk.key_of(row) for row in rows), *keys]
    return keys


WALKS: list[Callable[..., Walk]] = [
    lambda *, downwards: sessions("number", downwards=downwards),
    lambda *, downwards: sessions("booked", downwards=downwards),
    lambda *, downwards: sessions("entered", downwards=downwards),
    lambda *, downwards: sessions("ended", downwards=downwards),
    lambda *, downwards: sessions("number", downwards=downwards, period=Period(DAY21, DAY22), moment="ended_at"),
    money,
]


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("downwards", [True, False])
def test_every_row_comes_once_in_either_direction(story: Story, walk: Callable[..., Walk], downwards: bool) -> None:
    found = walk(downwards=downwards)
    whole = [found.key_of(row) for row in found.after("", 100)]
    assert len(whole) == len(set(whole)) > 3
    assert forwards(found, 2) == backwards(found, 3) == whole
    assert whole == [found.key_of(row) for row in walk(downwards=not downwards).after("", 100)][::-1]


def ids(rows: Any) -> list[int]:
    return [row.pk for row in rows]


def test_a_walk_is_entered_at_a_day(story: Story) -> None:
    newest = sessions("number", downwards=True)
    assert ids(newest.after(newest.key_at(DAY22) or "", 1)) == [story.paid_online.pk]
    assert newest.ahead_of(DAY22) == 3
    assert newest.key_at(DAY20.replace(day=19)) is None
    oldest = sessions("ended", downwards=False)
    assert ids(oldest.after(oldest.key_at(DAY22) or "", 1)) == [story.refunded_late.pk]
    assert oldest.ahead_of(DAY22) == 2
    assert oldest.key_at(DAY20) == ""


def test_the_walk_of_money_is_entered_at_a_day(story: Story) -> None:
    newest, oldest = money(downwards=True), money(downwards=False)
    key = newest.key_at(DAY22) or ""
    assert [row["at"] for row in newest.after(key, 1)] == [newest.after("", 4)[3]["at"]]
    assert (newest.ahead_of(DAY22), oldest.ahead_of(DAY22)) == (3, 5)
    assert oldest.after(oldest.key_at(DAY23) or "", 1) == newest.before(newest.key_at(DAY22) or "", 1)


@pytest.mark.parametrize("key", ["x", "P", "Px~1", "2026-11-22~1", "P2026-11-22T10:00:00~1", "1~", "-1", "9" * 30])
def test_what_is_no_key_is_refused(story: Story, key: str) -> None:
    for walk in (sessions("ended", downwards=True), money(downwards=True)):
        with pytest.raises(ValueError, match=r"."):
            walk.after(key, 1)
