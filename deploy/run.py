"""`make run`: prepares the database, then runs the web server and the worker until a signal stops them.

HOST, PORT, DATABASE_URL, WEB_WORKERS and WEB_THREADS come from the environment. Whatever ends this process, its
children end too: on SIGINT, SIGTERM and SIGHUP it stops them, a kill of the process group reaches them all because none
leaves it, and if this process alone is killed the kernel signals them.
"""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from deploy import gateways, keys, messages_standin, processes, web
from smart_parking.environment import Environment, WrongEnvironment, read

ROOT = Path(__file__).resolve().parent.parent
HEALTH = "/api/public/health/"
START_SECONDS = 120
STOP_SECONDS = 10
REQUEST_SECONDS = 5  # what a request that is under way may still take when the server is stopped
TICK_SECONDS = 0.1
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGHUP)

WELCOME = """
Smart Parking is running: {base}

  ADMIN   admin / password123    superadmin / password123
  STAFF   staff1 / staffpass
  USER    user123 / userpass

Three calls to try:

  TOKEN=$(curl -s -X POST {base}/api/auth/login/ -H 'Content-Type: application/json' \\
    -d '{{"username": "user123", "password": "userpass"}}' | sed 's/.*"access": *"\\([^"]*\\)".*/\\1/')

  curl -s {base}/api/public/zones/

  curl -s -X POST {base}/api/user/book-slot/ \\
    -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{{"zone_id": 1, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"}}'

The API's description: {base}/api/docs
Ctrl-C stops it.
"""


STANDIN = """Play the bank (PhonePe and Razorpay, no real money): {standin}
"""

MESSAGES = """Every mail, push message and SMS that was sent: {messages}
"""


class Failure(Exception):
    """An error that the person at the terminal has to know; ends the run with code 1."""


class StopRequested(Exception):
    """SIGINT, SIGTERM or SIGHUP was received."""


class Supervisor:
    """Starts children, waits for them, and stops what it started."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stop_requested = False

    def listen_to_signals(self) -> None:
        for signum in (signal.SIGTERM, *TERMINAL_SIGNALS):
            signal.signal(signum, self._request_stop)

    def _request_stop(self, _signum: int, _frame: FrameType | None) -> None:
        # Only noted here: an exception in the middle of starting a child could lose that child.
        self._stop_requested = True

    def start(self, name: str, command: list[str], *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a child in our process group: SIGKILL for the group reaches it without us.

        What a terminal sends to the group is for us alone to act on: at Ctrl-C a command would print a traceback, and
        at SIGHUP the web server would reload.
        """
        before_exec = processes.end_with_parent(signal.SIGTERM, deaf_to=TERMINAL_SIGNALS)
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=stdin,
            preexec_fn=before_exec,  # noqa: PLW1509 - there are no threads here
        )
        self._children[name] = child
        return child

    def run_to_end(self, name: str, command: list[str]) -> None:
        """Run a child that ends by itself; raise Failure if it fails."""
        child = self.start(name, command)
        while child.poll() is None:
            self.tick()
        del self._children[name]
        if child.returncode:
            raise Failure(f"{name} failed (exit code {child.returncode}).")

    def tick(self) -> None:
        """Sleep for one tick; raise StopRequested if a signal came before."""
        if self._stop_requested:
            raise StopRequested
        time.sleep(TICK_SECONDS)

    def tick_while_all_live(self) -> None:
        """Wait as `tick` does; raise Failure if a child has ended by itself."""
        self.tick()
        for name, child in self._children.items():
            if child.poll() is not None and not self._stop_requested:
                raise Failure(f"The {name} ended unexpectedly (exit code {child.returncode}).")

    def stop_all(self) -> None:
        processes.stop(list(self._children.values()), signal.SIGTERM, seconds=STOP_SECONDS)
        processes.kill_adopted()


