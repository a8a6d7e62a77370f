"""Tokens in the mailed link that confirms an address: signed, for a week, ended by a change of the address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.crypto import salted_hmac

from parking.accounts.models import User

_VALID_FOR = timedelta(days=7)
_SALT = "parking.accounts.confirmation_tokens"


@dataclass(frozen=True)
class Confirmation:
    """What a token says: the address of which account it confirms, and until when."""

    user_id: int
    mark: str
    until: int

    def confirms(self, user: User, *, now: datetime) -> bool:
        """Return whether this confirms the present address of an account."""
        is_alive = user.is_active and now.timestamp() <= self.until
        if user.email_bounced_at is not None and self._made_at < int(user.email_bounced_at.timestamp()):
            # It arrived before mails came back: that proves nothing any more.
            return False
        return is_alive and user.pk == self.user_id and bool(user.email) and mark_of_address(user.email) == self.mark

    @property
    def _made_at(self) -> int:
        return self.until - int(_VALID_FOR.total_seconds())


def new_confirmation_token(user: User, *, now: datetime) -> str:
    until = int((now + _VALID_FOR).timestamp())
    return signing.dumps([user.pk, mark_of_address(user.email), until], salt=_SALT)


def read_confirmation_token(text: str) -> Confirmation:
    """Return what a token says. Raises ValueError for one that is not ours."""
    try:
        return Confirmation(*signing.loads(text, salt=_SALT))
    except (signing.BadSignature, ValueError) as error:
        raise ValueError("not a token of ours") from error


def mark_of_address(email: str) -> str:
    """Return what stands for a mail address where it must not be read, as in links."""
    return salted_hmac(_SALT, email.lower(), algorithm="sha256").hexdigest()[:32]
