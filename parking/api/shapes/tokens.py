"""The answers that hold tokens; they have no envelope."""

from typing import Annotated, Self

from pydantic import Field

from parking.accounts.models import Role, User
from parking.accounts.tokens import TokenPair
from parking.edge.shapes import Shape

EXAMPLE_TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjo3fQ.c2lnbmF0dXJl"  # noqa: S105 - no secret
# A token of ours has some 400 characters.
Token = Annotated[str, Field(min_length=1, max_length=4000)]


class PairOut(Shape):
    access: str
    refresh: str

    example = {"access": EXAMPLE_TOKEN, "refresh": EXAMPLE_TOKEN}

    @classmethod
    def of(cls, pair: TokenPair) -> Self:
        """Return a pair of tokens."""
        return cls.read(pair)


class SignedInUserOut(Shape):
    id: int
    username: str
    role: Role

    example = {"id": 7, "username": "asha", "role": "USER"}


class LoginOut(PairOut):
    role: Role
    user: SignedInUserOut

    example = PairOut.example | {"role": "USER", "user": SignedInUserOut.example}

    @classmethod
    def of_user(cls, user: User, pair: TokenPair) -> Self:
        """Return a new pair of tokens and whose they are."""
        return cls.read(pair, role=user.role, user=SignedInUserOut.read(user))
