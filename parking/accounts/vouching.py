"""Who speaks for whom: a second person counts only if the account is not in the hands of the first one.

Whoever makes an account, raises it to ADMIN, gives it a password or sets its mail address may act through it. For a day
that person vouches for it, and neither is a second person beside the other, nor are two for whom one vouches. The
record says who did so: it keeps what several people did to one account, each of whom may have kept a way into it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from parking.accounts.events import UserChanged, UserCreated
from parking.accounts.models import Role, User
from parking.audit.events import read_event
from parking.audit.queries import done_since
from parking.core.actor import Actor
from parking.core.errors import Forbidden

VOUCHED_FOR = timedelta(hours=24)


def is_dependent(*, first_id: int | None, second: Actor, now: datetime) -> bool:
    """Return whether two accounts may be in the same hands: one vouches for the other, or a third for both."""
    if first_id is None or second.user_id is None:
        return False
    return not _hands(first_id, now).isdisjoint(_hands(second.user_id, now))


def not_independent() -> Forbidden:
    return Forbidden(
        "second_person_not_independent",
        "One of you, or a third for both, made, raised or gave a password to the account today",
    )


def is_only_administrator(*, now: datetime) -> bool:
    """Return whether the installation has one active ADMIN, who then decides alone.

    Not within a day after another one was suspended or lost the role: nobody becomes the only one for a decision.
    """
    if User.objects.filter(role=Role.ADMIN, is_active=True).count() != 1:
        return False
    changed = done_since(now - VOUCHED_FOR, actions=[UserChanged.action])
    return not changed.filter(facts__administrator_lost=True).exists()


def _hands(user_id: int, now: datetime) -> set[int]:
    """Return the ids of who may act as an account today: itself, who vouch for it, and who vouch for these."""
    found, waiting = {user_id}, [user_id]
    while waiting:
        new = set(_vouchers(waiting.pop(), now)) - found
        found |= new
        waiting += new
    return found


def _vouchers(user_id: int, now: datetime) -> Iterator[int]:
    """Yield the ids of who gave an account its present password or address, and of all who raised it, in this day."""
    lines = done_since(now - VOUCHED_FOR, actions=[UserCreated.action, UserChanged.action])
    settled: set[str] = set()
    for line in lines.filter(subject_kind="user", subject_id=user_id).order_by("-pk"):
        if line.actor_id in {None, user_id}:
            continue
        given = _given(read_event(line))
        if given - settled:
            yield line.actor_id
        # Another password shuts out who gave the one before; being raised stays.
        settled |= given & {"password", "email"}


def _given(event: object) -> set[str]:
    """Return which of the ways into an account, and whether being ADMIN, somebody gave it."""
    if isinstance(event, UserCreated):
        return {"password", *(["email"] if event.has_email else []), *_raised(event)}
    if isinstance(event, UserChanged):
        ways = {"password", "email"} & set(event.changed)
        return ways | (_raised(event) if {"role", "is_active"} & set(event.changed) else set())
    return set()


def _raised(event: UserCreated | UserChanged) -> set[str]:
    return {"role"} if event.role == Role.ADMIN and event.is_active else set()
