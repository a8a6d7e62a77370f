"""`python -m bench.load`: the clients. One thread, one epoll loop, requests written by hand.

It shares the cores with what it measures, so it must be cheap: no HTTP library, no JSON parsing, no garbage
collection. It reads JSON on standard input (see `Plan`), prints JSON, and stops at the first answer that is not 2xx.
"""

import gc
import heapq
import json
import select
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import asdict, dataclass, field
from itertools import cycle as cycled
from typing import Any

from bench.journeys import HOST, SCRIPTS, Client, Steps, get

GIVE_UP_SECONDS = 60
NOT_MODIFIED = 304


@dataclass
class Poll:
    """A live part of a page and the cookie of somebody who looks at it; `tag` is what is shown there."""

    path: str
    cookie: str
    tag: str = ""

    def request(self) -> bytes:
        known = f"If-None-Match: {self.tag}\r\n" if self.tag else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {self.cookie}\r\n{known}\r\n".encode()


@dataclass
class Plan:
    """What to run: `cycle` in a closed loop, `zones`, a reading loop, or in an open loop with `cycles_per_second`
    `open` (cycles) or `visits`; `crowd` is one visit of each client, all at once.

    Beside an open loop, `polls` are asked for in turns, `polls_per_second`. Of the requests of the kind `keep` every
    latency is answered.
    """

    kind: str
    port: int
    zones: list[int]
    clients: list[Client]
    seconds: float
    cycles_per_second: int = 0
    cycles_per_client: int = 0
    polls_per_second: int = 0
    polls: list[Poll] = field(default_factory=list)
    tolerant: bool = False
    keep: str = ""


class Refused(Exception):
    """An answer is not 2xx."""


@dataclass
class Record:
    """The measurements: latencies in seconds by kind of request, statuses, and the first bad answer."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    cycles: int = 0
    first_bad: str = ""

    def note(self, kind: str, seconds: float, status: int, body: bytes, *, tolerant: bool) -> bool:
        """Record an answer; return whether it was 2xx, or 304 of what a page shows already."""
        self.latencies.setdefault(kind, []).append(seconds)
        self.statuses[status] += 1
        if 200 <= status < 300 or status == NOT_MODIFIED:
            return True
        self.first_bad = self.first_bad or f"{kind}: {status} {body[:500].decode(errors='replace')}"
        if not tolerant:
            raise Refused(self.first_bad)
        return False


# --- Connections -----------------------------------------------------------------------------------


class Connection:
    """A kept-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=GIVE_UP_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.steps: Steps | None = None
        self.kind = ""
        self.since = 0.0
        self.tag = ""
        self._received = b""

    def send(self, kind: str, request: bytes, since: float) -> None:
        self.kind, self.since = kind, since
        # A request is far smaller than the empty buffer of a connection that waits for nothing else.
        if self.socket.send(request) != len(request):
            raise OSError("a request did not fit into the send buffer")

    def answer(self) -> tuple[int, bytes] | None:
        """Return status and body, or None until all of it has arrived."""
        got = self.socket.recv(65536)
        if not got:
            raise OSError("the server closed a connection")
        self._received += got
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return None
        status, lower = int(head[9:12]), head.lower()
        if status != NOT_MODIFIED:
            begin = lower.index(b"content-length:") + 15
            if len(body) < int(lower[begin : begin + 12].split(b"\r", 1)[0]):
                return None
        at = lower.find(b"\r\netag:")
        self.tag = head[at + 7 :].split(b"\r", 1)[0].strip().decode() if at >= 0 else ""
        self._received = b""
        return status, body


class Loop:
    """Connections and the epoll object that reports which of them have an answer."""

    def __init__(self, port: int, connections: int) -> None:
        self.connections = [Connection(port) for _ in range(connections)]
        self._by_number = {connection.socket.fileno(): connection for connection in self.connections}
        self._epoll = select.epoll()
        for number in self._by_number:
            self._epoll.register(number, select.EPOLLIN)

    def answered(self, timeout: float) -> Generator[tuple[Connection, int, bytes], None, None]:
        for number, _events in self._epoll.poll(timeout):
            connection = self._by_number[number]
            answer = connection.answer()
            if answer is not None:
                yield connection, *answer


