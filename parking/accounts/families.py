"""Sign-ins for tokens: all tokens that come of one, by refreshing, are a family and end together."""

from datetime import datetime

from django.db import transaction

from parking.accounts.events import SignInEnded
from parking.accounts.models import SignIn, User
from parking.audit import services as audit
from parking.audit.events import Refusal
from parking.core.actor import ANYBODY, SYSTEM


def begin(user: User, *, now: datetime, expires_at: datetime) -> int:
    """Write a new sign-in and return its id, which its tokens carry."""
    return SignIn.objects.create(user=user, started_at=now, expires_at=expires_at).pk


def prolong(sign_in_id: int, *, expires_at: datetime) -> None:
    """Keep a sign-in for as long as its newest refresh token lives."""
    SignIn.objects.filter(pk=sign_in_id).update(expires_at=expires_at)


def end(sign_in_id: int | None, *, now: datetime) -> bool:
    """End a sign-in with all its tokens, at once; answers whether it had not ended before."""
    if sign_in_id is None:
        return False
    return SignIn.objects.filter(pk=sign_in_id, ended_at=None).update(ended_at=now) == 1


def end_after_theft(*, user_id: int, sign_in_id: int | None, spent_at: datetime, now: datetime) -> None:
    """Record that a spent refresh token came again, and end its sign-in: either the owner or a thief holds the newest.

    Not for a call that was under way when the token was spent: a client that sends one twice is no thief.
    """
    with transaction.atomic():
        audit.record(ANYBODY, Refusal(code="token_spent", user_id=user_id), now)
        if now >= spent_at and end(sign_in_id, now=now):
            audit.record(SYSTEM, SignInEnded(user_id=user_id, reason="token_spent"), now)


def forget_old_sign_ins(*, now: datetime) -> int:
    """Delete sign-ins whose tokens have all run out; answers how many."""
    return SignIn.objects.filter(expires_at__lte=now).delete()[0]
