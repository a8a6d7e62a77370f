"""JSON web tokens: access for 24 h, refresh for 7 d and one use, both bound to the user's token epoch."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError
from ninja_jwt.exceptions import TokenError
from ninja_jwt.settings import api_settings
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from ninja_jwt.tokens import AccessToken, Token
from ninja_jwt.utils import datetime_from_epoch

from parking.accounts.models import User
from parking.core import clock
from parking.core.errors import Unauthenticated
from parking.core.statements import Select

EPOCH_CLAIM = "epoch"


class _RefreshToken(Token):
    # The library's own class looks the token up before it is spent, and keeps its text in the database; here the
    # INSERT of `spend_refresh_token` decides, and a copy of the database holds nothing to sign in with.
    token_type = "refresh"  # noqa: S105 - a kind, no secret
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


class SpentToken(Unauthenticated):
    """A refresh token was used before: by its owner twice, or by a thief (401)."""

    def __init__(self, user_id: int) -> None:
        super().__init__("token_not_valid", "Please sign in again")
        self.user_id = user_id


def not_valid() -> Unauthenticated:
    """Return the error for every token that cannot be used; it gives no reason, on purpose."""
    return Unauthenticated("token_not_valid", "Please sign in again")


def user_of_access_token(text: str) -> User | None:
    """Return the user of an access token; None if forged, expired, of another kind, revoked, or the user suspended."""
    try:
        claims = _claims_of_access_token(text)
    except TokenError:
        return None
    return _living_user(claims) if clock.now().timestamp() < claims["exp"] else None


@lru_cache(maxsize=4096)
def _claims_of_access_token(text: str) -> dict[str, Any]:
    """Return the claims of an access token whose signature is right; cached, because a gate sends the same for hours.

    Only what the text itself proves is cached: expiry, and everything about the user, is checked with each request.
    Raises TokenError.
    """
    return dict(AccessToken(text).payload)


_ACTIVE_USER = Select(lambda pk: User.objects.filter(pk=pk, is_active=True), int)


def _living_user(token: Token | dict[str, Any]) -> User | None:
    user_id = token.get("user_id")
    user = _ACTIVE_USER.first(user_id) if isinstance(user_id, int) else None
    return user if user is not None and user.token_epoch == token.get(EPOCH_CLAIM) else None


def _describe(token: Token, user: User) -> None:
    token["user_id"], token["username"], token["role"] = user.pk, user.username, user.role
    token[EPOCH_CLAIM] = user.token_epoch


def new_access_token(user: User) -> str:
    """Return an access token of the user's present epoch, with the claims that clients read."""
    token = AccessToken()
    _describe(token, user)
    return str(token)


def issue(user: User, *, now: datetime) -> TokenPair:
    """Return a new pair of tokens of the user's present epoch; the refresh token is stored."""
    refresh = _RefreshToken()
    _describe(refresh, user)
    expires_at = datetime_from_epoch(refresh["exp"])
    OutstandingToken.objects.create(user=user, jti=refresh["jti"], created_at=now, expires_at=expires_at)
    return TokenPair(access=new_access_token(user), refresh=str(refresh))


def spend_refresh_token(text: str) -> User:
    """Use a refresh token up and answer whose it was; inside the transaction of what it is used for.

    Raises Unauthenticated `token_not_valid`: forged, expired, of another kind or epoch, of a suspended user, or
    (SpentToken) used before. Of several calls at once one wins, because the row that marks a token as used can be
    inserted only once; the others wait for that transaction and fail if it commits. The error must leave theirs.
    """
    try:
        token = _RefreshToken(text)
    except TokenError as error:
        raise not_valid() from error
    user = _living_user(token)
    outstanding = OutstandingToken.objects.filter(user=user, jti=token["jti"]).first() if user else None
    if user is None or outstanding is None:
        raise not_valid()
    try:
        BlacklistedToken(token=outstanding).save(force_insert=True)
    except IntegrityError as error:
        raise SpentToken(user.pk) from error
    return user


def forget_expired_tokens(*, now: datetime) -> int:
    """Delete the record of refresh tokens that can no longer be used anyway; answers how many."""
    expired = OutstandingToken.objects.filter(expires_at__lte=now)
    BlacklistedToken.objects.filter(token__in=expired).delete()
    return expired.delete()[0]
