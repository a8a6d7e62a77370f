"""Who may call the older addresses (docs/choices.md)."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from parking.accounts.limits import count_ticket
from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import ANYBODY, Actor
from parking.core.errors import Forbidden
from parking.edge.callers import (
    ANY_ROLE,
    AUDITORS,
    actor_of,
    is_let_in,
    refuse_given_password,
    signed_in_to_act,
    wrong_role,
)
from parking.legacy.forms import FORMS, form_fields

_HARMLESS = {"GET", "HEAD", "OPTIONS"}


class SessionCookie(APIKeyCookie):
    """Somebody who signed in on a page. The browser sends the cookie unasked, so a CSRF token must prove the will."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        cookie = request.COOKIES.get(self.param_name)
        if cookie is not None and request.method not in _HARMLESS:
            _refuse_forgery(request)
        return cookie

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        user = request.user if key else None
        if not isinstance(user, User):
            return None
        if not is_let_in(request, user, ANY_ROLE - AUDITORS, AUDITORS):
            request.refused_user = user  # type: ignore[attr-defined]
            raise wrong_role()
        refuse_given_password(request, user)
        return user


def _refuse_forgery(request: HttpRequest) -> None:
    if request.content_type in FORMS:
        # The check reads the form; a broken one is said to be broken first.
        form_fields(request)
    if check_csrf(request):
        request.refused_user = request.user  # type: ignore[attr-defined]
        raise Forbidden("csrf_failed", "Please reload the page and try again")


def while_open(_request: HttpRequest) -> Actor | None:
    """Let everybody in while the older addresses are open, which production refuses."""
    return ANYBODY if settings.OPEN_LEGACY else None


# In this order: a token that is sent must be good, even where nobody needs one.
callers = [signed_in_to_act, SessionCookie(), while_open]


def refuse_all_but_staff(request: HttpRequest) -> None:
    """Raise Forbidden unless an attendant calls, or the older addresses are open."""
    if not (settings.OPEN_LEGACY or actor_of(request).is_staff):
        raise wrong_role()


def count_walk_in(request: HttpRequest) -> None:
    """Count a ticket by the caller's address, unless an attendant gives it. Raises TooMany `too_many_requests`."""
    if not actor_of(request).is_staff:
        count_ticket(request, now=clock.now())


def only_own_bookings(request: HttpRequest) -> bool:
    """Whether somebody else's booking is not there for this caller."""
    return not (settings.OPEN_LEGACY or actor_of(request).is_staff)
