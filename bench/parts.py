"""The parts of the benchmark. Each returns its figures; `report` knows what they should be."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from bench import beside, children, databases, equal_work, floor, processor
from bench.load import plan_for
from deploy.run import ROOT
from tests.postgres import Server

CLIENTS, ZONES, SLOTS, PLATES = 32, 10, 200, 100
OLD_STAYS = 100_000
MAIN = "bench"
SQLITE_CLIENTS = 100
OPEN_CYCLES_PER_SECOND = 50
# Beside a program of ours the gate gets this part of what it does at most: a machine at its limit measures its queue.
BESIDE_SHARE = 0.4
CROWD, VISITS_PER_SECOND = 100, 10
GROWTH_SLOTS = (100, 10_000, 200_000)
GROWTH_STAYS = 1_000_000
LIVE_ZONES, LIVE_SLOTS, LIVE_STAYS = 50, 1_000, 10_000
TRACE = ROOT / ".cache" / "bench.prof"


@dataclass(frozen=True)
class Lengths:
    """How long each part measures, in seconds or repetitions."""

    rounds: int = 3
    round_seconds: float = 10
    open_seconds: float = 30
    beside_turns: int = 6
    beside_seconds: float = 12
    zones_seconds: float = 5
    growth_bookings: int = 200
    sqlite_seconds: float = 12
    profile_cycles: int = 500
    gain_rounds: int = 60
    notice_visits: int = 100
    live_polls: int = 200
    page_rounds: int = 9
    growth_stays: int = GROWTH_STAYS


QUICK = Lengths(
    rounds=2,
    round_seconds=3,
    open_seconds=6,
    beside_turns=2,
    beside_seconds=5,
    zones_seconds=2,
    growth_bookings=60,
    sqlite_seconds=4,
    profile_cycles=150,
    gain_rounds=20,
    notice_visits=30,
    live_polls=50,
    page_rounds=3,
    growth_stays=50_000,
)


def say(text: str) -> None:
    """Print progress on stderr, apart from the result."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Stage:
    """The running PostgreSQL, and the main database with its people, made when a part first asks for it."""

    server: Server
    lengths: Lengths

    @cached_property
    def template(self) -> None:
        databases.make_template(self.server)

    def new_database(self, name: str, **wanted: int) -> dict[str, Any]:
        """Create a database with zones, people and plates; return what the clients need to know of it."""
        self.template  # noqa: B018 - made on first use
        url = databases.create(self.server, name)
        return _world(url, **wanted)

    @cached_property
    def world(self) -> dict[str, Any]:
        say(f"Loading {OLD_STAYS:,} old stays")
        world = self.new_database(MAIN, clients=CLIENTS, zones=ZONES, slots=SLOTS, plates=PLATES)
        databases.load_old_stays(self.server, MAIN, OLD_STAYS)
        return world

    @property
    def url(self) -> str:
        return databases.url(self.server, MAIN)


def _world(url: str, **wanted: int) -> dict[str, Any]:
    world: dict[str, Any] = children.ask("bench.inside", "world", database_url=url, given=wanted)
    return world


def _drive(kind: str, product: children.Product, world: dict[str, Any], seconds: float, **more: Any) -> Any:
    return children.ask("bench.load", given=plan_for(kind, product.port, world, seconds, **more))


# --- The ratio -------------------------------------------------------------------------------------


