"""How tokens of plastic and blocks of paper slips are shown to managers."""

from datetime import datetime
from typing import Self

from parking.edge.shapes import Shape
from parking.stays.paper_models import PaperBlock
from parking.stays.token_models import Token, TokenItem
from parking.stays.tokens import Pool, TokenState, state_of_token


class TokenOut(Shape):
    id: int
    site_id: int
    item: TokenItem
    number: int
    code: str
    state: TokenState
    session_id: int | None
    vehicle_number: str | None
    lost_at: datetime | None

    example = {
        "id": 12,
        "site_id": 1,
        "item": "VEHICLE",
        "number": 12,
        "code": "TK-7K3M9QX2",
        "state": "OUT",
        "session_id": 123,
        "vehicle_number": "****1234",
        "lost_at": None,
    }

    @classmethod
    def of(cls, token: Token) -> Self:
        """Return a token; session and plate are those of the car that has it."""
        state = state_of_token(token)
        session = token.session if state == TokenState.OUT else None
        return cls.read(
            token,
            state=state,
            session_id=session.pk if session else None,
            vehicle_number=session.vehicle.vehicle_number if session else None,
        )


class PoolOut(Shape):
    """The tokens of a site for one use, by their state."""

    site_id: int
    item: TokenItem
    free: int
    out: int
    lost: int

    example = {"site_id": 1, "item": "VEHICLE", "free": 45, "out": 4, "lost": 1}

    @classmethod
    def rows(cls, pools: dict[tuple[int, str], Pool]) -> list[Self]:
        """Return the pools of several sites."""
        return [
            cls.make(site_id=site_id, item=item, free=pool.free, out=pool.out, lost=pool.lost)
            for (site_id, item), pool in sorted(pools.items())
        ]


class MadeTokensOut(Shape):
    """Tokens that were just made."""

    site_id: int
    first: int
    last: int
    tokens: list[TokenOut]

    example = {"site_id": 1, "first": 12, "last": 12, "tokens": [TokenOut.example | {"state": "FREE"}]}


class ItemOut(Shape):
    """A helmet or bag that is kept while its car is inside."""

    token_id: int
    item: TokenItem
    number: int

    example = {"token_id": 61, "item": "HELMET", "number": 7}

    @classmethod
    def of(cls, token: Token) -> Self:
        """Return a kept thing by its token."""
        return cls.read(token, token_id=token.pk)


class PaperBlockOut(Shape):
    id: int
    site_id: int
    name: str
    first: int
    last: int
    entered: int

    example = {"id": 3, "site_id": 1, "name": "B1", "first": 1, "last": 50, "entered": 7}

    @classmethod
    def of(cls, block: PaperBlock, entered: int) -> Self:
        """Return a block with how many of its slips were entered."""
        return cls.read(block, entered=entered)
