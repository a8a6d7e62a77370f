"""The backend, under the name by which Django looks for it: `DATABASES["default"]["ENGINE"]`."""

import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

PRIVATE = 0o600


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        keep_private(str(conn_params["database"]))
        return super().get_new_connection(conn_params)


def keep_private(database: str) -> None:
    """Make a database file, or take the rights of others from it; SQLite gives those of the file to its journals."""
    if database.startswith("file:") or ":memory:" in database or not Path(database).parent.is_dir():
        return
    os.close(os.open(database, os.O_CREAT | os.O_RDWR, PRIVATE))
    for path in (database, f"{database}-wal", f"{database}-shm"):
        if os.path.exists(path) and os.stat(path).st_uid == os.geteuid():  # noqa: PTH110, PTH116 - plain paths
            os.chmod(path, PRIVATE)  # noqa: PTH101
