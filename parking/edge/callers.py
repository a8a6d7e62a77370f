"""Who calls: bearer tokens and roles. The role is read from the database with each request."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from parking.accounts.models import Role, User
from parking.accounts.services import actor_of as account_actor
from parking.accounts.tokens import has_run_out, not_valid, user_of_access_token
from parking.core.actor import ANYBODY, Actor
from parking.core.errors import Forbidden
from parking.edge.limits import count_call_of

# Who calls and pages are for. Managers do all that drivers and attendants do.
ANY_ROLE = frozenset(Role)
DRIVERS = frozenset({Role.USER, Role.ADMIN})
ATTENDANTS = frozenset({Role.STAFF, Role.ADMIN})
MANAGERS = frozenset({Role.ADMIN})
AUDITORS = frozenset({Role.AUDITOR})

_READING = {"GET", "HEAD", "OPTIONS"}


class Bearer(HttpBearer):
    """Let in signed-in users with one of the roles, and those who may only read where nothing can change.

    Who has a password of a manager's choice changes it first, except at calls with `given_password`.
    """

    def __init__(
        self, roles: frozenset[Role], readers: frozenset[Role] = frozenset(), *, given_password: bool = False
    ) -> None:
        super().__init__()
        self.roles = roles
        self.readers = readers
        self.given_password = given_password

    def __call__(self, request: HttpRequest) -> User | None:
        """Read the token as the base class does, without making a mapping of all headers."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.authenticate(request, token) if scheme.lower() == self.openapi_scheme else None

    def authenticate(self, request: HttpRequest, token: str) -> User:
        user = user_of_access_token(token)
        if user is None:
            raise not_valid(is_usual=has_run_out(token))
        if not is_let_in(request, user, self.roles, self.readers):
            # Known to the refusal's audit line, though not let in.
            request.refused_user = user  # type: ignore[attr-defined]
            raise wrong_role()
        if not self.given_password:
            refuse_given_password(request, user)
        count_call_of(request, user)
        return user


def is_let_in(request: HttpRequest, user: User, roles: frozenset[Role], readers: frozenset[Role]) -> bool:
    """Return whether an account has one of the roles, or for a request that only reads one of `readers`."""
    return user.role in roles or (user.role in readers and request.method in _READING)


def wrong_role() -> Forbidden:
    return Forbidden("forbidden", "Your role does not allow this")


def refuse_given_password(request: HttpRequest, user: User) -> None:
    """Raise Forbidden `password_must_change` for who has still to choose a password."""
    if user.password_must_change:
        request.refused_user = user  # type: ignore[attr-defined]
        raise Forbidden("password_must_change", "Please choose a password of your own first")


# Calls of one's own account, whoever one is.
signed_in = Bearer(ANY_ROLE)
signed_in_with_any_password = Bearer(ANY_ROLE, given_password=True)
# Payments and older addresses: an auditor changes nothing there.
signed_in_to_act = Bearer(ANY_ROLE - AUDITORS, AUDITORS)
driver_only = Bearer(DRIVERS)
staff_only = Bearer(ATTENDANTS, AUDITORS)
admin_only = Bearer(MANAGERS, AUDITORS)
# What is posted and changes nothing: comparisons and exports.
reports_only = Bearer(MANAGERS | AUDITORS)


def caller(request: HttpRequest) -> Any:
    """The signed-in user of a request."""
    return request.auth  # type: ignore[attr-defined]


def actor_of(request: HttpRequest) -> Actor:
    """Return the caller of a call or a page as an actor: the account behind its token or session, or anybody.

    `refused_user` is an account that was known and not let in, for the record of the refusal.
    """
    names = ("auth", "refused_user", "user")
    user = next((found for name in names if (found := getattr(request, name, None))), None)
    return account_actor(user) if isinstance(user, User) else ANYBODY
