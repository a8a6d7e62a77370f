"""How people are shown, and what may be said of them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from parking.accounts.models import Role, User
from parking.accounts.permissions import read_permissions
from parking.core import languages
from parking.core.actor import Permissions
from parking.core.ids import MAX_ID
from parking.edge.parsing import In, Printable, Rupees
from parking.edge.shapes import Shape


def _installed(code: str) -> str:
    if code not in languages.installed():
        raise ValueError(f"one of {', '.join(languages.installed())} is needed")
    return code


RoleName = Annotated[Role, Field(strict=False)]
Language = Annotated[str, AfterValidator(_installed), Field(json_schema_extra={"enum": list(languages.installed())})]
SpecialSlot = Literal["ACCESSIBLE", "VIP"]
SpecialSlots = Annotated[list[SpecialSlot], Field(max_length=2, description="Special slots that a driver may book")]
DisabilityCard = Annotated[
    str, Field(max_length=40, description="Number of the disability card that the office checked"), Printable
]
SiteId = Annotated[int, Field(ge=1, le=MAX_ID)]
MOST_SITES = 1000


_check_email = EmailValidator(allowlist=[])


def _email(value: str) -> str:
    if value:
        try:
            _check_email(value)
        except ValidationError as error:
            raise ValueError("a valid e-mail address is needed") from error
    return value


_EMAIL_SCHEMA = {"anyOf": [{"type": "string", "format": "email", "maxLength": 254}, {"const": ""}]}

Username = Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[A-Za-z0-9_.@+-]+$")]
PersonName = Annotated[str, Field(max_length=150), Printable]
# Empty takes the address, or the number, away.
Email = Annotated[str, Field(max_length=254), AfterValidator(_email), WithJsonSchema(_EMAIL_SCHEMA)]
Phone = Annotated[str, Field(max_length=20, pattern=r"^(\+?[0-9][0-9 ()-]{4,17}[0-9])?$")]
# Spaces belong to a password, wherever they stand.
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=128), Printable]
NewPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=8, max_length=128), Printable]


class RefundLimitOut(Shape):
    each: float
    per_day: float

    example = {"each": 0.0, "per_day": 0.0}


class PermissionsOut(Shape):
    """What an attendant may do beside the role."""

    terminate: bool
    move: bool
    collect_debt: bool
    voucher: bool
    assign_special: bool
    refund: RefundLimitOut

    example = {
        "terminate": True,
        "move": True,
        "collect_debt": False,
        "voucher": False,
        "assign_special": False,
        "refund": RefundLimitOut.example,
    }

    @classmethod
    def of(cls, permissions: Permissions) -> Self:
        """Return the permissions of an account."""
        return cls.read(permissions, refund=RefundLimitOut.read(permissions.refund))


class RefundLimitIn(In):
    """The most rupees at once and in a day; 0 takes the permission away."""

    each: Rupees
    per_day: Rupees


class PermissionsIn(In):
    """What is left out, or null, stays as it is."""

    terminate: bool | None = None
    move: bool | None = None
    collect_debt: bool | None = None
    voucher: bool | None = None
    assign_special: bool | None = None
    refund: RefundLimitIn | None = None


SiteIds = Annotated[list[SiteId], Field(max_length=MOST_SITES, description="Ids of the sites of work; none: all")]


class UserOut(Shape):
    id: int
    username: str
    email: str
    phone: str
    first_name: str
    last_name: str
    role: Role
    is_active: bool
    language: Language
    email_confirmed_at: datetime | None
    password_must_change: bool
    date_joined: datetime
    sites: list[int]
    permissions: PermissionsOut
    special_slots: list[SpecialSlot]
    disability_card: str

    example = {
        "id": 7,
        "username": "asha",
        "email": "asha@example.org",
        "phone": "+91 98765 43210",
        "first_name": "Asha",
        "last_name": "Rao",
        "role": "USER",
        "is_active": True,
        "language": "en",
        "email_confirmed_at": "2026-11-22T04:35:00Z",
        "password_must_change": False,
        "date_joined": "2026-11-22T04:30:00Z",
        "sites": [],
        "permissions": PermissionsOut.example,
        "special_slots": [],
        "disability_card": "",
    }

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account."""
        permissions = PermissionsOut.of(read_permissions(user.permissions))
        return cls.read(user, language=user.reads, sites=list(user.site_ids), permissions=permissions)


STAFF_EXAMPLE = UserOut.example | {"id": 8, "username": "ravi", "role": "STAFF", "email": "ravi@example.org"}
