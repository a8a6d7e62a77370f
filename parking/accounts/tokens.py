"""JSON web tokens: access for 24 h, refresh for 7 d and one use, bound to the user's token epoch and to a sign-in."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Exists
from ninja_jwt.exceptions import TokenError
from ninja_jwt.settings import api_settings
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from ninja_jwt.tokens import AccessToken, Token
from ninja_jwt.utils import datetime_from_epoch

from parking.accounts import families
from parking.accounts.models import SignIn, User
from parking.core import clock
from parking.core.errors import Unauthenticated
from parking.core.statements import Select

EPOCH_CLAIM = "epoch"
SIGN_IN_CLAIM = "sign_in"


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

    def __init__(self, spent: "Spent", outstanding_id: int) -> None:
        # It is on record as spent.
        super().__init__("token_not_valid", "Please sign in again", is_usual=True)
        self.spent = spent
        self.outstanding_id = outstanding_id


def not_valid(*, is_usual: bool = False) -> Unauthenticated:
    """Return the error for every token that cannot be used; it gives no reason, on purpose.

    `is_usual`: the token has only run out, so that nobody puts it on record.
    """
    return Unauthenticated("token_not_valid", "Please sign in again", is_usual=is_usual)


def has_run_out(text: str) -> bool:
    """Return whether a token is one of ours whose time is over."""
    try:
        claims = jwt.decode(text, settings.SECRET_KEY, algorithms=["HS256"], options={"verify_exp": False})
        return bool(claims["exp"] <= clock.now().timestamp())
    except (jwt.PyJWTError, LookupError, ValueError, TypeError):
        return False


def user_of_access_token(text: str) -> User | None:
    """Return the user of an access token; None if forged, expired, of another kind, revoked, or the user suspended."""
    try:
        claims = _claims_of_access_token(text)
    except _UNREADABLE:
        return None
    return _user_of_sign_in(claims) if clock.now().timestamp() < claims["exp"] else None


# The library fails at times that no calendar has (`exp` of 10^30).
_UNREADABLE = (TokenError, OverflowError, ValueError, TypeError, OSError)


@lru_cache(maxsize=4096)
def _claims_of_access_token(text: str) -> dict[str, Any]:
    """Return the claims of an access token whose signature is right; cached, because a gate sends the same for hours.

    Only what the text itself proves is cached: expiry, and everything about the user, is checked with each request.
    Raises one of `_UNREADABLE`.
    """
    return dict(AccessToken(text).payload)


_ACTIVE_USER = Select(lambda pk: User.objects.filter(pk=pk, is_active=True), int)
# Looked up with the user, so that a sign-in that ended costs no statement of its own.
_SIGNED_IN_USER = Select(
    lambda pk, sign_in: User.objects.filter(
        Exists(SignIn.objects.filter(pk=sign_in, ended_at=None)), pk=pk, is_active=True
    ),
    int,
    int,
)


def _user_of_sign_in(claims: Token | dict[str, Any]) -> User | None:
    """Return the user that claims speak of, if active, of the present epoch, and the sign-in has not ended."""
    sign_in = claims.get(SIGN_IN_CLAIM)
    # Tokens of an earlier version name no sign-in, and live until their time is over.
    if sign_in is None:
        return _living_user(claims)
    user_id = claims.get("user_id")
    known = isinstance(user_id, int) and isinstance(sign_in, int)
    return _of_epoch(_SIGNED_IN_USER.first(user_id, sign_in) if known else None, claims)


def _living_user(claims: Token | dict[str, Any]) -> User | None:
    user_id = claims.get("user_id")
    return _of_epoch(_ACTIVE_USER.first(user_id) if isinstance(user_id, int) else None, claims)


def _of_epoch(user: User | None, claims: Token | dict[str, Any]) -> User | None:
    return user if user is not None and user.token_epoch == claims.get(EPOCH_CLAIM) else None


def _describe(token: Token, user: User, sign_in_id: int | None) -> None:
    token["user_id"], token["username"], token["role"] = user.pk, user.username, user.role
    token[EPOCH_CLAIM] = user.token_epoch
    if sign_in_id is not None:
        token[SIGN_IN_CLAIM] = sign_in_id


def new_access_token(user: User, sign_in_id: int | None = None) -> str:
    """Return an access token of the user's present epoch, with the claims that clients read."""
    token = AccessToken()
    _describe(token, user, sign_in_id)
    return str(token)


def issue(user: User, *, now: datetime, sign_in_id: int | None = None) -> TokenPair:
    """Return a new pair of tokens of the user's present epoch; the refresh token is stored.

    Without `sign_in_id` a new sign-in begins with it.
    """
    refresh = _RefreshToken()
    expires_at = datetime_from_epoch(refresh["exp"])
    if sign_in_id is None:
        sign_in_id = families.begin(user, now=now, expires_at=expires_at)
    else:
        families.prolong(sign_in_id, expires_at=expires_at)
    _describe(refresh, user, sign_in_id)
    OutstandingToken.objects.create(user=user, jti=refresh["jti"], created_at=now, expires_at=expires_at)
    return TokenPair(access=new_access_token(user, sign_in_id), refresh=str(refresh))


@dataclass(frozen=True)
class Spent:
    """Whose refresh token was used up, and of which sign-in; None for a token of an earlier version."""

    user: User
    sign_in_id: int | None


def spend_refresh_token(text: str) -> Spent:
    """Use a refresh token up and answer whose it was; inside the transaction of what it is used for.

    Raises Unauthenticated `token_not_valid`: forged, expired, of another kind or epoch, of a suspended user or an ended
    sign-in, or (SpentToken) used before. Of several calls at once one wins, because the row that marks a token as used
    can be inserted only once; the others wait for that transaction and fail if it commits. The error must leave theirs.
    """
    try:
        token = _RefreshToken(text)
    except _UNREADABLE as error:
        raise not_valid(is_usual=has_run_out(text)) from error
    user = _living_user(token)
    outstanding = OutstandingToken.objects.filter(user=user, jti=token["jti"]).first() if user else None
    if user is None or outstanding is None:
        raise not_valid()
    spent = Spent(user, token.get(SIGN_IN_CLAIM))
    try:
        BlacklistedToken(token=outstanding).save(force_insert=True)
    except IntegrityError as error:
        raise SpentToken(spent, outstanding.pk) from error
    # Only now, so that a spent token of a sign-in that ended is still noticed as spent.
    if _user_of_sign_in(token) is None:
        raise not_valid()
    return spent


def spent_at(outstanding_id: int) -> datetime | None:
    """Return when a refresh token was used up."""
    return BlacklistedToken.objects.filter(token=outstanding_id).values_list("blacklisted_at", flat=True).first()


def forget_expired_tokens(*, now: datetime) -> int:
    """Delete the record of refresh tokens that can no longer be used anyway; answers how many."""
    expired = OutstandingToken.objects.filter(expires_at__lte=now)
    BlacklistedToken.objects.filter(token__in=expired).delete()
    return expired.delete()[0]
