"""Live parts give way: while drawing takes too much of a process's time, they look for news less often."""

import pytest

from parking.web.pace import Pace


class Part:
    """A part whose state is the number of times that it was read."""

    def __init__(self, pace, name="part"):
        self.pace, self.name, self.reads = pace, name, 0

    def look(self):
        return self.pace.state(self.name, self._read)

    def _read(self):
        self.reads += 1
        return str(self.reads)


@pytest.fixture
def at(monkeypatch):
    """Set the seconds of the monotonic clock."""

    def put(seconds):
        monkeypatch.setattr("parking.web.pace.time.monotonic", lambda: 1000.0 + seconds)

    put(0)
    return put


def test_a_part_is_looked_after_each_time_while_drawing_takes_little(at):
    part = Part(pace := Pace())
    pace.drew(0.5)
    assert [part.look(), part.look()] == ["1", "2"]


def test_while_drawing_takes_too_much_a_part_keeps_its_state(at):
    part = Part(pace := Pace())
    part.look()
    pace.drew(0.6)
    assert part.look() == "1"
    at(0.5)  # 0.1 s above what a moment may take is worked off at a quarter of a second for each
    assert part.look() == "2"


def test_no_state_is_kept_longer_than_four_seconds(at):
    part = Part(pace := Pace())
    part.look()
    pace.drew(100)
    at(3.9)
    assert part.look() == "1"
    at(4)
    assert part.look() == "2"


def test_a_part_that_nobody_looked_at_is_read_at_once(at):
    pace = Pace()
    pace.drew(100)
    assert Part(pace).look() == "1"


def test_time_without_drawing_is_not_saved_up(at):
    part = Part(pace := Pace())
    at(3600)
    part.look()
    pace.drew(0.6)
    assert part.look() == "1"
