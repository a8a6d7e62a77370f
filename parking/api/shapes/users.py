"""How people are shown, and what may be said of them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from parking.accounts.models import Role, User
from parking.edge.parsing import Printable
from parking.edge.shapes import Shape

RoleName = Annotated[Role, Field(strict=False)]
Language = Literal["en", "hi"]


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
    }

    @classmethod
    def of(cls, user: User) -> Self:
        """Return an account."""
        return cls.read(user)


STAFF_EXAMPLE = UserOut.example | {"id": 8, "username": "ravi", "role": "STAFF", "email": "ravi@example.org"}
