"""Mails about a user's own account: plain text, in the user's language."""

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parking.accounts.confirmation_tokens import mark_of_address, new_confirmation_token
from parking.accounts.events import PasswordResetMailed
from parking.accounts.models import Role, User
from parking.accounts.reset_tokens import new_reset_token
from parking.accounts.throttles import count_call
from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import TooMany
from parking.core.site_settings import BRAND_NAME

log = structlog.get_logger(__name__)

# A person who asks again and again, from however many addresses, shall not fill another one's mailbox.
_MAILS_PER_MINUTE = 3


# --- Links -----------------------------------------------------------------------------------------


def mail_reset_links(user_ids: Sequence[int], *, now: datetime) -> int:
    """Send each of these users the link for a new password; answers how many were sent. Not inside a transaction."""
    users = User.objects.filter(pk__in=user_ids, is_active=True).exclude(email="").order_by("pk")
    return sum(_mail_reset_link(user, now) for user in users)


def _mail_reset_link(user: User, now: datetime) -> bool:
    if not _may_mail("reset-mail", f"user-{user.pk}", now):
        return False
    with translation.override(user.reads):
        subject, paragraphs = _reset_mail(user, now)
    if not _send(user.pk, user.email, subject, paragraphs):
        return False
    audit.record(SYSTEM, PasswordResetMailed(user_id=user.pk), now)
    return True


def _reset_mail(user: User, now: datetime) -> tuple[str, list[str]]:
    """Return subject and paragraphs, in the active language."""
    facts = {"username": user.username, "brand": BRAND_NAME.at(None)}
    return _("Your new password for %(brand)s") % facts, [
        _('Someone, probably you, requested a new password for the account "%(username)s".') % facts,
        _("Set it on this page within one hour. The link works once:"),
        f"{settings.BASE_URL}/password/reset/{user.pk}/{new_reset_token(user, now=now)}/",
        _("If it was not you, do nothing: the password stays as it is."),
    ]


def mail_confirmation_link(user_id: int, *, now: datetime) -> bool:
    """Send the link that confirms the address of an account, unless it is confirmed. Not inside a transaction."""
    user = User.objects.filter(pk=user_id, is_active=True, email_confirmed_at=None).exclude(email="").first()
    # Counted by address: whoever signs up again and again with another one's shall not fill that mailbox.
    if user is None or not _may_mail("confirm-mail", mark_of_address(user.email), now):
        return False
    with translation.override(user.reads):
        facts = {"username": user.username, "brand": BRAND_NAME.at(None)}
        return _send(
            user.pk,
            user.email,
            _("Please confirm your e-mail address for %(brand)s") % facts,
            [
                _('The account "%(username)s" at %(brand)s uses this e-mail address.') % facts,
                _("If this is yours, confirm it on this page within a week:"),
                f"{settings.BASE_URL}/email/confirm/{new_confirmation_token(user, now=now)}/",
                _("If you have no such account, do nothing."),
            ],
        )


# --- Notices ---------------------------------------------------------------------------------------

# What the app `notifications` tells the owner of an account, by kind: title and sentence.
NOTICES: dict[str, tuple[Promise, Promise]] = {
    "password_changed": (
        gettext_lazy("Your password for %(brand)s was changed"),
        gettext_lazy('The account "%(username)s" has a new password. All devices were signed out.'),
    ),
    "email_changed": (
        gettext_lazy("The e-mail address of your account at %(brand)s was changed"),
        gettext_lazy('The account "%(username)s" now has another e-mail address. This mail goes to both addresses.'),
    ),
    "phone_changed": (
        gettext_lazy("The phone number of your account at %(brand)s was changed"),
        gettext_lazy('The account "%(username)s" now has another phone number.'),
    ),
    "sign_ins_paused": (
        gettext_lazy("Many failed sign-ins to your account at %(brand)s"),
        gettext_lazy(
            'Someone tried many wrong passwords for the account "%(username)s". There are now pauses between attempts. '
            "On devices where you signed in before, you still can."
        ),
    ),
    "new_sign_in": (
        gettext_lazy("A new sign-in to your account at %(brand)s"),
        gettext_lazy('Someone signed in to the account "%(username)s" from a place where it was not used before.'),
    ),
}


def mail_notice(user_id: int, kind: str, address: str) -> bool:
    """Send a notice about an account to an address, which need not be its present one. Not inside a transaction.

    Only for what an older version has queued: the app `notifications` sends them now.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return False
    subject, sentence = NOTICES[kind]
    with translation.override(user.reads):
        return _send(
            user.pk,
            address,
            str(subject) % {"brand": BRAND_NAME.at(None)},
            [
                str(sentence) % {"username": user.username},
                _("If this was you, do nothing. If not, set a new password at once, or ask the car park for help:"),
                f"{settings.BASE_URL}/password/forgotten/",
            ],
        )


# --- Sending ---------------------------------------------------------------------------------------


def _may_mail(scope: str, whom: str, now: datetime) -> bool:
    try:
        count_call(scope=scope, address=whom, limit=_MAILS_PER_MINUTE, now=now)
    except TooMany:
        return False
    return True


def _send(user_id: int, address: str, subject: str, paragraphs: Sequence[str]) -> bool:
    text = "\n\n".join([*paragraphs, BRAND_NAME.at(None)]) + "\n"
    try:
        send_mail(subject, text, None, [address])
    except (SMTPException, OSError) as error:
        # Only what kind of error: its text may hold the address.
        log.error("mail_not_sent", user_id=user_id, error=type(error).__name__)
        return False
    return True


# --- To all administrators ---------------------------------------------------------------------------

NEW_ADMINISTRATOR, NEW_PASSWORD = "NEW_ADMINISTRATOR", "NEW_PASSWORD"


def mail_administrators(what: str, *, user_id: int, by_id: int | None) -> int:
    """Tell every active ADMIN that there is a new one, or a new password of one; answers how many were sent.

    `by_id` is who did it, None for the system. Not inside a transaction.
    """
    names = dict(User.objects.filter(pk__in=[user_id, by_id or 0]).values_list("pk", "username"))
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(email="").order_by("pk")
    return sum(_mail_administrator(admin, what, names[user_id], names.get(by_id or 0)) for admin in admins)


def _mail_administrator(admin: User, what: str, username: str, by: str | None) -> bool:
    with translation.override(admin.reads):
        subject, text = _news_of_administrators(
            what, {"username": username, "by": by or _("The system"), "brand": BRAND_NAME.at(None)}
        )
    try:
        send_mail(subject, text, None, [admin.email])
    except (SMTPException, OSError) as error:
        log.error("mail_not_sent", user_id=admin.pk, error=type(error).__name__)
        return False
    return True


def _news_of_administrators(what: str, names: dict[str, str]) -> tuple[str, str]:
    """Return subject and text, in the active language."""
    if what == NEW_ADMINISTRATOR:
        subject = _("A new manager of %(brand)s: %(username)s") % names
        news = _('The account "%(username)s" is a manager now. This was done by %(by)s.') % names
    else:
        subject = _("A new password of a manager of %(brand)s: %(username)s") % names
        news = _('The manager "%(username)s" has a new password. It was set by %(by)s.') % names
    doubt = _("If this surprises you, ask now, and suspend the account in the office if need be.")
    return subject, "\n\n".join([news, doubt, BRAND_NAME.at(None)]) + "\n"
