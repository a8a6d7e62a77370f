"""What the owner of an account is told, because it may have been somebody else.

The app `notifications`, which lies above, writes it in the transaction of the change, so that neither is there without
the other. The kinds and their words are in `accounts.mails.NOTICES`.
"""

from collections.abc import Callable, Collection

from parking.accounts.models import User

# Takes the account, the kind and the mail addresses.
Teller = Callable[[User, str, Collection[str]], None]

_tellers: list[Teller] = []


def tell_through(teller: Teller) -> None:
    """Give everything that owners are told to this function from now on."""
    if teller not in _tellers:
        _tellers.append(teller)


def password_changed(user: User) -> None:
    """Tell that the account has a new password, whoever set it."""
    _tell(user, "password_changed", {user.email})


def contacts_changed(user: User, changed: Collection[str], *, old_email: str) -> None:
    """Tell that contacts (`email`, `phone`) were changed: the old address and the new one."""
    addresses = {old_email, user.email}
    if "email" in changed:
        _tell(user, "email_changed", addresses)
    if "phone" in changed:
        _tell(user, "phone_changed", addresses)


def sign_ins_paused(user: User) -> None:
    """Tell that so many sign-ins failed that there are pauses now."""
    _tell(user, "sign_ins_paused", {user.email})


def new_sign_in(user: User) -> None:
    """Tell that somebody signed in from an address from which the account was not used before."""
    _tell(user, "new_sign_in", {user.email})


def _tell(user: User, kind: str, addresses: set[str]) -> None:
    for teller in _tellers:
        teller(user, kind, sorted(addresses - {""}))
