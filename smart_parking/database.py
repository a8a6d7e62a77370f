"""The database settings: address, options of the connection, and limits of waiting and of statements."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url

from smart_parking.environment import Environment, WrongEnvironment

# SQLite has one writer at a time, so a request waits for all others and not only for those of its own rows.
SQLITE_MORE_SECONDS = 1.0
SQLITE_NO_LIMIT_SECONDS = 86_400.0


def database(env: Environment, base_dir: Path, arguments: Sequence[str] = sys.argv) -> dict[str, Any]:
    """Return Django's description of the database. `arguments` are those of the process: a command may take longer.

    Raises WrongEnvironment.
    """
    url = env.database_url or f"sqlite:///{base_dir / 'parking.sqlite3'}"
    config: dict[str, Any] = dict(_parsed(url))
    config["HOST"] = _socket_directory(url) or config["HOST"]
    # A connection that the server has closed meanwhile is replaced before a request uses it, not by its failure.
    config["CONN_HEALTH_CHECKS"] = True
    lock_seconds = env.command_lock_seconds if is_command(arguments) else env.lock_seconds
    if config["ENGINE"].endswith("sqlite3"):
        return config | _sqlite(config, base_dir, lock_seconds)
    limits = {
        "lock_timeout": lock_seconds,
        "statement_timeout": env.command_statement_seconds if is_command(arguments) else env.statement_seconds,
        "idle_in_transaction_session_timeout": env.idle_transaction_seconds,
    }
    return config | _postgresql(config, limits, alone=not is_command(arguments))


def is_command(arguments: Sequence[str]) -> bool:
    """Return whether the process runs `manage.py`: the worker, migrations, the reconciliation and other commands."""
    return Path(arguments[0] if arguments else "").name == "manage.py"


def _parsed(url: str) -> Any:
    try:
        return dj_database_url.parse(url, conn_max_age=None)
    except ValueError:
        # The address may contain a password, so it is not repeated.
        raise WrongEnvironment("DATABASE_URL is not the address of a database (docs/settings.md).") from None


def _socket_directory(url: str) -> str | None:
    """Return the directory in `postgresql://user@%2Ftmp%2FpgA/name`; the parser would make its letters small."""
    host = urlsplit(url).netloc.rpartition("@")[2].partition(":")[0]
    return unquote(host) if host.lower().startswith("%2f") else None


def _sqlite(config: dict[str, Any], base_dir: Path, lock_seconds: float) -> dict[str, Any]:
    # IMMEDIATE: a writer queues at BEGIN instead of failing at its first write. FULL: money survives a power cut.
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": lock_seconds + SQLITE_MORE_SECONDS if lock_seconds else SQLITE_NO_LIMIT_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # A file, because threads of one test must meet in one database.
    test = {"NAME": str(base_dir / ".cache" / "test.sqlite3")}
    engine = "smart_parking.sqlite3"  # Django's, with files for nobody else
    return {"ENGINE": engine, "OPTIONS": config.get("OPTIONS", {}) | options, "TEST": test}


def _postgresql(config: dict[str, Any], limits: dict[str, float], *, alone: bool) -> dict[str, Any]:
    given = config.get("OPTIONS", {})
    # PostgreSQL takes milliseconds. A limit in the address itself comes last and so wins.
    texts = [f"-c {name}={round(1000 * seconds)}" for name, seconds in limits.items() if seconds]
    if alone:
        # Whoever wants the first page of a list gets it from one process; several read far beyond it, and take the
        # processors of the gates.
        texts.append("-c max_parallel_workers_per_gather=0")
    options = " ".join([*texts, *filter(None, [given.get("options")])])
    # Parameters bound by the server and plans kept: a fifth quicker (docs/performance.md).
    fixed = {"server_side_binding": True, "prepare_threshold": 2}
    engine = "smart_parking.postgresql"  # Django's, with a cheaper check of a connection's health
    return {"ENGINE": engine, "OPTIONS": given | fixed | ({"options": options} if options else {})}
