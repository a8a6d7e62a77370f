"""The figures as tables, with the aims beside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bench.beside import SIDES

Figures = dict[str, Any]
_PERCENTILES = ("p50_ms", "p99_ms", "max_ms")


@dataclass(frozen=True)
class Aim:
    """The bound of a figure, its part, and how it is read from the part's figures."""

    text: str
    part: str
    read: Callable[[Figures], float]
    bound: float
    at_least: bool = False
    form: str = "{:,.0f}"

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    @property
    def words(self) -> str:
        return ("at least " if self.at_least else "at most ") + self.form.format(self.bound)


def _slowest(found: Figures) -> float:
    """Return the largest p99 of the requests that the requirement bounds, in milliseconds."""
    return max(float(found["steady"][kind]["p99_ms"]) for kind in ("enter", "scan", "status", "cancel"))


AIMS = (
    Aim("ratio HTTP / floor", "ratio", lambda f: f["ratio"], 0.25, at_least=True, form="{:.2f}"),
    Aim("statements of book", "statements", lambda f: f["book"]["statements"], 15),
    Aim("statements of entry", "statements", lambda f: f["enter"]["statements"], 5),
    Aim("statements of exit, CASH", "statements", lambda f: f["leave CASH"]["statements"], 6),
    Aim("open loop of 150 requests/s, p99 ms", "open", lambda f: f["latency"]["all"]["p99_ms"], 50),
    Aim("slowest of entry, scan, status, cancel over 100 connections, p99 ms", "times", _slowest, 100),
    Aim("entry p99 with 10,000 notices an hour, change", "notices", lambda f: f["change"], 0.10, form="{:.0%}"),
    Aim("replay of 100,000 sessions, s", "replays", lambda f: f["seconds"] * 1e5 / f["sessions"], 20),
    Aim("entry p99 beside a replay, change", "replays", lambda f: f["change"], 0.10, form="{:.0%}"),
    Aim("growth of a booking's cost", "growth", lambda f: f["growth"], 1.3, form="{:.2f}"),
    Aim("SQLite, 100 clients: database is locked", "sqlite", lambda f: f["locked"], 0),
    Aim("SQLite, 100 clients: answers not 2xx", "sqlite", lambda f: f["bad_answers"], 0),
    Aim("zones, requests/s", "zones", lambda f: f["per_second"], 1500, at_least=True),
    Aim("statements of a poll without news", "live", lambda f: max(one["statements"] for one in _parts(f)), 1),
    Aim("slowest page with forty sites, ms", "sites", lambda f: max(f.values()), 150),
    Aim("asking for news, ms", "live", lambda f: f["news"], 1, form="{:.2f}"),
    Aim(
        "smallest gain in core/statements.py",
        "gains",
        lambda f: min(one["gain"] for one in f.values()),
        0.05,
        at_least=True,
        form="{:.0%}",
    ),
)


def aims(figures: Figures) -> list[Figures]:
    """Return each aim whose part was measured, with its value."""
    rows = []
    for aim in AIMS:
        if aim.part in figures:
            value = aim.read(figures[aim.part])
            met = aim.is_met(value)
            rows.append({"figure": aim.text, "value": value, "aim": aim.words, "met": met})
    return rows


