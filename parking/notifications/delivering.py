"""The worker's part: sending what is due, and sending it again.

A delivery is claimed before it is sent and marked after it, each in a commit of its own. A worker that is killed in
between leaves a claim that runs out; the next attempt carries the same reference, so what arrives twice shows once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import translation

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.notifications.channels.base import Letter, NotDelivered, Sender
from parking.notifications.channels.registry import sender_of
from parking.notifications.events import DeliveryFailed
from parking.notifications.models import OPEN_DELIVERY, Delivery, DeliveryState
from parking.notifications.rules import LEASE, PAUSES, next_attempt
from parking.notifications.subscribing import forget_subscription
from parking.notifications.texts import words_of

log = structlog.get_logger(__name__)

# Calls a function for each row, as `map` does, in what order and how many at a time it likes.
Spread = Callable[[Callable[[Any], bool], Iterable[Any]], Iterable[bool]]
# A run with eight at a time, each of ten seconds at worst, ends well within a lease.
DELIVERIES_A_RUN = 32


def deliver(*, now: datetime, channel: str, spread: Spread = map) -> int:
    """Send what is due by one channel, at most 32; answers how many were taken. Safe to repeat, and to run at once."""
    due = Delivery.objects.filter(channel=channel, state__in=OPEN_DELIVERY, next_at__lte=now)
    rows = list(due.select_related("notice__person").order_by("next_at", "pk")[:DELIVERIES_A_RUN])
    return sum(spread(partial(_deliver, now=now), rows)) if rows else 0


def _deliver(delivery: Delivery, *, now: datetime) -> bool:
    """Make one attempt, unless another worker is at it; answers whether it was made."""
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
        _mark(delivery, state=DeliveryState.SENT, sent_at=now, error="")
    return True


def _is_claimed(delivery: Delivery, now: datetime) -> bool:
    """Take a delivery for the time of a lease; of several workers one gets it."""
    seen = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, attempts=delivery.attempts)
    claimed = seen.filter(next_at=delivery.next_at).update(
        state=DeliveryState.SENDING, attempts=F("attempts") + 1, next_at=now + LEASE
    )
    delivery.attempts += 1
    return claimed == 1


def _send(delivery: Delivery, sender: Sender, now: datetime) -> None:
    if delivery.attempts > len(PAUSES) + 1:
        # Its last attempt had no end: whatever it does to workers, it does no more.
        raise NotDelivered("attempts_used_up", is_definite=True)
    person = delivery.notice.person
    with translation.override(person.reads):
        sender.send(Letter(delivery, delivery.notice, person, words_of(delivery.notice)), now)


def _note_failure(delivery: Delivery, failure: NotDelivered, now: datetime) -> None:
    log.warning("not_delivered", delivery_id=delivery.pk, channel=delivery.channel, error=failure.code)
    if failure.is_gone:
        forget_subscription(uuid=delivery.address, now=now)
    again = None if failure.is_definite else next_attempt(delivery.attempts, now)
    if again is not None:
        _mark(delivery, state=DeliveryState.WAITING, next_at=again, error=failure.code[:60])
        return
    with transaction.atomic():
        if _mark(delivery, state=DeliveryState.FAILED, error=failure.code[:60]) and not failure.is_gone:
            event = DeliveryFailed(notice_id=delivery.notice_id, channel=delivery.channel, error=failure.code[:60])
            audit.record(SYSTEM, event, now)


def _mark(delivery: Delivery, **changes: Any) -> bool:
    """Write how an attempt ended; not over what another worker wrote that had taken the delivery over."""
    rows = Delivery.objects.filter(pk=delivery.pk)
    if changes["state"] == DeliveryState.SENT:
        return rows.exclude(state=DeliveryState.SENT).update(**changes) == 1
    return rows.filter(state=DeliveryState.SENDING, attempts=delivery.attempts).update(**changes) == 1
