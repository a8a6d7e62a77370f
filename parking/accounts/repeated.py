"""What may come very often, on record without flooding it: the first at once, the rest of a minute as one line.

Each process writes the first hundred of a minute one by one; beyond that it counts by hundreds, so that an attacker
cannot keep the database busy. The last line may then lack up to 99 of each process.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from parking.accounts.limits import Counts
from parking.accounts.models import Repetition
from parking.audit import services as audit
from parking.audit.events import Exported, Refusal, read_event
from parking.core.actor import ANYBODY, Actor, user_actor
from parking.core.requests import client_address

_MINUTE = timedelta(minutes=1)
_COUNTED_SINGLY = 100

counts = Counts()


def record_seldom(actor: Actor, event: Refusal | Exported, *, request: HttpRequest, now: datetime) -> None:
    """Record an event if it is the first of its kind from this account or address in this minute; else count it.

    Outside of any transaction of a change. An anonymous caller's address is named by a keyed hash (`source`).
    """
    who = client_address(request) if actor.user_id is None else str(actor.user_id)
    key = _hashed(f"{event.recorded_action} {who}")
    minute = now.replace(second=0, microsecond=0)
    here = counts.add("", key, minute)
    times = 1 if here <= _COUNTED_SINGLY else _COUNTED_SINGLY
    if here > _COUNTED_SINGLY and here % _COUNTED_SINGLY:
        return
    if actor.user_id is None:
        event = replace(event, source=_hashed(who)[:16])
    if not _count(key, minute, times) and not _record_first(actor, event, key=key, minute=minute, now=now):
        _count(key, minute, times)


def _count(key: str, minute: datetime, times: int) -> bool:
    return Repetition.objects.filter(key=key, minute=minute).update(times=F("times") + times) == 1


def _record_first(actor: Actor, event: Refusal | Exported, *, key: str, minute: datetime, now: datetime) -> bool:
    """Write the line; answers False if somebody else was first."""
    first = Repetition(
        key=key,
        minute=minute,
        actor_id=actor.user_id,
        actor_role=actor.role,
        action=event.recorded_action,
        facts=event.facts(),
    )
    try:
        with transaction.atomic():
            first.save(force_insert=True)
            audit.record(actor, event, now)
    except IntegrityError:
        return False
    return True


def record_repetitions(*, now: datetime) -> int:
    """Record how often the events of past minutes came again, a line each; answers how many lines. Safe to repeat."""
    over = Repetition.objects.filter(minute__lte=now - _MINUTE).order_by("pk")
    return sum(_record_rest(row, now) for row in over)


def _record_rest(row: Repetition, now: datetime) -> bool:
    with transaction.atomic():
        # Whoever deletes the row writes its line. It is read again: a count may have come meanwhile.
        present = Repetition.objects.select_for_update().filter(pk=row.pk).first()
        if present is None:
            return False
        present.delete()
        event = read_event(present)
        if not present.times or not isinstance(event, Refusal | Exported):
            return False
        audit.record(_actor_of(present), replace(event, times=present.times), now)
    return True


def _actor_of(row: Repetition) -> Actor:
    return ANYBODY if row.actor_id is None else user_actor(row.actor_id, row.actor_role)


def _hashed(text: str) -> str:
    return salted_hmac("parking.accounts.repeated", text, algorithm="sha256").hexdigest()
