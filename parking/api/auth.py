"""Signing up, in and out; the own account."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.accounts import services as accounts
from parking.accounts.confirming import confirm_email, send_confirmation_again
from parking.accounts.models import User
from parking.accounts.passwords import HashedPassword, hash_new_password
from parking.accounts.resetting import request_password_reset, reset_password
from parking.accounts.throttles import count_registration, count_reset_use
from parking.api.shapes.tokens import EXAMPLE_TOKEN, LoginOut, PairOut, Token
from parking.api.shapes.users import (
    Email,
    Language,
    NewPassword,
    Password,
    PersonName,
    Phone,
    Username,
    UserOut,
)
from parking.core import clock
from parking.core.requests import forgotten
from parking.edge import requests
from parking.edge.answers import ok, plain
from parking.edge.callers import caller, signed_in_with_any_password
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples, keyed, problems
from parking.edge.parsing import In, Text200

router = Router(tags=["Auth"], auth=None)

REGISTER_PROBLEMS = problems(409, 429, without=(401, 403, 404))
SIGN_IN_PROBLEMS = problems(429, without=(403, 404))
TOKEN_PROBLEMS = problems(without=(403, 404))
RESET_ASKED = "If there is an account with this address, a mail is on its way"

# --- Signing up ------------------------------------------------------------------------------------


class RegisterIn(In):
    username: Username
    password: NewPassword
    email: Email | None = None
    phone: Phone | None = None
    first_name: PersonName = ""
    last_name: PersonName = ""

    def profile(self) -> dict[str, str]:
        return {
            "email": self.email or "",
            "phone": self.phone or "",
            "first_name": self.first_name,
            "last_name": self.last_name,
        }


@router.post(
    "/register/",
    response={201: Ok[UserOut], **REGISTER_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "username": "asha",
                "password": "monsoon-2026",
                "email": "asha@example.org",
                "phone": "+91 98765 43210",
                "first_name": "Asha",
                "last_name": "Rao",
            },
            response=enveloped(UserOut.example, "Welcome"),
            status=201,
        )
    ),
    summary="Sign up",
)
def register(request: HttpRequest, payload: RegisterIn) -> HttpResponse:
    """Make the account of a driver; an e-mail address or a phone number is needed."""
    count_registration(request, now=clock.now())
    # Before the transaction: hashing takes long, and a refused password uses no key up.
    hashed = hash_new_password(payload.password, user=User(username=payload.username, **payload.profile()))
    return _register(request, payload, hashed)


@requests.idempotent_in_one_transaction
def _register(request: HttpRequest, payload: RegisterIn, hashed: HashedPassword) -> HttpResponse:
    user = accounts.register(username=payload.username, password=hashed, profile=payload.profile(), now=clock.now())
    return ok(UserOut.of(user), "Welcome", status=201)


# --- Signing in and out ----------------------------------------------------------------------------


class LoginIn(In):
    username: Text200
    password: Password


@router.post(
    "/login/",
    response={200: LoginOut, **SIGN_IN_PROBLEMS},
    openapi_extra=examples(
        request={"username": "asha", "password": "monsoon-2026"},
        response=LoginOut.example,
    ),
    summary="Sign in",
)
def login(request: HttpRequest, payload: LoginIn) -> HttpResponse:
    """A pair of tokens: access for 24 hours, refresh for 7 days."""
    user, pair = accounts.login(request, username=payload.username, password=payload.password, now=clock.now())
    return _unstored(LoginOut.of_user(user, pair))


def _unstored(tokens: PairOut) -> HttpResponse:
    response = plain(tokens)
    response.headers["Cache-Control"] = "no-store"
    return response


class RefreshIn(In):
    refresh: Token


@router.post(
    "/refresh/",
    response={200: PairOut, **TOKEN_PROBLEMS},
    openapi_extra=examples(request={"refresh": EXAMPLE_TOKEN}, response=PairOut.example),
    summary="New tokens",
)
def refresh(request: HttpRequest, payload: RefreshIn) -> HttpResponse:
    """A new pair for a refresh token, which is dead from then on."""
    return _unstored(PairOut.of(accounts.refresh(token=payload.refresh, now=clock.now())))


@router.post(
    "/logout/",
    response={200: Ok[None], **TOKEN_PROBLEMS},
    openapi_extra=examples(request={"refresh": EXAMPLE_TOKEN}, response=enveloped(None, "Signed out"))
    | {"security": [{}, {"Bearer": []}]},
    summary="Sign out",
)
def logout(request: HttpRequest, payload: RefreshIn) -> HttpResponse:
    """End a refresh token; with an access token in the header, only one of the same user."""
    # Not required: an access token may have run out before its user signs out.
    user = signed_in_with_any_password(request) if "Authorization" in request.headers else None
    accounts.logout(token=payload.refresh, caller=user, now=clock.now())
    return forgotten(ok(None, "Signed out"))


# --- The own account -------------------------------------------------------------------------------


@router.get(
    "/me/",
    auth=signed_in_with_any_password,
    response={200: Ok[UserOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(UserOut.example)),
    summary="Own account",
)
def me(request: HttpRequest) -> HttpResponse:
    """The caller's account."""
    return ok(UserOut.of(caller(request)))


