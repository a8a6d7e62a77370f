"""Reads for screens and the API."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from parking.accounts.models import Role, User
from parking.core.errors import NotFound
from parking.core.ids import MAX_ID
from parking.core.parts import HasPart, few_ids
from parking.core.phones import LastDigits, whole_number
from parking.core.sites import Sites


def user_by_id(user_id: int) -> User:
    """Return the user. Raises NotFound `user_not_found`."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise user_not_found()
    return user


def user_not_found() -> NotFound:
    return NotFound("user_not_found", "User not found")


def id_of_username(username: str) -> int | None:
    """Return the id of the account with this username in any letter case, or None."""
    user = user_of_username(username)
    return None if user is None else user.pk


def user_of_username(username: str) -> User | None:
    """Return the account with this username in any letter case, or None."""
    try:
        return User.objects.get_by_natural_key(username.strip())
    except User.DoesNotExist:
        return None


# Of one mail address; somebody who makes hundreds of accounts shall not send as many mails with one click.
_MOST_RESETS = 10


def ids_of_reset(email_or_username: str) -> list[int]:
    """Return the ids of active accounts with a mail address whose name or address this is, in any letter case.

    Who has confirmed an address keeps those out that only claim it.
    """
    text = email_or_username.strip().lower()
    users = User.objects.alias(name=Lower("username"), address=Lower("email"))
    found = users.filter(Q(name=text) | Q(address=text), is_active=True).exclude(email="")
    confirmed_first = found.order_by(F("email_confirmed_at").desc(nulls_last=True), "pk")
    rows = list(confirmed_first.only("username", "email_confirmed_at")[:_MOST_RESETS])
    named = {user.pk for user in rows if user.username.lower() == text}
    proved = {user.pk for user in rows if user.email_confirmed_at and user.pk not in named}
    return sorted(user.pk for user in rows if not proved or user.pk in proved | named)


def special_slots_of(user_id: int | None) -> list[str]:
    """Return the kinds of special slots that a driver may book."""
    if user_id is None:
        return []
    kinds = User.objects.filter(pk=user_id).values_list("special_slots", flat=True).first()
    return list(kinds or ())


def works_within(user: User, sites: Sites) -> bool:
    """Return whether an account works at some of these sites and nowhere else; of all sites, any account does."""
    if sites is None:
        return True
    return user.role != Role.USER and bool(user.site_ids) and sites.issuperset(user.site_ids)


def user_within(user_id: int, *, sites: Sites) -> User:
    """Return an account that somebody of these sites may see. Raises NotFound `user_not_found`."""
    user = user_by_id(user_id)
    if not works_within(user, sites):
        raise user_not_found()
    return user


def find_users(*, sites: Sites, role: str | None = None, is_active: bool | None = None, q: str = "") -> QuerySet[User]:
    """Return the accounts that somebody of these sites may see, in order of creation.

    `q` is a part of the username, name, e-mail address or phone number. A whole phone number, however it is written,
    finds those who have it, or whose username it is; if nobody has it, it is a part like another.
    """
    users = User.objects.order_by("pk")
    if sites is not None:
        # Few accounts are not drivers', and SQLite cannot compare lists.
        people = User.objects.exclude(role=Role.USER).only("role", "site_ids")
        users = users.filter(pk__in=[user.pk for user in people if works_within(user, sites)])
    if role is not None:
        users = users.filter(role=role)
    if is_active is not None:
        users = users.filter(is_active=is_active)
    return users.filter(_found(q)) if q else users


def _found(text: str) -> Q:
    """Return the condition that a text finds an account; one statement looks it up, two a number that nobody has."""
    if with_number := _with_number(text):
        return Q(pk__in=with_number)
    named = User.objects.filter(HasPart(text, "username", "first_name", "last_name", "email", "phone"))
    few = few_ids(named)
    # Cut, though after more than there are, the others are found by their index before anything is sorted.
    return Q(pk__in=named.order_by().values("pk")[:MAX_ID]) if few is None else Q(pk__in=few)


def _with_number(text: str) -> list[int] | None:
    """Return the ids of those whose whole phone number a text is, and of who is called so, if anybody has it."""
    number = whole_number(text)
    if number is None:
        return None
    users = User.objects.alias(name=Lower("username"), number=LastDigits("phone"))
    return few_ids(users.filter(Q(number=number) | Q(name=text.strip().lower())))
