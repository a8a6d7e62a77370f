"""Mail servers: Django's backend, with an end to each mail as a whole.

A time-out of a socket bounds each wait and not their sum: a server that drips would hold a worker for ever.
"""

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from smtplib import SMTPException, SMTPServerDisconnected
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

# For a mail as a whole, from the first word of the server to the last.
WHOLE_SECONDS = 20.0


class _Bounded(smtplib.SMTP):
    """A connection that is cut after its time, whatever it is at: a greeting, a handshake, an answer, the mail."""

    _guard: socket | None = None
    _timer: Timer | None = None
    _is_cut = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        found: socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # A second handle of the same connection, which stays ours when the first is wrapped for encryption.
        self._guard = found.dup()
        self._timer = Timer(WHOLE_SECONDS, self._cut)
        self._timer.daemon = True
        self._timer.start()
        return found

    def _cut(self) -> None:
        self._is_cut = True
        if self._guard is not None:
            with suppress(OSError):  # it has ended meanwhile
                self._guard.shutdown(SHUT_RDWR)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer. Raises SMTPServerDisconnected where the connection was cut: half a line is no answer."""
        answer: tuple[int, bytes] = super().getreply()
        if self._is_cut:
            self.close()
            raise SMTPServerDisconnected
        return answer

    def close(self) -> None:
        """Close, also what bounds it."""
        if self._timer is not None:
            self._timer.cancel()
        super().close()
        if self._guard is not None:
            self._guard.close()


class _BoundedEncrypted(smtplib.SMTP_SSL, _Bounded):
    """The same, encrypted from the start."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        try:
            return super()._get_socket(host, port, timeout)
        except OSError:
            self.close()
            raise


class EmailBackend(smtp.EmailBackend):
    """Sends what it is given by one connection, for at most `WHOLE_SECONDS` after it is there."""

    @property
    def connection_class(self) -> Any:
        """Return what speaks to the server."""
        return _BoundedEncrypted if self.use_ssl else _Bounded

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send. Raises TimeoutError where it took too long, otherwise what smtplib raises."""
        began = monotonic()
        try:
            return super().send_messages(email_messages)
        except OSError as error:
            is_answer = isinstance(error, SMTPException) and not isinstance(error, SMTPServerDisconnected)
            if is_answer or monotonic() - began < WHOLE_SECONDS:
                raise
            raise TimeoutError("the mail took too long") from error