class ProfileIn(In):
    """What is left out, or null, stays as it is."""

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = None
    password: Password | None = None


@router.patch(
    "/me/",
    auth=signed_in_with_any_password,
    response={200: Ok[UserOut], **problems(429, without=(404,))},
    openapi_extra=examples(
        request={"first_name": "Asha", "language": "hi", "phone": "+91 98765 43210", "password": "monsoon-2026"},
        response=enveloped(UserOut.example | {"language": "hi"}, "Saved"),
    ),
    summary="Change the own account",
)
def change_me(request: HttpRequest, payload: ProfileIn) -> HttpResponse:
    """Change name, contact or language; an e-mail address or a phone number must remain.

    Another e-mail address or phone number needs the `password`. Both addresses get a mail.
    """
    user = accounts.change_own_account(
        request,
        user=caller(request),
        changes=payload.model_dump(exclude_none=True, exclude={"password"}),
        password=payload.password or "",
        now=clock.now(),
    )
    return ok(UserOut.of(user), "Saved")


class PasswordIn(In):
    old_password: Password
    new_password: NewPassword


@router.post(
    "/password/change/",
    auth=signed_in_with_any_password,
    response={200: PairOut, **SIGN_IN_PROBLEMS},
    openapi_extra=examples(
        request={"old_password": "monsoon-2026", "new_password": "winter-2027"}, response=PairOut.example
    ),
    summary="Change the own password",
)
def change_password(request: HttpRequest, payload: PasswordIn) -> HttpResponse:
    """A new password and a new pair of tokens; all earlier ones die."""
    pair = accounts.change_password(
        request,
        user=caller(request),
        old_password=payload.old_password,
        new_password=payload.new_password,
        now=clock.now(),
    )
    return _unstored(PairOut.of(pair))


# --- Forgotten passwords and proof of the address ----------------------------------------------------


class ResetIn(In):
    email: Annotated[Email, Field(min_length=1)]


@router.post(
    "/password/reset/",
    response={200: Ok[None], **problems(429, without=(401, 403, 404))},
    openapi_extra=examples(request={"email": "asha@example.org"}, response=enveloped(None, RESET_ASKED)),
    summary="Ask for a new password",
)
def ask_for_reset(request: HttpRequest, payload: ResetIn) -> HttpResponse:
    """Mail a link for a new password; the answer is the same whether there is such an account or not."""
    request_password_reset(request, email_or_username=payload.email, now=clock.now())
    return ok(None, RESET_ASKED)


class ResetConfirmIn(In):
    """`uid` and `token` are the last two parts of the mailed link."""

    uid: Text200
    token: Text200
    new_password: NewPassword


@router.post(
    "/password/reset/confirm/",
    response={200: Ok[None], **problems(429, without=(401, 403, 404))},
    openapi_extra=examples(
        request={"uid": "7", "token": "cz2k1x-0f3a9c", "new_password": "winter-2027"},
        response=enveloped(None, "The new password is set"),
    ),
    summary="Set a new password with a mailed link",
)
def confirm_reset(request: HttpRequest, payload: ResetConfirmIn) -> HttpResponse:
    """Set a new password; the link is used up, and all tokens and sessions end. Refused: `reset_link_invalid`."""
    count_reset_use(request, now=clock.now())
    reset_password(uid=payload.uid, token=payload.token, new_password=payload.new_password, now=clock.now())
    return ok(None, "The new password is set")


@router.post(
    "/email/confirmation/",
    auth=signed_in_with_any_password,
    response={200: Ok[None], **problems(429, without=(404,))},
    openapi_extra=examples(response=enveloped(None, "A mail is on its way")),
    summary="Ask for the link that confirms the e-mail address",
)
def ask_for_confirmation(request: HttpRequest) -> HttpResponse:
    """Mail the link again; nothing is sent if the address is confirmed already."""
    send_confirmation_again(request, user=caller(request), now=clock.now())
    return ok(None, "A mail is on its way")


class ConfirmEmailIn(In):
    """`token` is the last part of the mailed link."""

    token: Text200


@router.post(
    "/email/confirm/",
    response={200: Ok[None], **problems(without=(401, 403, 404))},
    openapi_extra=examples(request={"token": "WzcsImY0Il0:1u"}, response=enveloped(None, "The address is confirmed")),
    summary="Confirm the e-mail address with a mailed link",
)
def confirm_email_address(request: HttpRequest, payload: ConfirmEmailIn) -> HttpResponse:
    """Confirm an address. Refused: `confirmation_link_invalid`."""
    confirm_email(token=payload.token, now=clock.now())
    return ok(None, "The address is confirmed")
