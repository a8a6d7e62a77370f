"""Mails about a user's own account: plain text, in the user's language."""

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from parking.accounts.events import PasswordResetMailed
from parking.accounts.models import Role, User
from parking.accounts.reset_tokens import new_reset_token
from parking.accounts.throttles import count_call
from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import TooMany

log = structlog.get_logger(__name__)

# A person who asks again and again, from however many addresses, shall not fill another one's mailbox.
_MAILS_PER_MINUTE = 3


def mail_reset_links(user_ids: Sequence[int], *, now: datetime) -> int:
    """Send each of these users the link for a new password; answers how many were sent. Not inside a transaction."""
    users = User.objects.filter(pk__in=user_ids, is_active=True).exclude(email="").order_by("pk")
    return sum(_mail_reset_link(user, now) for user in users)


def _mail_reset_link(user: User, now: datetime) -> bool:
    try:
        count_call(scope="reset-mail", address=f"user-{user.pk}", limit=_MAILS_PER_MINUTE, now=now)
        with translation.override(user.language):
            subject, text = _reset_mail(user, now)
        send_mail(subject, text, None, [user.email])
    except TooMany:
        return False
    except (SMTPException, OSError) as error:
        # Only what kind of error: its text may hold the address.
        log.error("mail_not_sent", user_id=user.pk, error=type(error).__name__)
        return False
    audit.record(SYSTEM, PasswordResetMailed(user_id=user.pk), now)
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
    with translation.override(admin.language):
        subject, text = _news_of_administrators(what, {"username": username, "by": by or _("The system")})
    try:
        send_mail(subject, text, None, [admin.email])
    except (SMTPException, OSError) as error:
        log.error("mail_not_sent", user_id=admin.pk, error=type(error).__name__)
        return False
    return True


def _news_of_administrators(what: str, names: dict[str, str]) -> tuple[str, str]:
    """Return subject and text, in the active language."""
    if what == NEW_ADMINISTRATOR:
        subject = _("A new manager of Smart Parking: %(username)s") % names
        news = _('The account "%(username)s" is a manager now. This was done by %(by)s.') % names
    else:
        subject = _("A new password of a manager of Smart Parking: %(username)s") % names
        news = _('The manager "%(username)s" has a new password. It was set by %(by)s.') % names
    doubt = _("If this surprises you, ask now, and suspend the account in the office if need be.")
    return subject, "\n\n".join([news, doubt, "Smart Parking"]) + "\n"


# --- To a person who forgot the password -------------------------------------------------------------


def _reset_mail(user: User, now: datetime) -> tuple[str, str]:
    """Return subject and text, in the active language."""
    facts = {
        "username": user.username,
        "link": f"{settings.BASE_URL}/password/reset/{user.pk}/{new_reset_token(user, now=now)}/",
    }
    paragraphs = [
        _('Somebody, probably you, asked for a new password for the account "%(username)s".') % facts,
        _("Set it on this page within one hour. The link works once:"),
        facts["link"],
        _("If it was not you, do nothing: the password stays as it is."),
        "Smart Parking",
    ]
    return _("Your new password for Smart Parking"), "\n\n".join(paragraphs) + "\n"
