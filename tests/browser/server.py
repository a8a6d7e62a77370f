"""The product on a loopback port, inside the test's process: tests make rows and move the clock as everywhere."""

import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from smart_parking.handler import Handler

QUIET_SECONDS = 5


class Server:
    """Answers until it is stopped."""

    def __init__(self) -> None:
        # Made here and now: the middleware looks at the settings of this moment.
        handler = Handler()
        self._httpd = _Httpd(("127.0.0.1", 0), _SilentHandler)
        self._httpd.set_app(handler)
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://localhost:{self._httpd.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()
        self.hang_up()

    def hang_up(self) -> None:
        """Finish what is under way and close every connection, those to the database too.

        What a page asked for last must not write into the next test's rows.
        """
        self._httpd.hang_up()


class _Httpd(ThreadedWSGIServer):
    request_queue_size = 100

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: dict[threading.Thread, socket.socket] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[thread] = request
        thread.start()

    def hang_up(self) -> None:
        for connection in list(self._open.values()):
            with suppress(OSError):  # closed meanwhile
                connection.shutdown(socket.SHUT_RD)
        for thread in list(self._open):
            thread.join(QUIET_SECONDS)
            assert not thread.is_alive(), f"A request is still under way after {QUIET_SECONDS} s"
            del self._open[thread]


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Pages that leave in the middle of an answer are no news."""
