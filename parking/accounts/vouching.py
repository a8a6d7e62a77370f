"""Who speaks for whom: a second person counts only if the account is not in the hands of the first one.

Whoever makes an account, raises it to ADMIN, gives it a password or sets its mail address may act through it. For a day
that person vouches for it, and it is no second person beside them.
"""

from datetime import datetime, timedelta

from parking.accounts.models import Role, User
from parking.core.actor import Actor
from parking.core.errors import Forbidden

VOUCHED_FOR = timedelta(hours=24)


def vouch(user: User, *, actor: Actor, password_given: bool, now: datetime) -> None:
    """Note on a locked or new account, without saving it, that the actor vouches for it from now on.

    Somebody else's word of today holds on unless the actor gave the password: who knew the old one knows it still.
    """
    if actor.user_id is None or actor.user_id == user.pk:
        return
    if user.vouched_by_id not in {None, actor.user_id} and _is_fresh(user, now) and not password_given:
        return
    user.vouched_by_id, user.vouched_at = actor.user_id, now


def refuse_dependent(*, first_id: int | None, second: Actor, now: datetime) -> None:
    """Raise Forbidden `second_person_not_independent` if one of two accounts may be in the hands of the other.

    The second is dependent if the first vouches for it, by others or directly; and, because a new ADMIN could ask for
    what its maker then approves, if it vouches itself for a first that is an ADMIN.
    """
    if first_id is None or second.user_id is None:
        return
    if first_id in _vouchers(second.user_id, now):
        raise _not_independent()
    first = User.objects.filter(pk=first_id).only("role").first()
    if first is not None and first.role == Role.ADMIN and second.user_id in _vouchers(first_id, now):
        raise _not_independent()


def is_only_administrator() -> bool:
    """Return whether the installation has one active ADMIN, who then decides alone."""
    return User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


def _vouchers(user_id: int, now: datetime) -> set[int]:
    """Return the ids of those who vouch for an account today, and of those who vouch for these."""
    found: set[int] = set()
    user = User.objects.filter(pk=user_id).first()
    while user is not None and user.vouched_by_id is not None and _is_fresh(user, now):
        if user.vouched_by_id in {user_id, *found}:
            break
        found.add(user.vouched_by_id)
        user = User.objects.filter(pk=user.vouched_by_id).first()
    return found


def _is_fresh(user: User, now: datetime) -> bool:
    return user.vouched_at is not None and user.vouched_at > now - VOUCHED_FOR


def _not_independent() -> Forbidden:
    return Forbidden(
        "second_person_not_independent", "This account was made, raised or given a password by the first person today"
    )