def environment() -> Environment:
    """Return the environment. Raises Failure where a variable cannot be used."""
    try:
        return read()
    except WrongEnvironment as error:
        raise Failure(str(error)) from None


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Failure if the port cannot be had: the web server would silently share it with another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(f"Port {port} is in use. Another one: PORT={port + 1} make run") from None
        raise Failure(f"Cannot listen on {host} port {port}: {error.strerror}") from None


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def web_command(host: str, port: int, *, is_waiting: bool = False) -> list[str]:
    """Return the command of the web server as deployed, which the benchmark measures too.

    One that is waiting serves when `go_on` lets it.
    """
    env = environment()
    waiting = [web.AFTER_LINE] if is_waiting else []
    # Few threads: more of them quarrel over the interpreter's lock (docs/performance.md). A gateway that hangs holds
    # one for up to 20 seconds, so who takes much money online gives more (docs/settings.md).
    return [
        *(sys.executable, "-m", "deploy.web", *waiting, "smart_parking.rsgi:application", "--interface", "rsgi"),
        *("--host", host, "--port", str(port), "--http", "1", "--no-ws"),
        *("--workers", str(env.web_workers)),
        # A head comes within 10 s; so long a connection may also be idle between two requests.
        *("--http1-header-read-timeout", "10000"),
        # Connections, kept alive, that may wait per worker: half of the backlog.
        *("--backlog", "2048"),
        *("--workers-kill-timeout", str(REQUEST_SECONDS), "--respawn-failed-workers"),
        *("--log-level", "error", "--no-access-log"),
    ]


def go_on(web_server: subprocess.Popen[bytes]) -> None:
    """Let a web server that is waiting serve. One that has ended meanwhile is found by whoever looks next."""
    if web_server.stdin:
        with suppress(BrokenPipeError), web_server.stdin as its_input:
            its_input.write(b"\n")


def is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_healthy(supervisor: Supervisor, host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(host, port):
        if time.monotonic() > deadline:
            raise Failure(f"The web server does not answer {HEALTH} with 200 after {START_SECONDS} s.")
        supervisor.tick_while_all_live()


def local_address(host: str) -> str:
    """Return the address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a server that listens on `host`."""
    return host in {"localhost", "::1"} or host.startswith("127.")


def address_for_people(host: str, port: int) -> str:
    address = local_address(host)
    return f"http://{f'[{address}]' if ':' in address else address}:{port}"


def serve(supervisor: Supervisor) -> None:
    """Bring everything up and stay until a signal comes (StopRequested) or a child ends (Failure)."""
    env = environment()
    host, port = env.host, env.port
    refuse_taken_port(host, port)
    base = address_for_people(host, port)
    os.environ.setdefault("SMART_PARKING_BASE_URL", base)
    if not is_loopback(host):
        keys.use_own_key(env.secret_key)
    command, standin = gateways.standin(base, env.standin_port)
    if command:
        supervisor.start("stand-in gateway", command)
    command, messages = messages_standin.standin(env.message_standin_port)
    if command:
        supervisor.start("stand-in of messages", command)
    # It loads the project while the database and the files are prepared, and serves when they are there.
    server = supervisor.start("web server", web_command(host, port, is_waiting=True), stdin=subprocess.PIPE)
    supervisor.run_to_end("Preparing the start", [sys.executable, "-m", "deploy.prepare"])
    go_on(server)
    # Django's checks of this code and these settings are made when there is something to migrate: they take seconds.
    supervisor.start("worker", manage("worker", "--skip-checks"))
    wait_until_healthy(supervisor, local_address(host), port)
    print(WELCOME.format(base=base) + _beside(standin, messages), flush=True)
    while True:
        supervisor.tick_while_all_live()


def _beside(standin: str, messages: str) -> str:
    """Return where the stand-ins are that were started."""
    bank = STANDIN.format(standin=standin) if standin else ""
    return bank + (MESSAGES.format(messages=messages) if messages else "")


def main() -> int:
    os.umask(0o077)  # the database, mails and logs of a run are nobody else's
    if "MAKELEVEL" in os.environ:  # started by make: not to stay when make is killed alone
        processes.end_with_my_parent(signal.SIGTERM)
    processes.adopt_orphans()
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    try:
        serve(supervisor)
    except StopRequested:
        return 0
    except Failure as failure:
        print(failure, file=sys.stderr)
    finally:
        supervisor.stop_all()
    return 1


if __name__ == "__main__":
    sys.exit(main())
