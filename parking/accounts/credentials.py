"""Check usernames and passwords and count the failures, for tokens and pages alike."""

from copy import copy
from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest, QueryDict

from parking.accounts.lockout import refuse_locked_out
from parking.accounts.models import User
from parking.accounts.pauses import count_failure, note_success, refuse_paused
from parking.accounts.queries import id_of_username
from parking.accounts.throttles import count_login
from parking.audit import services as audit
from parking.audit.events import Refusal
from parking.core.actor import ANYBODY
from parking.core.errors import TooMany, Unauthenticated


def user_signing_in(request: HttpRequest, *, username: str, password: str, now: datetime) -> User:
    """Return the user who signs in; count and record a failure.

    Failures are counted by the request's address together with the username, and by the username alone. Raises
    Unauthenticated `invalid_credentials` (also for a suspended user, so that nobody learns which names exist), and
    TooMany: `too_many_attempts` while locked out, `too_many_requests` from this address in this minute.
    """
    count_login(request, now=now)
    try:
        return authenticated(request, username=username, password=password, now=now)
    except (Unauthenticated, TooMany) as error:
        _record_failed_login(username, error.code, now)
        raise


def authenticated(request: HttpRequest, *, username: str, password: str, now: datetime) -> User:
    """Return the user with this password. Raises as `user_signing_in`, which also writes a failure down."""
    refuse_locked_out(request, username=username, now=now)
    refuse_paused(request, username=username, now=now)
    user = authenticate(_without_form(request), username=username, password=password)
    if not isinstance(user, User):
        count_failure(username, now=now)
        raise Unauthenticated("invalid_credentials", "Wrong username or password")
    note_success(request, user=user, now=now)
    return user


def _without_form(request: HttpRequest) -> HttpRequest:
    """Return the request as axes may see it: axes would keep every field of a form that fails, new passwords too.

    Axes also marks the request as locked out, for which its middleware would send a plain text in place of our answer;
    the copy takes that mark.
    """
    bare = copy(request)
    bare.GET = bare.POST = QueryDict()
    return bare


def _record_failed_login(username: str, code: str, now: datetime) -> None:
    # The text itself stays out: people type passwords into the wrong field.
    audit.record(ANYBODY, Refusal(code=code, user_id=id_of_username(username)), now)
