"""Programs that the benchmark starts: none outlives it, and none runs longer than it should."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import processor
from deploy import processes
from deploy.run import ROOT, TERMINAL_SIGNALS, is_healthy, web_command

LIMIT_SECONDS = 300
STOP_SECONDS = 10
SECRET = "a-secret-of-the-benchmark-that-guards-nothing"
HOST = "127.0.0.1"


class Failed(Exception):
    """A program ended badly; the text says which and how."""


def environment(database_url: str) -> dict[str, str]:
    """Return the settings of production, except those that refuse the simulated gateway and plain HTTP on loopback."""
    ours = {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "smart_parking.settings",
        "SMART_PARKING_SECRET_KEY": SECRET,
        "SMART_PARKING_ALLOWED_HOSTS": HOST,
        "SMART_PARKING_DEBUG": "0",
        "SMART_PARKING_OPEN_LEGACY": "0",
        "SMART_PARKING_GATEWAYS": "SIMULATED",
        "SMART_PARKING_SIMULATED_OUTCOME": "CAPTURE",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMART_PARKING_")}
    return inherited | ours


def manage(*arguments: str, database_url: str) -> None:
    run([sys.executable, "manage.py", *arguments], database_url=database_url)


def run(command: list[str], *, database_url: str = "", given: str = "", seconds: float = LIMIT_SECONDS) -> str:
    """Run a program to its end; answers what it printed. Raises Failed."""
    with started(command, database_url=database_url) as process:
        try:
            printed, complaints = process.communicate(given.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{_name(command)} took more than {seconds:.0f} s") from None
    if process.returncode:
        raise Failed(f"{_name(command)} failed ({process.returncode}):\n{complaints.decode()[-4000:]}")
    return printed.decode()


def ask(module: str, *arguments: str, database_url: str = "", given: object = None) -> Any:
    """Run a module of ours that reads JSON and prints JSON."""
    command = [sys.executable, "-m", module, *arguments]
    return json.loads(run(command, database_url=database_url, given=json.dumps(given)))


@contextmanager
def started(command: list[str], *, database_url: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Yield a program with pipes and stop it at the end of the block. Ctrl-C reaches only us; we stop it."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=processes.end_with_parent(signal.SIGTERM, deaf_to=TERMINAL_SIGNALS),  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        processes.stop([process], signal.SIGTERM, seconds=STOP_SECONDS)


def wait_for_line(process: subprocess.Popen[bytes]) -> None:
    """Wait until a program says that its start is over. Raises Failed where it ended instead."""
    assert process.stdout
    assert process.stderr
    if not process.stdout.readline():
        raise Failed(f"a program ended before it was ready:\n{process.stderr.read().decode()[-4000:]}")


# --- The product -----------------------------------------------------------------------------------


class Product:
    """A running web server and its worker: the port, their process ids, and their output so far."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log = log

    def processor_seconds(self) -> dict[str, float]:
        """Return processor seconds so far, by program."""
        return {name: processor.seconds_of(process.pid) for name, process in self.processes.items()}

    def complaints(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def product(database_url: str, *, with_worker: bool = True) -> Iterator[Product]:
    """Yield the web server, started by the command of the deployment, with the worker beside it."""
    port = _free_port()
    commands = {"web server": web_command(HOST, port)}
    if with_worker:
        commands["worker"] = [sys.executable, "manage.py", "worker"]
    with tempfile.TemporaryDirectory(prefix="smart-parking-bench-") as directory:
        served = Product(port, Path(directory) / "log")
        try:
            with (Path(directory) / "log").open("wb") as log:
                for name, command in commands.items():
                    served.processes[name] = _serve(command, database_url, log)
            _wait_until_healthy(served)
            yield served
        except Failed as failure:
            raise Failed(f"{failure}\nThe server's own words:\n{served.complaints()[-4000:]}") from None
        finally:
            processes.stop(list(served.processes.values()), signal.SIGTERM, seconds=STOP_SECONDS)


def _serve(command: list[str], database_url: str, log: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database_url),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=processes.end_with_parent(signal.SIGTERM, deaf_to=TERMINAL_SIGNALS),  # noqa: PLW1509
    )


def _wait_until_healthy(served: Product) -> None:
    deadline = time.monotonic() + 60
    while not is_healthy(HOST, served.port):
        if time.monotonic() > deadline or any(process.poll() is not None for process in served.processes.values()):
            raise Failed("The server did not start")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _name(command: list[str]) -> str:
    return " ".join(command[1:4]) if command[0] == sys.executable else Path(command[0]).name