def ratio(stage: Stage) -> dict[str, Any]:
    """Measure cycles per second of pgbench and over HTTP, in turns, and their ratio."""
    world, lengths = stage.world, stage.lengths
    say("Counting the rows that one cycle writes, over HTTP and by pgbench")
    work = equal_work.work_of_one_cycle(stage.server, MAIN, world)
    rounds = []
    with children.product(stage.url) as product:
        _drive("cycle", product, world, 2)
        for number in range(lengths.rounds):
            rounds.append(_round(stage, product))
            say(
                "Round {number}: floor {floor} cycles/s, HTTP {http}, ratio {ratio}".format(
                    number=number + 1, **_short(rounds[-1])
                )
            )
    return {
        "rows_per_cycle": work,
        "rounds": rounds,
        "floor_per_second": median(one["floor"]["per_second"] for one in rounds),
        "http_per_second": median(one["http"]["per_second"] for one in rounds),
        "ratio": median(one["ratio"] for one in rounds),
        "latency": _latencies([one["http"]["latency"] for one in rounds]),
        "processor_ms": {side: _medians([one[f"{side}_processor_ms"] for one in rounds]) for side in ("floor", "http")},
    }


def _round(stage: Stage, product: children.Product) -> dict[str, Any]:
    world, seconds = stage.world, stage.lengths.round_seconds
    before = _processor_seconds(stage, product)
    low = floor.run(stage.server, MAIN, world, ["-T", str(round(seconds))])
    between = _processor_seconds(stage, product)
    http = _drive("cycle", product, world, seconds)
    after = _processor_seconds(stage, product)
    return {
        "floor": low,
        "http": http,
        "ratio": http["per_second"] / low["per_second"],
        "floor_processor_ms": _per_cycle(low, {"PostgreSQL": between["PostgreSQL"] - before["PostgreSQL"]}),
        "http_processor_ms": _per_cycle(http, {name: after[name] - between[name] for name in after}),
    }


def _processor_seconds(stage: Stage, product: children.Product) -> dict[str, float]:
    with databases.connect(stage.server) as connection:
        postgres = processor.parent_of(connection.info.backend_pid)
    return {"PostgreSQL": processor.seconds_of(postgres)} | product.processor_seconds()


def _per_cycle(run: dict[str, Any], spent: dict[str, float]) -> dict[str, float]:
    """Return milliseconds per cycle, by program and together."""
    per_cycle = {
        name: 1000 * seconds / run["cycles"]
        for name, seconds in (spent | {"clients": run["own_processor_seconds"]}).items()
    }
    return per_cycle | {"together": sum(per_cycle.values())}


def _short(one: dict[str, Any]) -> dict[str, str]:
    floor_rate, http_rate = one["floor"]["per_second"], one["http"]["per_second"]
    return {"floor": f"{floor_rate:.0f}", "http": f"{http_rate:.0f}", "ratio": f"{one['ratio']:.3f}"}


