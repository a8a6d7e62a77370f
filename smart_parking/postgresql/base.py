"""The backend, under the name by which Django looks for it: `DATABASES["default"]["ENGINE"]`."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

# A connection that has answered is asked again only after so long.
ASK_AFTER_SECONDS = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, whose health check before each request took as long as a statement of the request itself."""

    _answered_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._answered_at = float("-inf")
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Return whether the connection is open. One that has answered a moment ago is, if no end of it has come.

        After an error it is asked in any case: it may be open, and still wait for an answer that nobody reads.
        """
        now = time.monotonic()
        if not self.errors_occurred and now - self._answered_at < ASK_AFTER_SECONDS and self._is_silent():
            return True
        is_usable: bool = super().is_usable()
        self._answered_at = now if is_usable else float("-inf")
        return is_usable

    def _set_autocommit(self, autocommit: bool) -> None:
        """Begin or end with transactions. Outside of one that is a mark: psycopg's own way takes its lock for it."""
        if self.connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self.connection._autocommit = autocommit  # noqa: SLF001
        else:
            super()._set_autocommit(autocommit)  # type: ignore[misc] # not in the stubs

    def _is_silent(self) -> bool:
        """Return whether nothing has come that no statement asked for, such as the end of the connection."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
