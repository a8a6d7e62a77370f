"""When notices are sent, and by which channels."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parking.notifications.rules import Quiet, first_attempt, next_attempt, wanted_channels

DELHI, LONDON = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None), (6, None)])
def test_pauses_grow_and_then_it_has_failed(attempts: int, minutes: int | None) -> None:
    assert next_attempt(attempts, NOW) == (None if minutes is None else NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-22T16:29:59+00:00", "2026-11-22T16:29:59+00:00"),  # 21:59 in Delhi
        ("2026-11-22T16:30:00+00:00", "2026-11-23T01:30:00+00:00"),
        ("2026-11-22T20:00:00+00:00", "2026-11-23T01:30:00+00:00"),  # after midnight
        ("2026-11-23T01:29:59+00:00", "2026-11-23T01:30:00+00:00"),
        ("2026-11-23T01:30:00+00:00", "2026-11-23T01:30:00+00:00"),
    ],
)
def test_a_loud_channel_waits_for_the_morning(at: str, expected: str) -> None:
    now = datetime.fromisoformat(at)
    found = first_attempt("PUSH", now=now, zone=DELHI, quiet=Quiet(), urgent=False)
    assert found == datetime.fromisoformat(expected)
    assert first_attempt("PUSH", now=now, zone=DELHI, quiet=Quiet(), urgent=True) == now
    assert first_attempt("MAIL", now=now, zone=DELHI, quiet=Quiet(), urgent=False) == now
    assert first_attempt("SMS", now=now, zone=DELHI, quiet=Quiet(7, 7), urgent=False) == now


def test_quiet_hours_within_a_day_and_over_a_change_of_the_clock() -> None:
    noon = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    found = first_attempt("SMS", now=noon, zone=DELHI, quiet=Quiet(12, 14), urgent=False)
    assert found == noon.replace(hour=8, minute=30)
    # The night in which British clocks go back: 22:00 is 21:00 UTC, and 07:00 is 07:00 UTC.
    late = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)
    found = first_attempt("SMS", now=late, zone=LONDON, quiet=Quiet(), urgent=False)
    assert found == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


def test_channels_are_as_chosen_and_otherwise_as_usual() -> None:
    available = ["MAIL", "PUSH", "SMS"]
    assert wanted_channels({"MAIL", "PUSH"}, {}, available=available, urgent=False) == ["MAIL", "PUSH"]
    chosen = {"MAIL": False, "SMS": True, "WHATSAPP": True}
    assert wanted_channels({"MAIL", "PUSH"}, chosen, available=available, urgent=False) == ["PUSH", "SMS"]
    assert wanted_channels({"MAIL"}, chosen, available=available, urgent=True) == ["MAIL"]
