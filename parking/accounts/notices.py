"""What the owner of an account and all managers are told of it: because it may have been somebody else.

The app `notifications`, which lies above, writes it in the transaction of the change, so that neither is there without
the other. The kinds and their words are in `accounts.mails`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from parking.accounts.models import Role, User


class Teller(Protocol):
    """Who writes down what is to be told; inside the caller's transaction."""

    def tell_owner(self, user: User, kind: str, addresses: Collection[str]) -> None:
        """Tell the owner of an account, by mail at these addresses."""

    def mail_link(self, user: User, kind: str, *, mark: str, source: str, now: datetime) -> bool:
        """Mail a link to the present address; answers False where the same source has done so.

        The link is made when the mail is sent; `mark` is that of the account by which it is seen whether it still
        should be.
        """

    def tell_manager(self, manager: User, kind: str, *, about: User, by: str, source: str, now: datetime) -> bool:
        """Tell a manager of another account what `by`, empty for the system, did; answers as `mail_link`."""


_tellers: list[Teller] = []


def tell_through(teller: Teller) -> None:
    """Give everything that people are told of accounts to this one from now on."""
    if teller not in _tellers:
        _tellers.append(teller)


def password_changed(user: User) -> None:
    """Tell that the account has a new password, whoever set it."""
    tell_owner(user, "password_changed", {user.email})


def contacts_changed(user: User, changed: Collection[str], *, old_email: str) -> None:
    """Tell that contacts (`email`, `phone`) were changed: the old address and the new one."""
    addresses = {old_email, user.email}
    if "email" in changed:
        tell_owner(user, "email_changed", addresses)
    if "phone" in changed:
        tell_owner(user, "phone_changed", addresses)


def sign_ins_paused(user: User) -> None:
    """Tell that so many sign-ins failed that there are pauses now."""
    tell_owner(user, "sign_ins_paused", {user.email})


def new_sign_in(user: User) -> None:
    """Tell that somebody signed in from an address from which the account was not used before."""
    tell_owner(user, "new_sign_in", {user.email})


def tell_owner(user: User, kind: str, addresses: set[str]) -> None:
    """Tell the owner of an account something of `mails.NOTICES` at these addresses."""
    for teller in _tellers:
        teller.tell_owner(user, kind, sorted(addresses - {""}))


def mail_link(user: User, kind: str, *, mark: str, source: str, now: datetime) -> bool:
    """Mail a link of `mails.LINKS`, made when it is sent; answers whether it is news. Inside a transaction."""
    return sum(teller.mail_link(user, kind, mark=mark, source=source, now=now) for teller in _tellers) > 0


def tell_managers(kind: str, *, about: User, by: str, source: str, now: datetime) -> int:
    """Tell every active manager of another account; answers how many of them it is news to. Inside a transaction."""
    managers = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk")
    return sum(
        teller.tell_manager(one, kind, about=about, by=by, source=source, now=now)
        for one in managers
        for teller in _tellers
    )
