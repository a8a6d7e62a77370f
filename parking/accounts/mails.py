"""Mails about accounts: their words, and which links they carry. The app `notifications` sends them, as all others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.accounts import notices
from parking.accounts.confirmation_tokens import mark_of_address, new_confirmation_token
from parking.accounts.events import PasswordResetMailed
from parking.accounts.models import User
from parking.accounts.reset_tokens import mark_of_account, new_reset_token
from parking.accounts.throttles import count_call
from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import TooMany

# A person who asks again and again, from however many addresses, shall not fill another one's mailbox.
_MAILS_PER_MINUTE = 3

# --- Links -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A mail whose button opens something to whoever has it: the address is made when it is sent, and never stored.

    `path` is where the list in the application leads. `is_needed` says of an account and the mark that it had when the
    mail was asked for whether the mail still is of use.
    """

    title: Promise
    text: Promise
    advice: Promise
    button: Promise
    path: str
    make: Callable[[User, datetime], str]
    is_needed: Callable[[User, str], bool]


def _reset_address(user: User, now: datetime) -> str:
    return f"{settings.BASE_URL}/password/reset/{user.pk}/{new_reset_token(user, now=now)}/"


def _is_same_account(user: User, mark: str) -> bool:
    # Who has signed in or set a password meanwhile needs no other.
    return mark_of_account(user) == mark


def _confirmation_address(user: User, now: datetime) -> str:
    return f"{settings.BASE_URL}/email/confirm/{new_confirmation_token(user, now=now)}/"


def _is_unproved(user: User, mark: str) -> bool:
    return user.email_confirmed_at is None and mark_of_address(user.email) == mark


RESET, CONFIRMATION = "password_reset", "email_confirmation"
LINKS: dict[str, Link] = {
    RESET: Link(
        title=_("Your new password for %(brand)s"),
        text=_(
            'Someone, probably you, requested a new password for the account "%(username)s". '
            "If it was not you, do nothing: the password stays as it is."
        ),
        advice=_("Set it on this page within one hour. The link works once:"),
        button=_("Set a new password"),
        path="/password/forgotten/",
        make=_reset_address,
        is_needed=_is_same_account,
    ),
    CONFIRMATION: Link(
        title=_("Please confirm your e-mail address for %(brand)s"),
        text=_(
            'The account "%(username)s" at %(brand)s uses this e-mail address. If you have no such account, do nothing.'
        ),
        advice=_("If this is yours, confirm it on this page within a week:"),
        button=_("Confirm the address"),
        path="/profile/",
        make=_confirmation_address,
        is_needed=_is_unproved,
    ),
}


def mail_reset_links(user_ids: Sequence[int], *, now: datetime, wish: str = "") -> int:
    """Let each of these users have a mail with the link for a new password; answers how many mails are new.

    `wish` names the request, so that a task that is run twice sends no second mail. Not inside a transaction.
    """
    source = f"reset:{wish or uuid4().hex}"
    users = User.objects.filter(pk__in=user_ids, is_active=True).exclude(email="").order_by("pk")
    return sum(_mail_reset_link(user, source, now) for user in users)


def _mail_reset_link(user: User, source: str, now: datetime) -> bool:
    # The count goes with the mail: a worker that dies in between leaves neither.
    with transaction.atomic():
        if not _may_mail("reset-mail", f"user-{user.pk}", now):
            return False
        is_new = notices.mail_link(user, RESET, mark=mark_of_account(user), source=source, now=now)
        if is_new:
            audit.record(SYSTEM, PasswordResetMailed(user_id=user.pk), now)
    return is_new


def mail_confirmation_link(user_id: int, *, now: datetime, wish: str = "") -> bool:
    """Mail the link that confirms the address of an account, unless it is confirmed. As `mail_reset_links`."""
    user = User.objects.filter(pk=user_id, is_active=True, email_confirmed_at=None).exclude(email="").first()
    if user is None:
        return False
    mark = mark_of_address(user.email)
    with transaction.atomic():
        # Counted by address: whoever signs up again and again with another one's shall not fill that mailbox.
        if not _may_mail("confirm-mail", mark, now):
            return False
        return notices.mail_link(user, CONFIRMATION, mark=mark, source=f"confirm:{wish or uuid4().hex}", now=now)


def _may_mail(scope: str, whom: str, now: datetime) -> bool:
    try:
        count_call(scope=scope, address=whom, limit=_MAILS_PER_MINUTE, now=now)
    except TooMany:
        return False
    return True


# --- To the owner ----------------------------------------------------------------------------------

# What the owner of an account is told, by kind: title and sentence.
NOTICES: dict[str, tuple[Promise, Promise]] = {
    "password_changed": (
        _("Your password for %(brand)s was changed"),
        _('The account "%(username)s" has a new password. All devices were signed out.'),
    ),
    "email_changed": (
        _("The e-mail address of your account at %(brand)s was changed"),
        _('The account "%(username)s" now has another e-mail address. This mail goes to both addresses.'),
    ),
    "phone_changed": (
        _("The phone number of your account at %(brand)s was changed"),
        _('The account "%(username)s" now has another phone number.'),
    ),
    "sign_ins_paused": (
        _("Many failed sign-ins to your account at %(brand)s"),
        _(
            'Someone tried many wrong passwords for the account "%(username)s". There are now pauses between attempts. '
            "On devices where you signed in before, you still can."
        ),
    ),
    "new_sign_in": (
        _("A new sign-in to your account at %(brand)s"),
        _('Someone signed in to the account "%(username)s" from a place where it was not used before.'),
    ),
}


def mail_notice(user_id: int, kind: str, address: str) -> bool:
    """Tell the owner of an account at an address. Only for what an older version has queued."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return False
    with transaction.atomic():
        notices.tell_owner(user, kind, {address})
    return True


# --- To all administrators ---------------------------------------------------------------------------

NEW_ADMINISTRATOR, NEW_PASSWORD = "NEW_ADMINISTRATOR", "NEW_PASSWORD"
_DOUBT = _("If this surprises you, ask now, and suspend the account in the office if need be.")
# What managers are told of another one, by kind: title, sentence, and what to do about it.
MANAGERS_NEWS: dict[str, tuple[Promise, Promise, Promise]] = {
    NEW_ADMINISTRATOR: (
        _("A new manager of %(brand)s: %(username)s"),
        _('The account "%(username)s" is a manager now. This was done by %(by)s.'),
        _DOUBT,
    ),
    NEW_PASSWORD: (
        _("A new password of a manager of %(brand)s: %(username)s"),
        _('The manager "%(username)s" has a new password. It was set by %(by)s.'),
        _DOUBT,
    ),
}


def mail_administrators(what: str, *, user_id: int, by_id: int | None, now: datetime, wish: str = "") -> int:
    """Tell every active ADMIN that there is a new one, or a new password of one; answers how many it is news to.

    `by_id` is who did it, None for the system. As `mail_reset_links`.
    """
    people = User.objects.in_bulk([user_id, by_id or 0])
    by = people[by_id].username if by_id in people else ""
    source = f"managers:{wish or uuid4().hex}"
    with transaction.atomic():
        return notices.tell_managers(what, about=people[user_id], by=by, source=source, now=now)
