"""Who calls: bearer tokens and roles. The role is read from the database with each request."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from parking.accounts.models import Role, User
from parking.accounts.tokens import user_of_access_token
from parking.core.actor import ANYBODY, Actor, user_actor
from parking.core.errors import Forbidden, Unauthenticated


class Bearer(HttpBearer):
    """A signed-in user with one of the roles; any role if none is named."""

    def __init__(self, *roles: Role) -> None:
        super().__init__()
        self.roles = roles

    def authenticate(self, request: HttpRequest, token: str) -> User:
        user = user_of_access_token(token)
        if user is None:
            raise Unauthenticated("token_not_valid", "Please sign in again")
        if self.roles and user.role not in self.roles:
            # Known to the refusal's audit line, though not let in.
            request.refused_user = user  # type: ignore[attr-defined]
            raise Forbidden("forbidden", "Your role does not allow this")
        return user


signed_in = Bearer()
driver_only = Bearer(Role.USER, Role.ADMIN)
staff_only = Bearer(Role.STAFF, Role.ADMIN)
admin_only = Bearer(Role.ADMIN)


def caller(request: HttpRequest) -> Any:
    """The signed-in user of a request."""
    return request.auth  # type: ignore[attr-defined]


def actor_of(request: HttpRequest) -> Actor:
    """Return the caller of a call or a page as an actor: the account behind its token or session, or anybody."""
    user = getattr(request, "auth", None) or getattr(request, "user", None)
    return user_actor(user.pk, user.role) if isinstance(user, User) else ANYBODY
