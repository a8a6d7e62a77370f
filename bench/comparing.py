"""How much slower one side is than another, and how sure that is. Pure."""

import random
from collections.abc import Sequence
from typing import Any

Rounds = Sequence[Sequence[float]]

DRAWS = 500
_SEED = 1


def p99(latencies: Sequence[float]) -> float:
    """Return the 99th percentile, by nearest rank."""
    ordered = sorted(latencies)
    return ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]


def change(before: Rounds, after: Rounds) -> dict[str, Any]:
    """Return by what part the pooled p99 of `after` is above that of `before`, and between which bounds.

    Both have the latencies of as many rounds, which were run in turns. The bounds are those of nine in ten draws of
    as many turns with repetition: latencies of one round hang together, so turns are drawn and not single requests.
    """
    turns = list(zip(before, after, strict=True))
    drawn = random.Random(_SEED)
    found = sorted(_change_of(drawn.choices(turns, k=len(turns))) for _ in range(DRAWS))
    return {"change": _change_of(turns), "low": found[DRAWS // 20], "high": found[-1 - DRAWS // 20]}


def _change_of(turns: Sequence[tuple[Sequence[float], Sequence[float]]]) -> float:
    before, after = ([latency for turn in turns for latency in turn[side]] for side in (0, 1))
    return p99(after) / p99(before) - 1
