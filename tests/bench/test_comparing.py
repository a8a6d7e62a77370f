"""How much slower one side is than another, by the latencies of rounds in turns."""

from bench.comparing import change, p99

CALM = [[float(each) for each in range(1, 101)] for _ in range(6)]


def _times(rounds: list[list[float]], *factors: float) -> list[list[float]]:
    return [[factor * each for each in one] for one, factor in zip(rounds, factors, strict=True)]


def test_the_99th_percentile_is_the_nearest_rank():
    assert p99(list(range(200, 0, -1))) == 199
    assert p99([5.0]) == 5.0


def test_a_side_that_is_a_tenth_slower_in_every_round_is_that_for_sure():
    found = change(CALM, _times(CALM, *[1.1] * 6))
    assert {name: round(value, 6) for name, value in found.items()} == {"change": 0.1, "low": 0.1, "high": 0.1}


def test_one_bad_round_of_a_side_leaves_it_open_whether_it_is_slower():
    found = change(CALM, _times(CALM, 1, 1, 1, 1, 1, 3))
    assert found["low"] == 0
    assert found["high"] > found["change"] > 1


def test_a_bad_turn_of_both_sides_is_no_change():
    slow = _times(CALM, 1, 1, 1, 1, 1, 3)
    assert change(slow, slow) == {"change": 0, "low": 0, "high": 0}
