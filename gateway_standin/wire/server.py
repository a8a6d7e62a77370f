"""The HTTP server: threads, loopback only."""

import logging
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from gateway_standin.wire.messages import Answer, NoAnswer, Request, json_answer

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 1_000_000
OUR_NAMES = {"127.0.0.1", "localhost"}

log = logging.getLogger(__name__)

App = Callable[[Request], Answer]


class Server(ThreadingHTTPServer):
    """Answers with `app`, in a thread for each connection."""

    daemon_threads = True
    # Tests and benchmarks open hundreds of connections at once.
    request_queue_size = 512

    def __init__(self, port: int, app: App) -> None:
        self.app = app
        super().__init__((LOOPBACK, port), Handler)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a client that hung up, for debugging only."""
        log.debug("connection %s of %s ended early", request, client_address, exc_info=True)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "gateway-standin"
    sys_version = ""
    # Buffered, so that head and body leave in one packet: else Nagle's algorithm costs 40 ms a call.
    wbufsize = -1
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return one handler for `do_GET` and the like, which http.server looks up: all methods are alike here."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        try:
            reply = self._reply()
        except NoAnswer as silence:
            time.sleep(silence.seconds)
            self.close_connection = True
        except Exception:
            log.exception("no answer to %s %s", self.command, self.path)
            self._send(json_answer({"error": "the stand-in broke, see its log"}, 500))
        else:
            self._send(reply)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is http.server's)
        log.debug(format, *args)

    def _reply(self) -> Answer:
        if self.headers.get("Host", "").partition(":")[0] not in OUR_NAMES:
            return json_answer({"error": "asked under a foreign name"}, 421)  # a web site that points its name at us
        length = self.headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in self.headers
        if chunked or not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            return json_answer({"error": "body too large, or of unknown length"}, 413)
        return self._app(self._request(self.rfile.read(int(length))))

    def _app(self, request: Request) -> Answer:
        server = self.server
        if not isinstance(server, Server):
            raise TypeError("not our server")
        return server.app(request)

    def _request(self, body: bytes) -> Request:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, unquote(parts.path), query, headers, body)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
