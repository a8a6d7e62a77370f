"""Idempotency keys: a repeated request is the same request, kept with what it created for 24 hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.crypto import salted_hmac

from parking.core.errors import KeyReused
from parking.core.models import IdempotencyKey

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class RequestKey:
    """A client's key, its owner, the address it was sent to and the fingerprint of the normalised body."""

    caller: str
    path: str
    key: str
    fingerprint: str

    def lookup(self) -> dict[str, str]:
        return {"caller": self.caller, "path": self.path, "key": self.key}


def fingerprint(normalised: str) -> str:
    """Return a hash of a normalised body, keyed with the server's secret: the body may hold a password."""
    return salted_hmac("parking.idempotency", normalised, algorithm="sha256").hexdigest()


class RepeatedRequest(Exception):
    """The key is taken: this request came before, or is being answered at this moment."""


def claim(key: RequestKey | None, *, subject: str, now: datetime) -> None:
    """Write the key beside what the request creates, in the same transaction; does nothing without a key.

    `subject` names what is created, so that a repeat can go on after a crash. Raises RepeatedRequest, which must
    leave the transaction. Of two requests at once, the second waits here for the first to commit.
    """
    if key is None:
        return
    row = IdempotencyKey(**key.lookup(), fingerprint=key.fingerprint, subject=subject, created_at=now)
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise RepeatedRequest from error


def find(key: RequestKey, *, now: datetime) -> IdempotencyKey | None:
    """Return the kept row of a key, or None if there is none or its time is over. Raises KeyReused for another body."""
    row = IdempotencyKey.objects.filter(**key.lookup()).first()
    if row is None:
        return None
    if row.created_at <= now - KEPT_FOR:
        row.delete()
        return None
    if row.fingerprint != key.fingerprint:
        raise KeyReused("idempotency_key_reused", "This Idempotency-Key was used with another request")
    return row


def begun(key: RequestKey) -> str:
    """Return the subject that this request created in a run whose answer was not kept, "" if there is none."""
    rows = IdempotencyKey.objects.filter(**key.lookup(), fingerprint=key.fingerprint, status=None)
    return rows.values_list("subject", flat=True).first() or ""


def keep_answer(key: RequestKey, *, status: int, answer: str, now: datetime) -> IdempotencyKey | None:
    """Store the answer with its key; also for a refusal, whose own row was rolled back with its transaction.

    Of several answers at the same moment the first wins: it is returned to the others, to be sent instead.
    """
    rows = IdempotencyKey.objects.filter(**key.lookup(), fingerprint=key.fingerprint)
    if rows.filter(status=None).update(status=status, answer=answer):
        return None
    row = IdempotencyKey(**key.lookup(), fingerprint=key.fingerprint, status=status, answer=answer, created_at=now)
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    return rows.exclude(status=None).first()


def forget_old_keys(*, now: datetime) -> int:
    """Delete the keys whose time is over; answers how many."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lte=now - KEPT_FOR).delete()
    return deleted
