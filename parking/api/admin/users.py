"""Accounts, as managers look after them."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from parking.accounts.models import User
from parking.accounts.passwords import HashedPassword, hash_new_password
from parking.accounts.queries import find_users, user_within
from parking.api.paging import Paging, page_of
from parking.api.shapes.users import (
    STAFF_EXAMPLE,
    DisabilityCard,
    Email,
    Language,
    NewPassword,
    PermissionsIn,
    PersonName,
    Phone,
    RoleName,
    SiteIds,
    SpecialSlots,
    Username,
    UserOut,
)
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import In, Note
from parking.facilities import people

router = Router(tags=["Admin"], auth=admin_only)

UserId = Annotated[int, Path(ge=1, le=MAX_ID)]


class UsersQuery(Paging):
    role: RoleName | None = None
    is_active: bool | None = None
    q: Note = ""


@router.get(
    "/users/",
    response={200: Ok[Page[UserOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(UserOut.example)),
    summary="Accounts",
)
def users(request: HttpRequest, filters: Annotated[UsersQuery, Query()]) -> HttpResponse:
    """Accounts in the order of their making; `q` is a part of a name, address or number.

    A caller with sites sees the accounts that work there and nowhere else.
    """
    rows = find_users(sites=actor_of(request).sites, role=filters.role, is_active=filters.is_active, q=filters.q)
    found = page_of(rows, filters)
    return ok(found.showing([UserOut.of(user) for user in found.rows]))


class UserFieldsIn(In):
    email: Email | None = None
    phone: Phone | None = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    role: RoleName | None = None
    is_active: bool | None = None
    language: Language | None = None
    sites: SiteIds | None = None
    permissions: PermissionsIn | None = None
    special_slots: SpecialSlots | None = None
    disability_card: DisabilityCard | None = None

    def fields(self, *others: str) -> dict[str, Any]:
        """Return what was given, under the names of the account's columns, without the `others`."""
        given = self.model_dump(exclude_none=True, exclude={*others})
        if "sites" in given:
            given["site_ids"] = sorted(set(given.pop("sites")))
        if "special_slots" in given:
            given["special_slots"] = sorted(set(given["special_slots"]))
        return given


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
                "sites": [1],
                "permissions": {"refund": {"each": 200, "per_day": 1000}},
            },
            response=enveloped(STAFF_EXAMPLE, "Account made"),
            status=201,
        )
    ),
    summary="Make an account",
)
def create_user(request: HttpRequest, payload: NewUserIn) -> HttpResponse:
    """Make an account of any role; USER if none is named.

    An administrator of some sites makes only accounts that work at these. All ADMINs get a mail about a new one.
    """
    fields = payload.fields("username", "password")
    # Before the transaction: hashing takes long, and a refused password uses no key up.
    hashed = hash_new_password(payload.password, user=User(username=payload.username, **fields))
    return _create_user(request, payload, hashed, fields)


@requests.idempotent_in_one_transaction
def _create_user(
    request: HttpRequest, payload: NewUserIn, hashed: HashedPassword, fields: dict[str, Any]
) -> HttpResponse:
    user = people.create_user(
        actor=actor_of(request), username=payload.username, password=hashed, fields=fields, now=clock.now()
    )
    return ok(UserOut.of(user), "Account made", status=201)


@router.get(
    "/users/{user_id}/",
    response={200: Ok[UserOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(STAFF_EXAMPLE)),
    summary="One account",
)
def one_user(request: HttpRequest, user_id: UserId) -> HttpResponse:
    """One account."""
    return ok(UserOut.of(user_within(user_id, sites=actor_of(request).sites)))


class ChangedUserIn(UserFieldsIn):
    """What is left out, or null, stays as it is."""

    username: Username | None = None
    password: NewPassword | None = None


@router.patch(
    "/users/{user_id}/",
    response={200: Ok[UserOut], **problems()},
    openapi_extra=examples(
        request={"is_active": False}, response=enveloped(STAFF_EXAMPLE | {"is_active": False}, "Saved")
    ),
    summary="Change an account",
)
def change_user(request: HttpRequest, user_id: UserId, payload: ChangedUserIn) -> HttpResponse:
    """Change role, state, sites, permissions, contact or password; role, sites and suspension work at once."""
    user = people.update_user(
        actor=actor_of(request),
        user_id=user_id,
        changes=payload.fields("password"),
        password=payload.password,
        now=clock.now(),
    )
    return ok(UserOut.of(user), "Saved")