def _latencies(rounds: list[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return for each kind of request the median over the rounds."""
    return {kind: _medians([one[kind] for one in rounds]) for kind in rounds[0]}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


# --- Single requests -------------------------------------------------------------------------------


def statements(stage: Stage) -> dict[str, Any]:
    """Count the statements of each request."""
    world = stage.world
    counted: dict[str, Any] = children.ask("bench.inside", "statements", database_url=stage.url, given=world)
    return counted


def profile(stage: Stage) -> dict[str, Any]:
    """Measure where the time of a request goes."""
    given = {"world": stage.world, "cycles": stage.lengths.profile_cycles, "trace": str(TRACE)}
    found: dict[str, Any] = children.ask("bench.inside", "profiling", database_url=stage.url, given=given)
    return found


def gains(stage: Stage) -> dict[str, Any]:
    """Measure what each function of `core/statements.py` saves, switched off and on."""
    given = {"world": stage.world, "rounds": stage.lengths.gain_rounds}
    found: dict[str, Any] = children.ask("bench.inside", "gains", database_url=stage.url, given=given)
    return found


# --- Other loads -----------------------------------------------------------------------------------


def open_loop(stage: Stage) -> dict[str, Any]:
    """Measure latencies at a steady rate, counted from when each request was due."""
    world = stage.world
    with children.product(stage.url) as product:
        _drive("cycle", product, world, 2)
        seen: dict[str, Any] = _drive(
            "open", product, world, stage.lengths.open_seconds, cycles_per_second=OPEN_CYCLES_PER_SECOND
        )
    return seen


def times(stage: Stage) -> dict[str, Any]:
    """Measure each request of a visit: at a steady rate over 100 connections, and of 100 drivers at once."""
    world = stage.new_database("times", clients=CROWD, zones=ZONES, slots=SLOTS, plates=PLATES)
    with children.product(databases.url(stage.server, "times")) as product:
        _drive("cycle", product, world, 2)
        steady = _drive("visits", product, world, stage.lengths.open_seconds, cycles_per_second=VISITS_PER_SECOND)
        crowd = _drive("crowd", product, world, 1, cycles_per_client=1)
    return {"steady": steady["latency"], "crowd": crowd["latency"]}


def notices(stage: Stage) -> dict[str, Any]:
    """Measure what 10,000 notices an hour, mailed, do to the gate."""
    return _beside(stage, "bench.noticing", share=None)


def notice(stage: Stage) -> dict[str, Any]:
    """Measure what one notice costs the worker and PostgreSQL, in process."""
    world = stage.new_database("notice", clients=1, zones=2, slots=50, plates=PLATES)
    with databases.connect(stage.server, "notice") as connection:
        connection.execute("VACUUM (ANALYZE)")
    given, url = {"world": world, "visits": stage.lengths.notice_visits}, databases.url(stage.server, "notice")
    found: dict[str, Any] = children.ask("bench.inside", "notice_cost", database_url=url, given=given)
    return found


def replays(stage: Stage) -> dict[str, Any]:
    """Measure how long a replay of all old stays takes beside the gate, and what it does to the gate."""
    # Its control takes a whole core: the program, and PostgreSQL reading for it.
    found = _beside(stage, "bench.replaying", share=1.0)
    seconds = [each for made in found["made"] for each in made["seconds"]]
    return found | {"sessions": found["made"][0]["sessions"], "seconds": max(seconds)}


def _beside(stage: Stage, module: str, *, share: float | None) -> dict[str, Any]:
    """Return what a program of ours at the gate's side does to its entries, in turns with a control."""
    world, seconds = stage.world, stage.lengths.beside_seconds
    with children.product(stage.url, with_worker=False) as product:
        _drive("cycle", product, world, 2)
        offered = _offered(_drive("cycle", product, world, stage.lengths.round_seconds)["per_second"])

        def entries() -> list[float]:
            seen = _drive("open", product, world, seconds, cycles_per_second=offered, keep="enter")
            # Those of the first second are of the start: connections, and caches that are a round old.
            kept: list[float] = seen["kept_ms"][offered:]
            return kept

        found = beside.measure(
            module=module,
            share=share,
            url=stage.url,
            seconds=seconds,
            turns=stage.lengths.beside_turns,
            entries=entries,
        )
    return found | {"offered": offered}


def _offered(most: float) -> int:
    """Return how many cycles per second are asked for where the machine does `most`."""
    return max(1, min(OPEN_CYCLES_PER_SECOND, round(BESIDE_SHARE * most)))


def zones(stage: Stage) -> dict[str, Any]:
    """Measure the public list of zones."""
    world = stage.world
    with children.product(stage.url) as product:
        _drive("zones", product, world, 1)
        seen: dict[str, Any] = _drive("zones", product, world, stage.lengths.zones_seconds)
    return seen


def sqlite(stage: Stage) -> dict[str, Any]:
    """Measure the same cycle on SQLite, all clients at once; every bad answer is counted."""
    with tempfile.TemporaryDirectory(prefix="smart-parking-bench-") as directory:
        url = f"sqlite:///{Path(directory) / 'bench.sqlite3'}"
        children.manage("migrate", "--noinput", "-v0", database_url=url)
        world = _world(url, clients=SQLITE_CLIENTS, zones=ZONES, slots=SLOTS, plates=PLATES)
        with children.product(url) as product:
            seen: dict[str, Any] = _drive("cycle", product, world, stage.lengths.sqlite_seconds, tolerant=True)
            locked = product.complaints().count("database is locked")
    bad = sum(count for status, count in seen["statuses"].items() if not status.startswith("2"))
    return seen | {"locked": locked, "bad_answers": bad}


def live(stage: Stage) -> dict[str, Any]:
    """What a poll of a live page costs beside many open stays, slots and old stays."""
    name = "live"
    say(f"Loading {LIVE_ZONES * LIVE_SLOTS:,} slots, {OLD_STAYS:,} old and {LIVE_STAYS:,} open stays")
    stage.new_database(name, clients=CLIENTS, zones=LIVE_ZONES, slots=LIVE_SLOTS, plates=1)
    databases.load_old_stays(stage.server, name, OLD_STAYS)
    databases.load_open_stays(stage.server, name, LIVE_STAYS)
    given = {"polls": stage.lengths.live_polls}
    found: dict[str, Any] = children.ask(
        "bench.inside", "live", database_url=databases.url(stage.server, name), given=given
    )
    return found


def sites(stage: Stage) -> dict[str, Any]:
    """What each page costs an operator of forty sites with 200 zones and 20,000 slots."""
    stage.template  # noqa: B018 - made on first use
    url = databases.create(stage.server, "sites")
    found: dict[str, Any] = children.ask(
        "bench.inside", "many_sites", database_url=url, given={"rounds": stage.lengths.page_rounds}
    )
    return found


# --- Growth ----------------------------------------------------------------------------------------


def growth(stage: Stage) -> dict[str, Any]:
    """Measure a booking's cost with few and many slots, with no and many old parking sessions."""
    places = [_empty_place(stage, slots) for slots in GROWTH_SLOTS] + _crowded_places(stage)
    given = {"places": places, "bookings": stage.lengths.growth_bookings}
    say("Booking in all of them in turns")
    cost: dict[str, float] = children.ask(
        "bench.inside", "growth", database_url=databases.url(stage.server, "postgres"), given=given
    )
    return {"microseconds": cost, "growth": max(cost.values()) / min(cost.values())}


def _empty_place(stage: Stage, slots: int) -> tuple[str, str, int]:
    name = f"growth_{slots}"
    world = stage.new_database(name, clients=1, zones=1, slots=slots, plates=50)
    with databases.connect(stage.server, name) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return f"{slots:,} slots, no old stays", name, world["zones"][0]


def _crowded_places(stage: Stage) -> list[tuple[str, str, int]]:
    """Create one database with a zone of each size, and many old parking sessions in all of them."""
    stays = stage.lengths.growth_stays
    name = "growth_crowded"
    say(f"Loading {stays:,} old stays")
    world = stage.new_database(name, clients=1, zones=len(GROWTH_SLOTS), slots=0, plates=50)
    with databases.connect(stage.server, name) as connection:
        for zone, slots in zip(world["zones"], GROWTH_SLOTS, strict=True):
            connection.execute(
                "INSERT INTO facilities_parkingslot (zone_id, slot_number, sort_key, kind, status, created_at)"
                " SELECT %s, 'A-' || n, 'A-' || lpad(n::text, 8, '0'), 'CAR', 'FREE', now()"
                " FROM generate_series(1, %s) AS n",
                [zone, slots],
            )
    databases.load_old_stays(stage.server, name, stays)
    return [
        (f"{slots:,} slots, {stays:,} old stays", name, zone)
        for zone, slots in zip(world["zones"], GROWTH_SLOTS, strict=True)
    ]


PARTS: dict[str, Callable[[Stage], dict[str, Any]]] = {
    "ratio": ratio,
    "statements": statements,
    "open": open_loop,
    "times": times,
    "notices": notices,
    "notice": notice,
    "replays": replays,
    "zones": zones,
    "growth": growth,
    "sqlite": sqlite,
    "profile": profile,
    "gains": gains,
    "live": live,
    "sites": sites,
}
# Asked for by name only.
AIDS = ("notice", "profile", "gains", "sites")
