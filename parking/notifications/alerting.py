"""What managers are told: one digest each morning, and at once what cannot wait."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from parking.accounts.models import User
from parking.core import clock
from parking.core.sites import Sites
from parking.notifications.kinds import Message
from parking.notifications.models import Notice
from parking.notifications.noticing import tell
from parking.notifications.queries import managers_at, sites_of

DIGEST_AT = time(7, 0)


@dataclass(frozen=True)
class Critical:
    """What cannot wait. `key` names it: each manager is told once of the same. Without `site_id`: all managers."""

    key: str
    message: Callable[[int], Message]
    site_id: int | None = None


Digest = Callable[[User, Sites, datetime], Message | None]
Watch = Callable[[datetime], Iterable[Critical]]

_digests: list[Digest] = []
_watches: list[Watch] = []


def register_digest(digest: Digest) -> None:
    """Let `digest(manager, sites, now)` make the message of the morning; None where nothing waits."""
    _digests.append(digest)


def register_watch(watch: Watch) -> None:
    """Look every minute at what `watch(now)` finds critical."""
    _watches.append(watch)


def tell_managers(*, now: datetime) -> int:
    """Tell managers what is critical now and, from seven in the operator's time, the digest of the day.

    Answers how many notices are new. Safe to repeat.
    """
    return _tell_critical(now) + _tell_digests(now)


def _tell_critical(now: datetime) -> int:
    return sum(_tell_of(critical, now) for watch in _watches for critical in watch(now))


def _tell_of(critical: Critical, now: datetime) -> int:
    source = f"critical:{critical.key}"
    managers = managers_at(None if critical.site_id is None else {critical.site_id})
    with transaction.atomic():
        return tell([critical.message(user.pk) for user in managers], source=source, at=now, now=now)


def _tell_digests(now: datetime) -> int:
    local = now.astimezone(clock.site_zone())
    source = f"digest:{local.date()}"
    if local.time() < DIGEST_AT:
        return 0
    told = set(Notice.objects.filter(source=source).values_list("person_id", flat=True))
    missing = [user for user in managers_at(None) if user.pk not in told]
    return sum(_tell_digest(user, source, now) for user in missing)


def _tell_digest(user: User, source: str, now: datetime) -> int:
    messages = [message for digest in _digests if (message := digest(user, sites_of(user), now)) is not None]
    with transaction.atomic():
        return tell(messages[:1], source=source, at=now, now=now)
