"""Proof that a mail address is its owner's: a link that is mailed there."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest

from parking.accounts.confirmation_tokens import read_confirmation_token
from parking.accounts.events import EmailConfirmed
from parking.accounts.models import User
from parking.accounts.tasks import mail_confirmation_link
from parking.accounts.throttles import count_reset
from parking.audit import services as audit
from parking.core.actor import user_actor
from parking.core.errors import Refused


def send_link(user: User) -> None:
    """Enqueue the mail that lets an account confirm its address, if it has one that is not; inside the transaction."""
    if user.email and user.email_confirmed_at is None:
        mail_confirmation_link.enqueue(user.pk, uuid4().hex)


def send_confirmation_again(request: HttpRequest, *, user: User, now: datetime) -> None:
    """Enqueue that mail for who asks. Raises TooMany `too_many_requests` from this address in this minute."""
    count_reset(request, now=now)
    send_link(user)


def confirm_email(*, token: str, now: datetime) -> User:
    """Mark an address as confirmed; again, it changes nothing. Raises Refused `confirmation_link_invalid`."""
    try:
        confirmation = read_confirmation_token(token)
    except ValueError as error:
        raise _invalid() from error
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=confirmation.user_id).first()
        if user is None or not confirmation.confirms(user, now=now):
            raise _invalid()
        if user.email_confirmed_at is None:
            user.email_confirmed_at, user.email_bounced_at = now, None
            user.save(update_fields=["email_confirmed_at", "email_bounced_at"])
            audit.record(user_actor(user.pk, user.role), EmailConfirmed(user_id=user.pk), now)
    return user


def _invalid() -> Refused:
    return Refused("confirmation_link_invalid", "This link is too old, or the address was changed. Ask for a new one")
