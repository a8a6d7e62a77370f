"""Reset of a forgotten password, by a link that comes by mail."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest

from parking.accounts import notices
from parking.accounts.events import PasswordReset
from parking.accounts.lockout import forget_failures
from parking.accounts.mails import NEW_PASSWORD
from parking.accounts.models import Role, User
from parking.accounts.passwords import hash_new_password
from parking.accounts.pauses import forget_failures_of_name
from parking.accounts.queries import ids_of_reset
from parking.accounts.reset_tokens import opens_account
from parking.accounts.services import PASSWORD_FIELDS, actor_of, lock_user, set_password
from parking.accounts.tasks import mail_administrators, mail_reset_links
from parking.accounts.throttles import count_reset
from parking.audit import services as audit
from parking.core.errors import Refused
from parking.core.ids import parse_ref


def request_password_reset(request: HttpRequest, *, email_or_username: str, now: datetime) -> None:
    """Enqueue a mail with the link to every active account of this name or mail address.

    Where one of them has confirmed the address, the others that only claim it get none.

    Answers the same, and as fast, whether there is one or not: the worker finds out who gets a mail. Raises TooMany
    `too_many_requests` from this address in this minute.
    """
    count_reset(request, now=now)
    mail_reset_links.enqueue(ids_of_reset(email_or_username), uuid4().hex)


def reset_link_is_valid(*, uid: str, token: str, now: datetime) -> bool:
    """Return whether a link would set a password at `now`, for the page that shows the form."""
    user = _user_of(uid)
    return user is not None and opens_account(token, user, now=now)


def reset_password(*, uid: str, token: str, new_password: str, now: datetime) -> User:
    """Set a new password with the link of a mail, which is used up by that.

    All tokens and sessions die, and failed logins are forgotten. Raises Refused `reset_link_invalid`; InvalidInput
    at `new_password`, and the link can still be used.
    """
    user = _user_of(uid)
    if user is None or not opens_account(token, user, now=now):
        raise _reset_link_invalid()
    hashed = hash_new_password(new_password, user=user, field="new_password")
    with transaction.atomic():
        locked = lock_user(user.pk)
        # Looked at again under the lock: of two who use one link at once, the second finds another password.
        if not opens_account(token, locked, now=now):
            raise _reset_link_invalid()
        set_password(locked, hashed)
        # Who has the link reads the mails of this address.
        locked.email_confirmed_at, locked.email_bounced_at = locked.email_confirmed_at or now, None
        locked.save(update_fields=[*PASSWORD_FIELDS, "email_confirmed_at", "email_bounced_at"])
        notices.password_changed(locked)
        forget_failures(locked.username)
        forget_failures_of_name(locked.username)
        audit.record(actor_of(locked), PasswordReset(user_id=locked.pk), now)
        if locked.role == Role.ADMIN:
            mail_administrators.enqueue(NEW_PASSWORD, locked.pk, locked.pk, uuid4().hex)
    return locked


def _user_of(uid: str) -> User | None:
    try:
        return User.objects.filter(pk=parse_ref(uid).pk or 0).first()
    except ValueError:
        return None


def _reset_link_invalid() -> Refused:
    return Refused("reset_link_invalid", "This link was used or is too old. Please ask for a new one")