def tables(figures: Figures) -> str:
    """Return all figures as tables, the aims last."""
    makers = {
        "ratio": _ratio,
        "statements": _statements,
        "open": _latencies,
        "times": _times,
        "notices": _notices,
        "notice": _notice,
        "replays": _replays,
        "growth": _growth,
        "profile": _profile,
        "gains": _gains,
        "live": _live,
        "sites": _sites,
    }
    texts = [f"\n{part}\n{makers[part](found)}" for part, found in figures.items() if part in makers]
    if "sqlite" in figures:
        texts.append(
            f"\nsqlite, 100 clients\n{figures['sqlite']['per_second']} cycles/s\n{_latencies(figures['sqlite'])}"
        )
    return "\n".join([*texts, "", _aims(figures)])


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table with even columns, so that it can go into docs/performance.md as it is."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(cells: list[str]) -> str:
        padded = [
            cell.ljust(width) if not number else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def _aims(figures: Figures) -> str:
    forms = {aim.text: aim.form for aim in AIMS}
    rows = [
        [row["figure"], forms[row["figure"]].format(row["value"]), row["aim"], "yes" if row["met"] else "NO"]
        for row in aims(figures)
    ]
    return _table(["figure", "measured", "aim", "met"], rows) if rows else ""


def _ratio(found: Figures) -> str:
    rows = [
        [
            str(number),
            f"{one['floor']['per_second']:.0f}",
            f"{one['http']['per_second']:.0f}",
            f"{one['ratio']:.3f}",
        ]
        for number, one in enumerate(found["rounds"], 1)
    ]
    rows.append(
        ["median", f"{found['floor_per_second']:.0f}", f"{found['http_per_second']:.0f}", f"{found['ratio']:.3f}"]
    )
    rounds = _table(["round", "floor, cycles/s", "HTTP, cycles/s", "ratio"], rows)
    return f"{rounds}\n\n{_processor(found['processor_ms'])}\n\n{_latencies(found)}"


def _processor(spent: Figures) -> str:
    programs = list(spent["http"])
    rows = [[side, *(f"{costs.get(name, 0):.2f}" for name in programs)] for side, costs in spent.items()]
    share = spent["floor"]["together"] / spent["http"]["together"]
    rows.append(["floor / HTTP", *("" for _ in programs[1:]), f"{share:.3f}"])
    return _table(["processor time, ms per cycle", *programs], rows)


def _latencies(found: Figures) -> str:
    rows = [[kind, *(f"{seen[name]:.1f}" for name in _PERCENTILES)] for kind, seen in found["latency"].items()]
    return _table(["request", "p50 ms", "p99 ms", "worst ms"], rows)


def _times(found: Figures) -> str:
    """Return the requirement's own times beside what was seen: p50, p99 and worst, in milliseconds."""
    rows = [
        [kind, *(f"{seen[kind][name]:.1f}" for seen in (found["steady"], found["crowd"]) for name in _PERCENTILES)]
        for kind in ("enter", "scan", "status", "cancel", "book", "leave")
    ]
    head = [f"{side}, {name.removesuffix('_ms')} ms" for side in ("steady", "100 at once") for name in _PERCENTILES]
    return _table(["request", *head], rows)


def _statements(found: Figures) -> str:
    rows = [
        [name, str(one["statements"]), ", ".join(f"{count} {word}" for word, count in one["control"].items())]
        for name, one in found.items()
    ]
    return _table(["request", "statements", "apart"], rows)


def _notices(found: Figures) -> str:
    return _beside(found, {"notices": "notices", "mails": "mails", "processor_seconds": "its processor s"})


def _notice(found: Figures) -> str:
    return _table(["of a notice", "on average"], [[name, f"{one:.1f}"] for name, one in found.items()])


def _replays(found: Figures) -> str:
    made = {"sessions": "sessions", "seconds": "seconds of each replay", "processor_seconds": "its processor s"}
    return _beside(found, made)


def _beside(found: Figures, made: dict[str, str]) -> str:
    """Return p99 of an entry of each round and side, what the program made, and what that says."""
    rounds = found["rounds"]
    rows = [
        [str(number), *(f"{rounds[side][number - 1]:.1f}" for side in SIDES), *(str(one[name]) for name in made)]
        for number, one in enumerate(found["made"], 1)
    ]
    for title, name in (("median", "median_p99"), ("all", "p99")):
        rows.append([title, *(f"{found[name][side]:.1f}" for side in SIDES), *("" for _ in made)])
    title = (
        f"entry p99, ms; {found['offered']} cycles/s are asked for; the control takes {found['share']:.0%} of a core"
    )
    return f"{title}\n{_table(['round', *SIDES, *made.values()], rows)}\n{_verdict(found)}"


def _verdict(found: Figures) -> str:
    lines = [
        f"the program changes p99 of an entry by {_span(found['by_program'])}",
        f"the control, which only computes, by {_span(found['by_control'])}",
        f"the program beside the control: {_span(found['over_control'])}",
    ]
    over = found["over_control"]
    if over["low"] <= 0 and found["by_control"]["low"] > 0:
        lines.append("No more than the control: two cores have no room for a third that computes.")
    elif found["by_program"]["low"] <= 0 <= found["by_program"]["high"]:
        lines.append("These rounds do not tell the program from nothing.")
    return "\n".join(lines)


def _span(one: dict[str, float]) -> str:
    return f"{one['change']:+.0%} (from {one['low']:+.0%} to {one['high']:+.0%})"


def _growth(found: Figures) -> str:
    rows = [[label, f"{cost:,.0f}"] for label, cost in found["microseconds"].items()]
    return _table(["one booking", "median µs"], rows)


def _parts(found: Figures) -> list[Figures]:
    return list(found["parts"].values())


def _live(found: Figures) -> str:
    kinds = ("statements", "ms", "statements_with_news", "ms_with_news")
    rows = [
        [name, *(f"{one[kind]:.1f}" if kind.startswith("ms") else str(one[kind]) for kind in kinds)]
        for name, one in found["parts"].items()
    ]
    return _table(["one poll of", "statements", "median ms", "statements, news", "median ms, news"], rows)


def _sites(found: Figures) -> str:
    slowest_first = sorted(found.items(), key=lambda one: -one[1])
    return _table(["page", "median ms"], [[address, f"{taken:.0f}"] for address, taken in slowest_first])


def _profile(found: Figures) -> str:
    kinds = list(found["median_us"])
    rows = [[place, *_with_total(costs, kinds)] for place, costs in found["places_us"].items()]
    rows.append(["together", *_with_total(found["median_us"], kinds)])
    rows.append(["of which processor time", *_with_total(found["processor_us"], kinds)])
    return _table(["place, µs", *kinds, "cycle"], rows) + f"\n\n{found['functions']}"


def _with_total(costs: dict[str, float], kinds: list[str]) -> Iterator[str]:
    for kind in kinds:
        yield f"{costs[kind]:,.0f}"
    yield f"{sum(costs.values()):,.0f}"


def _gains(found: Figures) -> str:
    rows = [
        [
            name,
            f"{one['with_ms']:.2f}",
            f"{one['without_ms']:.2f}",
            f"{one['gain']:.1%}",
            f"{one['gain_low']:.1%} to {one['gain_high']:.1%}",
        ]
        for name, one in found.items()
    ]
    return _table(["function", "with it, ms a cycle", "plain ORM", "gain", "middle half of the rounds"], rows)
