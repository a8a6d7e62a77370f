"""Signing in and out on a page: Django's sessions, under the rules of the tokens."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import auth
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from parking.accounts.credentials import user_signing_in
from parking.accounts.events import SignedIn, SignedOut
from parking.accounts.models import User
from parking.accounts.passwords import hash_new_password
from parking.accounts.services import actor_of, check_password_change, register, replace_password
from parking.accounts.throttles import count_registration
from parking.audit import services as audit

# Who has just chosen a password need not prove it; Django only keeps with the session how it was proved.
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_up_session(
    request: HttpRequest, *, username: str, password: str, profile: Mapping[str, str], now: datetime
) -> User:
    """Make a driver's account on a page, under the throttle of the API, and sign in. `profile`: as for `register`.

    Raises InvalidInput (also `username_taken`), TooMany `too_many_requests`.
    """
    count_registration(request, now=now)
    hashed = hash_new_password(password, user=User(username=username, **profile))
    with transaction.atomic():
        user = register(username=username, password=hashed, profile=profile, now=now)
        auth.login(request, user, backend=_BACKEND)
    return user


def sign_in_session(request: HttpRequest, *, username: str, password: str, now: datetime) -> User:
    """Sign in on a page: give the session a new key and the user, and rotate the CSRF token.

    Same count, throttle and lock-out as `services.login`. Raises Unauthenticated `invalid_credentials`, TooMany
    `too_many_attempts`, `too_many_requests`.
    """
    user = user_signing_in(request, username=username, password=password, now=now)
    with transaction.atomic():
        # Makes axes forget the failures, and Django note the time.
        auth.login(request, user)
        audit.record(actor_of(user), SignedIn(user_id=user.pk), now)
    return user


def sign_out_session(request: HttpRequest, *, now: datetime) -> None:
    """End the session. Does nothing more for somebody who is not signed in."""
    user = request.user
    auth.logout(request)
    if isinstance(user, User):
        audit.record(actor_of(user), SignedOut(user_id=user.pk), now)


def change_password_on_page(
    request: HttpRequest, *, user: User, old_password: str, new_password: str, now: datetime
) -> User:
    """Set a new password; tokens and all other sessions end, the present one goes on under a new key.

    Raises as `services.change_password`.
    """
    known, hashed = check_password_change(
        request, user=user, old_password=old_password, new_password=new_password, now=now
    )
    with transaction.atomic():
        changed = replace_password(known, hashed, now=now)
        auth.update_session_auth_hash(request, changed)
    return changed


def forget_expired_sessions(*, now: datetime) -> int:
    """Delete the sessions whose time is over; answers how many."""
    return Session.objects.filter(expire_date__lte=now).delete()[0]
