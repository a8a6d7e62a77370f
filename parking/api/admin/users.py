"""Accounts, as managers look after them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from parking.accounts import services as accounts
from parking.accounts.models import User
from parking.accounts.passwords import hash_new_password
from parking.accounts.queries import find_users, user_by_id
from parking.api.paging import Paging, page_of
from parking.api.shapes.users import (
    EXAMPLE_USER,
    Email,
    Language,
    NewPassword,
    PersonName,
    Phone,
    RoleName,
    Username,
    UserOut,
    present_user,
    present_users,
)
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests as idempotency
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, problems
from parking.edge.parsing import In, Note

router = Router(tags=["Admin"], auth=admin_only)

UserId = Annotated[int, Path(ge=1, le=MAX_ID)]
EXAMPLE_STAFF = EXAMPLE_USER | {"id": 8, "username": "ravi", "role": "STAFF", "email": "ravi@example.org"}


class UsersQuery(Paging):
    role: RoleName | None = None
    is_active: bool | None = None
    q: Note = ""


@router.get(
    "/users/",
    response={200: Ok[Page[UserOut]], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped({"results": [EXAMPLE_USER], "count": 1, "page": 1, "page_size": 20, "pages": 1})
    ),
    summary="Accounts",
)
def users(request: HttpRequest, filters: Annotated[UsersQuery, Query()]) -> HttpResponse:
    """Accounts in the order of their making; `q` is a part of a name, address or number."""
    rows = find_users(role=filters.role, is_active=filters.is_active, q=filters.q)
    return ok(page_of(rows, filters, present_users))


class UserFieldsIn(In):
    email: Email | None = None
    phone: Phone | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    role: RoleName | None = None
    is_active: bool | None = None
    language: Language | None = None


class NewUserIn(UserFieldsIn):
    username: Username
    password: NewPassword


@router.post(
    "/users/",
    response={201: Ok[UserOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "username": "ravi",
                "password": "gate-keeper-1",
                "email": "ravi@example.org",
                "role": "STAFF",
            },
            response=enveloped(EXAMPLE_STAFF, "Account made"),
            status=201,
        )
    ),
    summary="Make an account",
)
def create_user(request: HttpRequest, payload: NewUserIn) -> HttpResponse:
    """Make an account of any role; USER if none is named."""
    now = clock.now()
    fields = payload.model_dump(exclude_none=True, exclude={"username", "password"})
    hashed = hash_new_password(payload.password, user=User(username=payload.username, **fields))
    return idempotency.once_in_one_transaction(
        request,
        payload,
        call=lambda: accounts.create_user(
            actor=actor_of(request), username=payload.username, password=hashed, fields=fields, now=now
        ),
        render=lambda user: ok(present_user(user), "Account made", status=201),
    )


@router.get(
    "/users/{user_id}/",
    response={200: Ok[UserOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_STAFF)),
    summary="One account",
)
def one_user(request: HttpRequest, user_id: UserId) -> HttpResponse:
    """One account."""
    return ok(present_user(user_by_id(user_id)))


class ChangedUserIn(UserFieldsIn):
    """What is left out, or null, stays as it is."""

    username: Username | None = None
    password: NewPassword | None = None


@router.patch(
    "/users/{user_id}/",
    response={200: Ok[UserOut], **problems()},
    openapi_extra=examples(
        request={"is_active": False}, response=enveloped(EXAMPLE_STAFF | {"is_active": False}, "Saved")
    ),
    summary="Change an account",
)
def change_user(request: HttpRequest, user_id: UserId, payload: ChangedUserIn) -> HttpResponse:
    """Change role, state, contact or password; suspension works at once."""
    user = accounts.update_user(
        actor=actor_of(request),
        user_id=user_id,
        changes=payload.model_dump(exclude_none=True, exclude={"password"}),
        password=payload.password,
        now=clock.now(),
    )
    return ok(present_user(user), "Saved")
