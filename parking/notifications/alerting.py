"""What managers are told: one digest each morning, and at once what cannot wait."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from parking.accounts.models import User
from parking.core.sites import Sites
from parking.notifications.kinds import Message
from parking.notifications.models import Notice
from parking.notifications.noticing import tell
from parking.notifications.queries import managers_at, sites_of

# A worker that was away makes up for it until noon. What comes up after that is the next morning's news; and where
# nothing waits, nobody looks all day.
DIGEST_AT, DIGEST_UNTIL = time(7, 0), time(12, 0)


@dataclass(frozen=True)
class Critical:
    """What cannot wait. `key` names it: each manager is told once of the same. Without `site_id`: all managers."""

    key: str
    message: Callable[[int], Message]
    site_id: int | None = None


# What makes the message of one person.
MessageFor = Callable[[int], Message]
Digest = Callable[[Sites, datetime], MessageFor | None]
# In which time zone it is seven for a manager.
ZoneOf = Callable[[User], ZoneInfo]
Watch = Callable[[datetime], Iterable[Critical]]

_digests: list[tuple[Digest, ZoneOf]] = []
_watches: list[Watch] = []


def register_digest(digest: Digest, *, zone_of: ZoneOf) -> None:
    """Let `digest(sites, now)` make what all managers of these sites are told in the morning; None: nothing waits.

    It is called once for each set of sites. The morning is that of `zone_of(manager)`.
    """
    _digests.append((digest, zone_of))


def register_watch(watch: Watch) -> None:
    """Look every minute at what `watch(now)` finds critical."""
    _watches.append(watch)


def tell_managers(*, now: datetime) -> int:
    """Tell managers what is critical now and, from seven to noon in the time of their sites, the digest of the day.

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
    return sum(_tell_digest(digest, zone_of, now) for digest, zone_of in _digests)


def _tell_digest(digest: Digest, zone_of: ZoneOf, now: datetime) -> int:
    """Tell a digest to those managers for whom it is seven and who have none of this day."""
    days = {user: now.astimezone(zone_of(user)) for user in managers_at(None)}
    sources = {user: f"digest:{local.date()}" for user, local in days.items() if _is_morning(local)}
    rows = Notice.objects.filter(source__in=set(sources.values())).values_list("person_id", "source")
    told = set(rows)
    missing: dict[Sites, list[tuple[User, str]]] = {}
    for user, source in sources.items():
        if (user.pk, source) not in told:
            missing.setdefault(sites_of(user), []).append((user, source))
    return sum(_tell_same(digest(sites, now), managers, now) for sites, managers in missing.items())


def _is_morning(local: datetime) -> bool:
    return DIGEST_AT <= local.time() < DIGEST_UNTIL


def _tell_same(message_for: MessageFor | None, managers: list[tuple[User, str]], now: datetime) -> int:
    """Tell managers of the same sites."""
    if message_for is None:
        return 0
    by_source: dict[str, list[Message]] = {}
    for user, source in managers:
        by_source.setdefault(source, []).append(message_for(user.pk))
    with transaction.atomic():
        return sum(tell(messages, source=source, at=now, now=now) for source, messages in by_source.items())
