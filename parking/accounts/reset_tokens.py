"""Tokens in the mailed link that sets a new password: signed, valid for an hour and for one use."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.crypto import salted_hmac

from parking.accounts.models import User


class _Tokens(PasswordResetTokenGenerator):
    """Django's password reset tokens at a given time. A change of password, epoch or address, or a login ends them."""

    key_salt = "parking.accounts.reset_tokens"

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._moment = now

    def _now(self) -> datetime:
        # Django counts seconds between naive times.
        return self._moment.astimezone(UTC).replace(tzinfo=None)

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}:{user.token_epoch}"

    def mark(self, user: User) -> str:
        """Return a hash of all but the time that a token is made of."""
        return salted_hmac(self.key_salt, self._make_hash_value(user, 0), algorithm="sha256").hexdigest()[:32]


def new_reset_token(user: User, *, now: datetime) -> str:
    return _Tokens(now).make_token(user)


def mark_of_account(user: User) -> str:
    """Return what stands for the state of an account that ends its links: another after a sign-in or a new password."""
    return _Tokens(datetime.min.replace(tzinfo=UTC)).mark(user)


def opens_account(token: str, user: User, *, now: datetime) -> bool:
    """Return whether a token may set this user's password at `now`."""
    return user.is_active and _Tokens(now).check_token(user, token)
