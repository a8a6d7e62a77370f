"""Where the time of a request goes, in process: samples of the stack, sorted by whose code runs or waits.

Sampling, because a tracing profiler charges each function call and so makes the ORM, which makes many, look three
times as heavy as it is. Other work on the machine stretches all of it; the processor time beside it says how much.
The tracing profile is written as well, for looking up single functions.
"""

import cProfile
import pstats
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

from bench.calls import Caller
from deploy.run import ROOT

EVERY_SECONDS = 0.0005
KINDS = ("book", "enter", "leave")
ROUND_TRIPS = "round trips: PostgreSQL at work, commits"
CLIENT = "the test client (not in a server)"

# The innermost frame of one of these places says whose time it is; frames of Python's own library do not count.
PLACES = (
    # Sending counts as waiting: the kernel often lets the woken PostgreSQL run in the sender's place.
    ("/psycopg/connection.py:wait", ROUND_TRIPS),
    ("/psycopg/_cursor_base.py:_send_", ROUND_TRIPS),
    ("/psycopg/_connection_base.py:_exec_command", ROUND_TRIPS),
    ("/psycopg/", "psycopg: binding, reading rows"),
    ("/django/db/backends/", "Django's database layer"),
    ("/django/db/transaction.py", "Django's database layer"),
    ("/django/db/models/", "ORM: building statements and objects"),
    ("/django/test/", CLIENT),
    (f"{ROOT}/bench/", CLIENT),
    ("/jwt/", "tokens"),
    ("/ninja_jwt/", "tokens"),
    ("/ninja/", "ninja and pydantic"),
    ("/pydantic/", "ninja and pydantic"),
    ("/axes/", "middleware, routing, request and response"),
    ("/whitenoise/", "middleware, routing, request and response"),
    ("/django/", "middleware, routing, request and response"),
    (f"{ROOT}/parking/api/", "our edge: parsing, presenting"),
    (f"{ROOT}/parking/core/requests.py", "our edge: parsing, presenting"),
    (f"{ROOT}/parking/", "our services and rules"),
)
OTHER = "other"
# They serve all of Django: their time is that of their caller.
HELPERS = ("/django/utils/", "/django/dispatch/")


def inside(given: dict[str, Any]) -> dict[str, Any]:
    """Return microseconds of each kind of request by place; the trace is written to a file."""
    caller = Caller(given["world"])
    cycles = given["cycles"]
    for _ in range(30):
        _cycle(caller, lambda _kind, call: call())
    plain, processor = _time(caller, cycles, time.perf_counter), _time(caller, cycles, time.process_time)
    return {
        "median_us": plain,
        "processor_us": processor,
        "places_us": _places(_sample(caller, cycles), plain, processor),
        "functions": _trace(caller, cycles // 2, Path(given["trace"])),
    }


def _cycle(caller: Caller, around: Callable[[str, Callable[[], Any]], Any]) -> None:
    code = around("book", caller.book)
    around("enter", lambda: caller.enter(code))
    around("leave", lambda: caller.leave(code))


def _time(caller: Caller, cycles: int, clock: Callable[[], float]) -> dict[str, float]:
    """Return the median microseconds of each kind of request by this clock."""
    seen: dict[str, list[float]] = {kind: [] for kind in KINDS}

    def timed(kind: str, call: Callable[[], Any]) -> Any:
        begun = clock()
        answer = call()
        seen[kind].append(clock() - begun)
        return answer

    for _ in range(cycles):
        _cycle(caller, timed)
    return {kind: round(1e6 * median(seconds)) for kind, seconds in seen.items()}


# --- Samples ---------------------------------------------------------------------------------------


def _sample(caller: Caller, cycles: int) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    present = ""

    def take(_signum: int, frame: FrameType | None) -> None:
        if present:
            found[present][_place_of(frame)] += 1

    def marked(kind: str, call: Callable[[], Any]) -> Any:
        nonlocal present
        present = kind
        try:
            return call()
        finally:
            present = ""

    with _ticking(take):
        for _ in range(cycles):
            _cycle(caller, marked)
    return found


@contextmanager
def _ticking(take: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    # Real time, not processor time: waiting for the database counts.
    previous = signal.signal(signal.SIGALRM, take)
    signal.setitimer(signal.ITIMER_REAL, EVERY_SECONDS, EVERY_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _place_of(frame: FrameType | None) -> str:
    while frame is not None:
        where = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        if not any(helper in where for helper in HELPERS):
            for part, place in PLACES:
                if part in where:
                    return place
        frame = frame.f_back
    return OTHER


def _places(
    sampled: dict[str, Counter[str]], plain: dict[str, float], processor: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Processor time, divided as the samples outside of round trips are; round trips are the rest of the time.

    Samples alone would charge our code for the moments when the kernel let another program run.
    """
    names = dict.fromkeys([*(place for _part, place in PLACES), OTHER])
    busy = {kind: max(sampled[kind].total() - sampled[kind][ROUND_TRIPS], 1) for kind in KINDS}
    costs: dict[str, dict[str, float]] = {
        place: {kind: round(processor[kind] * sampled[kind][place] / busy[kind]) for kind in KINDS} for place in names
    }
    return costs | {ROUND_TRIPS: {kind: plain[kind] - processor[kind] for kind in KINDS}}


# --- The trace -------------------------------------------------------------------------------------


def _trace(caller: Caller, cycles: int, path: Path) -> str:
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(cycles):
        _cycle(caller, lambda _kind, call: call())
    profile.disable()
    path.parent.mkdir(parents=True, exist_ok=True)
    profile.dump_stats(path)
    printed = StringIO()
    pstats.Stats(profile, stream=printed).sort_stats("tottime").print_stats(30)
    return printed.getvalue()
