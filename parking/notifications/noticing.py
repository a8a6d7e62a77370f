"""The writer of notices: from messages to rows, with what is to be sent beside them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from parking.accounts.models import User
from parking.audit.events import read_event
from parking.audit.models import OutboxEvent
from parking.audit.outbox import mark_done, set_aside, unprocessed
from parking.notifications.kinds import Kind, Message, kind_of
from parking.notifications.models import Channel, Delivery, Notice, PushSubscription
from parking.notifications.queries import chosen_by, has_mailbox, quiet_hours_of
from parking.notifications.rendering import LISTENER, render
from parking.notifications.rules import Quiet, first_attempt, wanted_channels
from parking.notifications.texts import zone_of

log = structlog.get_logger(__name__)

# Few at once: on SQLite nobody else writes meanwhile.
EVENTS_A_RUN = 25
# An event whose renderer breaks is tried again after so long, so that it holds up none behind it; after so many
# attempts it waits for a manager, before it looks as if no worker ran. A worker that starts anew counts anew.
_REST = timedelta(minutes=3)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class _News:
    """What one source tells, and when it happened."""

    messages: Iterable[Message]
    source: str
    at: datetime


@dataclass(frozen=True)
class _Rest:
    until: datetime
    attempts: int


_resting: dict[int, _Rest] = {}


def take_events(*, now: datetime) -> int:
    """Make the notices of events that wait in the outbox; answers of how many events. Safe to repeat and at once.

    Notices and the mark that an event is done are one transaction: neither is there without the other.
    """
    tired = {pk for pk, rest in _resting.items() if rest.until > now}
    with transaction.atomic():
        rows = unprocessed(LISTENER, limit=EVENTS_A_RUN, without=tired)
        done = rows if _are_told(rows, now) else [row for row in rows if _is_told(row, now)]
        mark_done(done, now=now)
    return len(done)


def _are_told(rows: list[OutboxEvent], now: datetime) -> bool:
    """Tell of several events by as many statements as of one; where something breaks, each is told by itself."""
    if len(rows) < 2:
        return False
    try:
        with transaction.atomic():
            _tell([_news_of(row) for row in rows], now)
    except Exception:  # the one that broke is looked for, and logged
        if transaction.get_rollback():
            raise  # the database is away, and nothing of this run stays
        return False
    for row in rows:
        _resting.pop(row.pk, None)
    return True


def _news_of(row: OutboxEvent) -> _News:
    return _News(render(read_event(row), row.at), f"event:{row.pk}", row.at)


def _is_told(row: OutboxEvent, now: datetime) -> bool:
    try:
        with transaction.atomic():
            _tell([_news_of(row)], now)
    except Exception:  # one renderer that breaks must not end the notices of the others
        if transaction.get_rollback():
            raise  # the database is away: no fault of the event
        log.exception("event_not_rendered", outbox_id=row.pk, action=row.action)
        _let_rest(row, now)
        return False
    _resting.pop(row.pk, None)
    return True


def _let_rest(row: OutboxEvent, now: datetime) -> None:
    earlier = _resting.pop(row.pk, None)
    attempts = 1 + (earlier.attempts if earlier else 0)
    if attempts >= MOST_ATTEMPTS:
        log.error("event_set_aside", outbox_id=row.pk, action=row.action)
        set_aside(row)
    else:
        _resting[row.pk] = _Rest(now + _REST, attempts)


def tell(messages: Iterable[Message], *, source: str, at: datetime, now: datetime) -> int:
    """Write the notices of one source and what is to be sent of them; answers how many are new.

    Inside the caller's transaction. Safe to repeat: the same source tells each person once, by each channel once.
    Several messages to one person are several notices.
    """
    return _tell([_News(messages, source, at)], now)


def _tell(news: Iterable[_News], now: datetime) -> int:
    by_key: dict[tuple[str, int], tuple[Message, datetime]] = {}
    for one in news:
        for key, message in _keyed(one.messages, one.source).items():
            # Of two that tell the same fact the first counts.
            by_key.setdefault(key, (message, one.at))
    about = {"source__in": {key for key, _ in by_key}, "person__in": {pk for _, pk in by_key}}
    told = set(Notice.objects.filter(**about).values_list("source", "person_id"))
    people = User.objects.filter(is_active=True).in_bulk({pk for key, pk in by_key if (key, pk) not in told})
    new = [(key, pk) for key, pk in by_key if pk in people and (key, pk) not in told]
    if not new:
        return 0
    notices = [_notice(key[0], *by_key[key]) for key in new]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    # Read again: who told the same at the same moment wrote the row, and may have left out ours.
    found = Notice.objects.filter(**about).select_related("person").order_by("pk")
    ours, addressing = set(new), _Addressing(people, now)
    deliveries = [
        delivery
        for row in found
        if (row.source, row.person_id) in ours
        for delivery in addressing.deliveries(row, by_key[row.source, row.person_id][0])
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    return len(new)


def _keyed(messages: Iterable[Message], source: str) -> dict[tuple[str, int], Message]:
    """Return the messages by the source and person of their notices, in the order of persons.

    One event can tell a person two things: a manager who parks too. The second has a source of its own; what names its
    fact has that.
    """
    by_key: dict[tuple[str, int], Message] = {}
    counts: Counter[int] = Counter()
    for message in sorted(messages, key=lambda message: message.person_id):
        counts[message.person_id] += 1
        number = counts[message.person_id]
        own_source = message.fact or (source if number == 1 else f"{source}#{number}")
        by_key[own_source, message.person_id] = message
    return by_key


def _notice(source: str, message: Message, at: datetime) -> Notice:
    kind = kind_of(message.kind)
    missing = set(kind.values) ^ set(message.values)
    if missing:
        raise ValueError(f"A message of the kind {kind.code} has other values than the kind: {sorted(missing)}")
    return Notice(
        person_id=message.person_id,
        source=source,
        kind=kind.code,
        values=dict(message.values),
        path=message.path,
        attachment=message.attachment,
        site_id=message.site_id,
        time_zone=message.time_zone,
        at=at,
    )


def _mailboxes(kind: Kind, person: User, message: Message) -> list[str]:
    """Return where a message is mailed; empty: to the present address."""
    if not message.addresses:
        return [""] if has_mailbox(kind, person) else []
    return [one for one in message.addresses if one != person.email or has_mailbox(kind, person)]


def _numbers(person: User, message: Message) -> list[str]:
    """Return where a message goes as SMS; empty: to the present number."""
    return list(message.phones) or ([""] if person.phone else [])


class _Addressing:
    """By which channels, to which addresses and when a few people are told something."""

    def __init__(self, people: Mapping[int, User], now: datetime) -> None:
        self._now = now
        self._chosen = chosen_by(people)
        self._quiet = quiet_hours_of(people)
        self._subscriptions: dict[int, list[str]] = {}
        for person_id, uuid in PushSubscription.objects.filter(person__in=people).values_list("person_id", "uuid"):
            self._subscriptions.setdefault(person_id, []).append(str(uuid))

    def deliveries(self, notice: Notice, message: Message) -> list[Delivery]:
        """Return the deliveries of a notice, not saved yet."""
        kind, person = kind_of(notice.kind), notice.person
        addresses = self._addresses(kind, person, message)
        chosen = {
            channel: on for (pk, code, channel), on in self._chosen.items() if (pk, code) == (person.pk, kind.code)
        }
        channels = wanted_channels(kind.channels, chosen, available=list(addresses), urgent=kind.urgent)
        return [
            Delivery(notice=notice, channel=channel, address=address, next_at=self._first(channel, kind, notice))
            for channel in channels
            for address in addresses[Channel(channel)]
        ]

    def _addresses(self, kind: Kind, person: User, message: Message) -> dict[Channel, list[str]]:
        """Return the addresses of a person by channel, without channels that lead nowhere."""
        found: dict[Channel, list[str]] = {
            Channel.MAIL: _mailboxes(kind, person, message),
            Channel.PUSH: self._subscriptions.get(person.pk, []),
            Channel.SMS: _numbers(person, message) if settings.SMS_URL else [],
            Channel.WHATSAPP: [""] if person.phone and settings.WHATSAPP_URL else [],
        }
        return {channel: addresses for channel, addresses in found.items() if addresses}

    def _first(self, channel: str, kind: Kind, notice: Notice) -> datetime:
        quiet = self._quiet.get(notice.person_id, Quiet())
        return first_attempt(channel, now=self._now, zone=zone_of(notice), quiet=quiet, urgent=kind.ignores_quiet_hours)
