"""The product as `make run` starts it, with its worker and the stand-in gateway, all by the moved clock."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import httpx

from bench.children import Failed
from bench.week import moved
from deploy import gateways, processes
from deploy.run import HEALTH, ROOT, TERMINAL_SIGNALS, refuse_taken_port, web_command

HOST = "127.0.0.1"
STOP_SECONDS = 10
_BY_CLOCK = (sys.executable, "-m", "bench.week.moved")


def environment(database_url: str, base: str, clock: Path) -> None:
    """Give this process and those that it starts the settings of a developer's machine."""
    for name in [name for name in os.environ if name.startswith(("SMART_PARKING_", "PHONEPE_", "RAZORPAY_"))]:
        del os.environ[name]
    os.environ |= {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "smart_parking.settings",
        "SMART_PARKING_BASE_URL": base,
        moved.VARIABLE: str(clock),
    }


@contextmanager
def served(database_url: str, port: int, *, folder: Path) -> Iterator[Path]:
    """Yield the log of a running product on an empty database. Raises Failed."""
    refuse_taken_port(HOST, port)
    log = folder / "server.log"
    base = f"http://{HOST}:{port}"
    environment(database_url, base, folder / "clock")
    command, _ = gateways.standin(base, None)
    running: list[subprocess.Popen[bytes]] = []
    with log.open("wb") as output:
        try:
            running.append(_start([*_BY_CLOCK, *command[2:]], output))
            for step in (("migrate", "--noinput", "-v0"), ("demo", "--no-reservations")):
                if _start([*_BY_CLOCK, "manage.py", *step], output).wait():
                    raise Failed(f"{step[0]} failed:\n{log.read_text(errors='replace')[-2000:]}")
            web = [part.replace("smart_parking.rsgi", "bench.week.moved") for part in web_command(HOST, port)]
            running += [_start(web, output), _start([*_BY_CLOCK, "manage.py", "worker"], output)]
            _wait_until_healthy(base, running, log)
            yield log
        finally:
            processes.stop(running, signal.SIGTERM, seconds=STOP_SECONDS)


def _start(command: list[str], output: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        preexec_fn=processes.end_with_parent(signal.SIGTERM, deaf_to=TERMINAL_SIGNALS),  # noqa: PLW1509
    )


def _wait_until_healthy(base: str, running: list[subprocess.Popen[bytes]], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and all(process.poll() is None for process in running):
        with suppress(httpx.HTTPError):
            if httpx.get(base + HEALTH, timeout=2).status_code == 200:
                return
        time.sleep(0.2)
    raise Failed(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")
