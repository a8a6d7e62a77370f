"""The worker's part: sending what is due, and sending it again.

A delivery is claimed before it is sent and marked after it, each in a commit of its own. A worker that is killed in
between leaves a claim that runs out; the next attempt carries the same reference, so what arrives twice shows once. So
neither waits for the disk: losing it costs another attempt, and waiting costs the gates their time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.core.quick_commits import quick_commit
from parking.notifications.channels.base import Letter, NotDelivered, Sender
from parking.notifications.channels.registry import sender_of
from parking.notifications.events import DeliveryFailed
from parking.notifications.kinds import Kind, known_kind
from parking.notifications.models import OPEN_DELIVERY, Channel, Delivery, DeliveryState
from parking.notifications.queries import chosen_by, has_mailbox, quiet_hours_of
from parking.notifications.rules import LEASE, LOUD, OUTDATED, PAUSES, Quiet, first_attempt, needs_nobody, next_attempt
from parking.notifications.subscribing import forget_subscription
from parking.notifications.texts import words_of, zone_of

log = structlog.get_logger(__name__)

# Calls a function for each row, as `map` does, in what order and how many at a time it likes.
Spread = Callable[[Callable[[Any], bool], Iterable[Any]], Iterable[bool]]
# A run with eight at a time, each of ten seconds at worst, ends well within a lease.
DELIVERIES_A_RUN = 32


def deliver(*, now: datetime, channel: str, spread: Spread = map) -> int:
    """Send what is due by one channel, at most 32; answers how many were taken. Safe to repeat, and to run at once."""
    due = Delivery.objects.filter(channel=channel, state__in=OPEN_DELIVERY, next_at__lte=now)
    rows = list(due.select_related("notice__person").order_by("next_at", "pk")[:DELIVERIES_A_RUN])
    if not rows:
        return 0
    people = {row.notice.person_id for row in rows}
    quiet = quiet_hours_of(people) if channel in LOUD else {}
    unwanted = {key for key, is_on in chosen_by(people).items() if not is_on}
    return sum(spread(partial(_deliver, clock=_Clock(now), quiet=quiet, unwanted=unwanted), rows))


class _Clock:
    """The time during a run: that of its beginning, and the seconds since. A lease begins when it is taken."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = began_at
        self._began = monotonic()

    def now(self) -> datetime:
        return self._began_at + timedelta(seconds=int(monotonic() - self._began))


def _deliver(
    delivery: Delivery, *, clock: _Clock, quiet: Mapping[int, Quiet], unwanted: Collection[tuple[int, str, str]]
) -> bool:
    """Make one attempt, unless another worker is at it or it must wait; answers whether anything was done."""
    now, kind = clock.now(), known_kind(delivery.notice.kind)
    is_unwanted = (delivery.notice.person_id, delivery.notice.kind, delivery.channel) in unwanted
    if _is_outdated(delivery, kind, now) or (is_unwanted and kind is not None and not kind.urgent):
        # Also what the person ended by a choice since it was queued: in the night, or between two attempts.
        return _is_given_up(delivery, kind, now)
    # Late because of a failure, a manager's word or a worker that was away: it may be night by now.
    hours = quiet.get(delivery.notice.person_id, Quiet())
    is_free = kind is not None and kind.ignores_quiet_hours
    morning = first_attempt(delivery.channel, now=now, zone=zone_of(delivery.notice), quiet=hours, urgent=is_free)
    if morning > now:
        return _as_read(delivery).update(state=DeliveryState.WAITING, next_at=morning) == 1
    if not _is_claimed(delivery, now):
        return False
    try:
        _send(delivery, sender_of(delivery.channel), now)
    except NotDelivered as failure:
        _note_failure(delivery, failure, now)
    except DomainError as error:
        _note_failure(delivery, NotDelivered(error.code), now)
    except Exception as error:  # it is tried again, and then a manager sees it
        log.exception("delivery_broke", delivery_id=delivery.pk)
        _note_failure(delivery, NotDelivered(type(error).__name__), now)
    else:
        _note_sent(delivery, now)
    return True