# --- The closed loop: each client sends its next request when it has the answer ----------------------


def run_closed(plan: Plan) -> tuple[Record, float]:
    """Run cycles until the time is over; those under way are finished. Returns record and seconds."""
    loop, record = Loop(plan.port, len(plan.clients)), Record()
    clients = dict(zip(loop.connections, plan.clients, strict=True))
    left = dict.fromkeys(loop.connections, plan.cycles_per_client or sys.maxsize)
    begun = time.perf_counter()
    end = begun + plan.seconds
    busy = len(clients)
    for connection, client in clients.items():
        _begin_cycle(connection, client, plan)
    while busy:
        if time.perf_counter() > end + GIVE_UP_SECONDS:
            raise OSError("the server does not answer any more")
        for connection, status, body in loop.answered(1.0):
            now = time.perf_counter()
            good = record.note(connection.kind, now - connection.since, status, body, tolerant=plan.tolerant)
            if good and _next_step(connection, body, now):
                continue
            record.cycles += good
            left[connection] -= 1
            if now < end and left[connection] > 0:
                _begin_cycle(connection, clients[connection], plan)
            else:
                busy -= 1
    return record, time.perf_counter() - begun


def _begin_cycle(connection: Connection, client: Client, plan: Plan) -> None:
    connection.steps = SCRIPTS[plan.kind](client, plan.zones)
    kind, request = next(connection.steps)
    connection.send(kind, request, time.perf_counter())


def _next_step(connection: Connection, body: bytes, now: float) -> bool:
    """Send the next request of the cycle; False if it is complete."""
    try:
        kind, request = connection.steps.send(body)  # type: ignore[union-attr]
    except StopIteration:
        return False
    connection.send(kind, request, now)
    return True


# --- The reading loop --------------------------------------------------------------------------------


def run_zones(plan: Plan) -> tuple[Record, float]:
    """Read the public list of zones repeatedly."""
    loop, record = Loop(plan.port, len(plan.clients)), Record()
    request = get("/api/public/zones/")
    begun = time.perf_counter()
    end = begun + plan.seconds
    for connection in loop.connections:
        connection.send("zones", request, begun)
    busy = len(loop.connections)
    while busy:
        for connection, status, body in loop.answered(1.0):
            now = time.perf_counter()
            record.note("zones", now - connection.since, status, body, tolerant=plan.tolerant)
            record.cycles += 1
            if now < end:
                connection.send("zones", request, now)
            else:
                busy -= 1
    return record, time.perf_counter() - begun


# --- The open loop: requests are sent when they are due, however slow the answers are ----------------

STAY_SECONDS = 1.0


@dataclass(order=True)
class Due:
    """A request with the time at which it is to be sent; its latency counts from that time."""

    at: float
    number: int
    steps: Steps = field(compare=False)
    kind: str = field(compare=False)
    request: bytes = field(compare=False)
    poll: Poll | None = field(compare=False, default=None)


def run_open(plan: Plan) -> tuple[Record, float]:
    """Begin a cycle every 1/n s; a car enters a second after its booking and leaves a second later."""
    loop, record = Loop(plan.port, len(plan.clients)), Record()
    idle, waiting = deque(loop.connections), deque[Due]()
    under_way: dict[Connection, Due] = {}
    begun = time.perf_counter()
    schedule = sorted(_bookings(plan, begun) + _polls(plan, begun))  # in order of time, which makes it a heap
    step = STAY_SECONDS + 1 / (3 * plan.cycles_per_second)
    while schedule or waiting or under_way:
        now = time.perf_counter()
        while schedule and schedule[0].at <= now:
            waiting.append(heapq.heappop(schedule))
        while waiting and idle:
            _send_due(idle.popleft(), waiting.popleft(), under_way)
        pause = schedule[0].at - now if schedule and not waiting else 0.1
        for connection, status, body in loop.answered(min(max(pause, 0), 0.1)):
            due = under_way.pop(connection)
            idle.append(connection)
            seconds = time.perf_counter() - due.at
            good = record.note(due.kind, seconds, status, body, tolerant=plan.tolerant)
            if due.poll is not None:
                due.poll.tag = connection.tag
            elif good:
                _schedule_next(due, body, step, schedule, record)
        if now > begun + plan.seconds + GIVE_UP_SECONDS:
            raise OSError("the server does not keep up")
    return record, time.perf_counter() - begun


