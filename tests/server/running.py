"""The web server as it is deployed, with raw sockets: what no library of a client would send."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from deploy import processes
from deploy.run import ROOT, is_healthy, web_command

HOST = "127.0.0.1"
PATIENCE = 20


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class RunningServer:
    port: int

    def connect(self, data: bytes) -> socket.socket:
        """Open a connection and send something; the caller closes it."""
        peer = socket.create_connection((HOST, self.port), timeout=PATIENCE)
        peer.sendall(data)
        return peer

    def ask(self, data: bytes, *, then_close: bool = False) -> Answer:
        """Send a request as it is and return the answer; `then_close` says that nothing more will come."""
        with self.connect(data) as peer:
            if then_close:
                peer.shutdown(socket.SHUT_WR)
            return answer_on(peer)

    def get(self, path: str, *lines: str) -> Answer:
        return self.ask(head("GET", path, *lines))


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode("latin-1")


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in chunks, with its end."""
    pieces = [body[begin : begin + size] for begin in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def answer_on(peer: socket.socket) -> Answer:
    with peer.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        lines = iter(stream.readline, b"\r\n")
        headers = BytesParser().parsebytes(b"".join(lines) + b"\r\n")
        return Answer(status, headers, stream.read(int(headers.get("Content-Length", "0"))))


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(environment: dict[str, str]) -> Iterator[RunningServer]:
    """A server with one process, on the database and with the gateways of `environment`."""
    port = free_port()
    command = web_command(HOST, port)
    command[command.index("--workers") + 1] = "1"
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    try:
        while not is_healthy(HOST, port):
            assert server.poll() is None, "the server did not start"
            time.sleep(0.05)
        yield RunningServer(port)
    finally:
        processes.stop([server], signal.SIGTERM, seconds=10)
