"""Files that hold what is other people's can be read by nobody else on the machine."""

import os
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from deploy import keys
from smart_parking.sqlite3.base import keep_private


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_database_is_private(tmp_path: Path) -> None:
    keep_private(str(tmp_path / "new.sqlite3"))
    assert mode(tmp_path / "new.sqlite3") == 0o600


def test_an_older_database_becomes_private_with_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.execute("CREATE TABLE t (a)")
        for file in (path, Path(f"{path}-wal")):
            file.chmod(0o644)
        keep_private(str(path))
        assert (mode(path), mode(Path(f"{path}-wal"))) == (0o600, 0o600)


def test_a_database_that_is_there_keeps_its_locks(tmp_path: Path) -> None:
    """Closing any handle of a file drops all locks that its process has on it."""
    path = tmp_path / "locked.sqlite3"
    ours = sqlite3.connect(path, isolation_level=None)
    ours.execute("BEGIN EXCLUSIVE")
    keep_private(str(path))
    held = _locks_of_this_process(path)
    ours.close()
    assert held


def _locks_of_this_process(path: Path) -> bool:
    inode = str(path.stat().st_ino)
    lines = (line.split() for line in Path("/proc/locks").read_text().splitlines())
    return any(line[-3].endswith(f":{inode}") and str(os.getpid()) in line for line in lines)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its own files")
def test_the_database_in_use_is_private() -> None:
    assert mode(Path(connection.settings_dict["NAME"])) == 0o600


def test_a_server_for_others_signs_with_a_key_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMART_PARKING_SECRET_KEY", "")
    keys.use_own_key("", tmp_path / "key")
    first = os.environ["SMART_PARKING_SECRET_KEY"]
    assert (len(first), mode(tmp_path / "key")) == (64, 0o600)
    monkeypatch.setenv("SMART_PARKING_SECRET_KEY", "")
    keys.use_own_key("", tmp_path / "key")
    assert os.environ["SMART_PARKING_SECRET_KEY"] == first  # tokens live through a restart


def test_a_key_that_was_given_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMART_PARKING_SECRET_KEY", "given")
    keys.use_own_key("given", tmp_path / "key")
    assert (os.environ["SMART_PARKING_SECRET_KEY"], (tmp_path / "key").exists()) == ("given", False)
