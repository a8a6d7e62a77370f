"""The families of errors that services raise; `edge/errors.py` and `web/refusals.py` turn them into responses."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A rule refused, or something is missing: a stable code, a text for a person, facts for the log."""

    status: ClassVar[int]  # of HTTP, the same for calls and pages

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts


class Refused(DomainError):
    """A rule does not allow it (400)."""

    status = 400


class InvalidInput(Refused):
    """The input itself is wrong (400); `errors` maps fields to texts."""

    def __init__(
        self,
        errors: dict[str, list[str]],
        message: str = "Please check the input",
        *,
        code: str = "validation_error",
    ) -> None:
        super().__init__(code, message)
        self.errors = errors


class NotFound(DomainError):
    """It does not exist, or the caller may not know of it (404)."""

    status = 404


class Unauthenticated(DomainError):
    """The token is missing or invalid (401)."""

    status = 401


class Forbidden(DomainError):
    """The caller is signed in, with the wrong role (403)."""

    status = 403


class KeyReused(DomainError):
    """An idempotency key came again with another body (409)."""

    status = 409


class TooMany(DomainError):
    """The caller made too many calls (429); `retry_after` in seconds, `limit` in calls per minute."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after: int, limit: int | None = None) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after
        self.limit = limit


class Unavailable(DomainError):
    """A system that we need does not answer (503); nothing was changed. `retry_after` in seconds."""

    status = 503
    retry_after: ClassVar[int] = 2
