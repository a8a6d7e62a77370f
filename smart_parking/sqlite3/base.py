"""The backend, under the name by which Django looks for it: `DATABASES["default"]["ENGINE"]`."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

PRIVATE, OF_OTHERS = 0o600, 0o077


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        keep_private(str(conn_params["database"]))
        return super().get_new_connection(conn_params)


def keep_private(database: str) -> None:
    """Make a database file, or take the rights of others from it; SQLite gives those of the file to its journals.

    A file that is there is never opened here: closing it would drop the locks that SQLite holds on it in this process.
    """
    if database.startswith("file:") or ":memory:" in database or not Path(database).parent.is_dir():
        return
    with suppress(FileExistsError):
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
    for path in (Path(database), Path(f"{database}-wal"), Path(f"{database}-shm")):
        # The journals come and go with the connections of others.
        with suppress(FileNotFoundError):
            found = path.stat()
            if found.st_uid == os.geteuid() and found.st_mode & OF_OTHERS:
                path.chmod(PRIVATE)
