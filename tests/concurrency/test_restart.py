"""A PostgreSQL that is restarted under a running web server costs the requests in flight, and none after them."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from django.db import connection

from deploy import processes
from deploy.run import HEALTH, ROOT, is_healthy, web_command
from tests.postgres import Server, postgres_cluster

HOST = "127.0.0.1"
# Every thread keeps a connection; the requests are enough for all of them.
THREADS, REQUESTS = 3, 30


@contextmanager
def running_server(database: Server) -> Iterator[str]:
    """The web server as it is deployed, with one process, on this database; the address of its health."""
    with socket.create_server((HOST, 0)) as listener:
        port = int(listener.getsockname()[1])
    command = web_command(HOST, port)
    command[command.index("--workers") + 1] = "1"
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database.url, "WEB_THREADS": str(THREADS)},
        preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    try:
        while not is_healthy(HOST, port):
            assert server.poll() is None, "the server did not start"
        yield f"http://{HOST}:{port}{HEALTH}"
    finally:
        processes.stop([server], signal.SIGTERM, seconds=10)


def statuses(address: str) -> list[int]:
    """The answers to several requests at once: 200 where the thread that took it reached the database."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda _: httpx.get(address, timeout=30).status_code, range(REQUESTS)))


@pytest.mark.sql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
def test_no_request_fails_after_a_restart() -> None:
    with postgres_cluster() as cluster, ExitStack() as running:
        database = running.enter_context(cluster.running())
        with running_server(database) as address:
            assert set(statuses(address)) == {200}
            running.close()
            running.enter_context(cluster.running())
            assert statuses(address) == [200] * REQUESTS
