"""What the owner of an account is told by mail, because it may have been somebody else.

Each is a row of the queue in the transaction of the change, so that neither is there without the other.
"""

from collections.abc import Collection

from parking.accounts.models import User
from parking.accounts.tasks import mail_notice


def password_changed(user: User) -> None:
    """Tell that the account has a new password, whoever set it."""
    _tell(user, "password_changed", {user.email})


def contacts_changed(user: User, changed: Collection[str], *, old_email: str) -> None:
    """Tell that contacts (`email`, `phone`) were changed: the old address and the new one."""
    if "email" in changed:
        _tell(user, "email_changed", {old_email, user.email})
    elif "phone" in changed:
        _tell(user, "phone_changed", {user.email})


def sign_ins_paused(user: User) -> None:
    """Tell that so many sign-ins failed that there are pauses now."""
    _tell(user, "sign_ins_paused", {user.email})


def _tell(user: User, kind: str, addresses: set[str]) -> None:
    for address in sorted(addresses - {""}):
        mail_notice.enqueue(user.pk, kind, address)
