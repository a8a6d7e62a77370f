"""A database beside the one of the other tests, empty and for a while the default one of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def separate_database(directory: Path) -> Iterator[None]:
    """Let `connection` lead to an empty database, which is deleted at the end; then to the former one again.

    As Django's own test runner does it: the name in the connection's settings is exchanged.
    """
    former = connection.settings_dict["NAME"]
    connection.close()
    name = _create(f"{Path(former).stem}_separate", directory)
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = former
        _delete(name)


def _create(name: str, directory: Path) -> str:
    if connection.vendor == "sqlite":
        return str(directory / f"{name}.sqlite3")
    _delete(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    return name


def _delete(name: str) -> None:
    # SQLite's file goes with its temporary directory.
    if connection.vendor != "sqlite":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")
