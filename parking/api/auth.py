"""Signing up, in and out; the own account."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.accounts import services as accounts
from parking.accounts.models import User
from parking.accounts.passwords import HashedPassword, hash_new_password
from parking.accounts.throttles import count_registration
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
from parking.edge.callers import caller, signed_in
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples, keyed, problems
from parking.edge.parsing import In, Text200

router = Router(tags=["Auth"], auth=None)

REGISTER_PROBLEMS = problems(409, 429, without=(401, 403, 404))
SIGN_IN_PROBLEMS = problems(429, without=(403, 404))
TOKEN_PROBLEMS = problems(without=(403, 404))

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
    user = signed_in(request) if "Authorization" in request.headers else None
    accounts.logout(token=payload.refresh, caller=user, now=clock.now())
    return forgotten(ok(None, "Signed out"))


# --- The own account -------------------------------------------------------------------------------


@router.get(
    "/me/",
    auth=signed_in,
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


@router.patch(
    "/me/",
    auth=signed_in,
    response={200: Ok[UserOut], **TOKEN_PROBLEMS},
    openapi_extra=examples(
        request={"first_name": "Asha", "language": "hi"},
        response=enveloped(UserOut.example | {"language": "hi"}, "Saved"),
    ),
    summary="Change the own account",
)
def change_me(request: HttpRequest, payload: ProfileIn) -> HttpResponse:
    """Change name, contact or language; an e-mail address or a phone number must remain."""
    user = accounts.update_profile(
        user_id=caller(request).pk, changes=payload.model_dump(exclude_none=True), now=clock.now()
    )
    return ok(UserOut.of(user), "Saved")


class PasswordIn(In):
    old_password: Password
    new_password: NewPassword


@router.post(
    "/password/change/",
    auth=signed_in,
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