def _is_given_up(delivery: Delivery, kind: Kind | None, now: datetime) -> bool:
    with transaction.atomic():
        is_ours = _as_read(delivery).update(state=DeliveryState.FAILED, error=OUTDATED) == 1
        if is_ours:
            _tell_end(delivery, kind, now, is_sent=False)
    return is_ours


def _is_outdated(delivery: Delivery, kind: Kind | None, now: datetime) -> bool:
    """Return whether nobody needs a delivery any more: its news is over, the account suspended, the address changed.

    A mail goes to the person's present address; to one that is not proved yet, only what is urgent.
    """
    notice, person = delivery.notice, delivery.notice.person
    if kind is None:
        return not person.is_active
    is_over = kind.is_current is not None and not kind.is_current(notice, now)
    to_mailbox = delivery.channel == Channel.MAIL and delivery.address in {"", person.email}
    return is_over or not person.is_active or (to_mailbox and not has_mailbox(kind, person))


def _as_read(delivery: Delivery) -> "QuerySet[Delivery]":
    """Return the row, unless somebody has changed it since it was read."""
    seen = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, attempts=delivery.attempts)
    return seen.filter(next_at=delivery.next_at)


def _is_claimed(delivery: Delivery, now: datetime) -> bool:
    """Take a delivery for the time of a lease; of several workers one gets it."""
    until = now + LEASE
    with quick_commit():
        claimed = _as_read(delivery).update(state=DeliveryState.SENDING, attempts=F("attempts") + 1, next_at=until)
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.SENDING, delivery.attempts + 1, until
    return claimed == 1


def _send(delivery: Delivery, sender: Sender, now: datetime) -> None:
    if delivery.attempts > len(PAUSES) + 1:
        # Its last attempt had no end: whatever it does to workers, it does no more.
        raise NotDelivered("attempts_used_up", is_definite=True)
    person = delivery.notice.person
    with translation.override(person.reads):
        sender.send(Letter(delivery, delivery.notice, person, words_of(delivery.notice)), now)


def _note_sent(delivery: Delivery, now: datetime) -> None:
    with quick_commit():
        if _mark(delivery, state=DeliveryState.SENT, sent_at=now, error=""):
            _tell_end(delivery, known_kind(delivery.notice.kind), now, is_sent=True)


def _tell_end(delivery: Delivery, kind: Kind | None, now: datetime, *, is_sent: bool) -> None:
    """Let the app whose message it was know how it ended."""
    if kind is not None and kind.when_ended is not None:
        kind.when_ended(delivery.notice, now, is_sent=is_sent)


def _note_failure(delivery: Delivery, failure: NotDelivered, now: datetime) -> None:
    log.warning("not_delivered", delivery_id=delivery.pk, channel=delivery.channel, error=failure.code)
    if failure.is_gone:
        forget_subscription(uuid=delivery.address, now=now)
    again = None if failure.is_definite else next_attempt(delivery.attempts, now)
    if again is not None:
        _mark(delivery, state=DeliveryState.WAITING, next_at=again, error=failure.code[:60])
        return
    with transaction.atomic():
        if not _mark(delivery, state=DeliveryState.FAILED, error=failure.code[:60]):
            return
        _tell_end(delivery, known_kind(delivery.notice.kind), now, is_sent=False)
        if not needs_nobody(delivery.channel, failure.code):
            event = DeliveryFailed(notice_id=delivery.notice_id, channel=delivery.channel, error=failure.code[:60])
            audit.record(SYSTEM, event, now)


def _mark(delivery: Delivery, **changes: Any) -> bool:
    """Write how an attempt ended. A failure not over what others wrote, who took it over when the lease had run out.

    That it was sent stays true, whatever they wrote.
    """
    if changes["state"] == DeliveryState.SENT:
        return Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.SENT).update(**changes) == 1
    return _as_read(delivery).update(**changes) == 1
