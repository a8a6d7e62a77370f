"""A gateway's side of the wire, on loopback: answers what a test lays down, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content.decode()))


@dataclass(frozen=True)
class Say:
    """One answer. `body` is JSON, or raw bytes. `hangs`: never ends, `drops`: closes the line without a word."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Peer:
    """Holds, for each method and path, the answers that come one after the other; the last one stays."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.released = threading.Event()
        self._answers: dict[tuple[str, str], list[Say]] = {}
        self._lock = threading.Lock()
        self.url = ""

    def on(self, method: str, path: str, *answers: Say) -> None:
        self._answers[method, path] = list(answers)

    def take(self, call: Call) -> Say:
        with self._lock:
            self.calls.append(call)
            answers = self._answers.get((call.method, call.path))
            if answers is None:
                return Say(501, {"error": f"the test lays down no answer for {call.method} {call.path}"})
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def asked(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, peer: Peer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.peer = peer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        said = self.server.peer.take(self._read())
        if said.hangs:
            self.server.peer.released.wait(10)
        if said.hangs or said.drops:
            return
        self.send_response(said.status)
        for name, value in {"Content-Type": "application/json", **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.content)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def _read(self) -> Call:
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, content)


@contextmanager
def running_peer() -> Iterator[Peer]:
    peer = Peer()
    server = _Server(peer)
    peer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