def _bookings(plan: Plan, begun: float) -> list[Due]:
    """Return when each cycle begins. Clients and plates rotate, so that no car is booked twice at once."""
    due = []
    for number in range(int(plan.seconds * plan.cycles_per_second)):
        client = plan.clients[number % len(plan.clients)]
        turn = number // len(plan.clients)
        own = Client(client.driver, client.attendant, [client.plates[turn % len(client.plates)]])
        steps = SCRIPTS[plan.kind](own, plan.zones)
        kind, request = next(steps)
        due.append(Due(begun + number / plan.cycles_per_second, number, steps, kind, request))
    return due


def _nothing_more() -> Steps:
    yield from ()


def _polls(plan: Plan, begun: float) -> list[Due]:
    """Return when each poll is sent, the pages in turns."""
    return [
        Due(begun + number / plan.polls_per_second, number, _nothing_more(), "poll", b"", poll)
        for number, poll in zip(range(int(plan.seconds * plan.polls_per_second)), cycled(plan.polls), strict=False)
    ]


def _send_due(connection: Connection, due: Due, under_way: dict[Connection, Due]) -> None:
    under_way[connection] = due
    # A poll names what is shown when it is sent.
    connection.send(due.kind, due.request if due.poll is None else due.poll.request(), due.at)


def _schedule_next(due: Due, body: bytes, step: float, schedule: list[Due], record: Record) -> None:
    try:
        kind, request = due.steps.send(body)
    except StopIteration:
        record.cycles += 1
        return
    heapq.heappush(schedule, Due(due.at + step, due.number, due.steps, kind, request))


# --- The program -----------------------------------------------------------------------------------

RUNS = {"cycle": run_closed, "crowd": run_closed, "zones": run_zones, "open": run_open, "visits": run_open}


def percentiles(latencies: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and worst in milliseconds, by nearest rank."""
    ordered = sorted(latencies)
    last = len(ordered) - 1
    return {
        "p50_ms": round(1000 * ordered[last // 2], 2),
        "p99_ms": round(1000 * ordered[min(int(len(ordered) * 0.99), last)], 2),
        "max_ms": round(1000 * ordered[last], 2),
    }


def summary(record: Record, seconds: float) -> dict[str, Any]:
    everything = [latency for latencies in record.latencies.values() for latency in latencies]
    return {
        "cycles": record.cycles,
        "seconds": round(seconds, 3),
        "per_second": round(record.cycles / seconds, 1),
        "own_processor_seconds": round(time.process_time(), 2),
        "latency": {kind: percentiles(seen) for kind, seen in record.latencies.items()}
        | {"all": percentiles(everything)},
        "statuses": {str(status): count for status, count in sorted(record.statuses.items())},
        "first_bad": record.first_bad,
    }


def main() -> None:
    given = json.load(sys.stdin)
    clients, polls = [Client(**client) for client in given["clients"]], [Poll(**poll) for poll in given["polls"]]
    plan = Plan(**(given | {"clients": clients, "polls": polls}))
    gc.disable()
    try:
        record, seconds = RUNS[plan.kind](plan)
    except (Refused, OSError) as error:
        raise SystemExit(f"{plan.kind}: {error}") from None
    kept = [round(1000 * latency, 3) for latency in record.latencies.get(plan.keep, [])]
    print(json.dumps(summary(record, seconds) | {"kept_ms": kept}))


def plan_for(kind: str, port: int, world: dict[str, Any], seconds: float, **more: Any) -> dict[str, Any]:
    """Return the plan for `bench.load`."""
    clients = [Client(**client) for client in world["clients"]]
    return asdict(Plan(kind=kind, port=port, zones=world["zones"], clients=clients, seconds=seconds, **more))


if __name__ == "__main__":
    main()
