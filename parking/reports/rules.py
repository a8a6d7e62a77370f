"""Comparing two lists of money that moved. Pure functions: no database, no clock, no network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

PAYMENT, REFUND = "PAYMENT", "REFUND"


class Standing(Enum):
    """What a row of our books requires of the gateway's."""

    BOOKED = auto()  # must be in the gateway's books
    UNDER_WAY = auto()  # may be in them
    NOT_TAKEN = auto()  # known to us but not captured: if the gateway has it, our books lack money


@dataclass(frozen=True)
class Movement:
    """One payment or refund, in our books or in the gateway's.

    `number` is the gateway's number of it, `own_number` ours of its order or refund; either may be empty. Amounts are
    rupees, `at` is aware.
    """

    kind: str
    number: str
    own_number: str
    amount: Decimal
    at: datetime
    currency: str = "INR"
    standing: Standing = Standing.BOOKED


@dataclass(frozen=True)
class Pair:
    """The same payment or refund in both books."""

    ours: Movement
    theirs: Movement

    @property
    def differs(self) -> bool:
        return (self.ours.amount, self.ours.currency) != (self.theirs.amount, self.theirs.currency)


@dataclass(frozen=True)
class Waiting:
    """An order or refund of ours that is not decided yet."""

    kind: str
    own_number: str
    amount: Decimal
    status: str
    since: datetime


@dataclass(frozen=True)
class Comparison:
    """The differences of two books. `compared` is how many movements of the gateway's lay in the span."""

    missing_here: tuple[Movement, ...] = ()
    missing_there: tuple[Movement, ...] = ()
    amount_differs: tuple[Pair, ...] = ()
    pending_too_long: tuple[Waiting, ...] = ()
    compared: int = 0

    @property
    def differences(self) -> int:
        parts = (self.missing_here, self.missing_there, self.amount_differs, self.pending_too_long)
        return sum(map(len, parts))


@dataclass
class _Matches:
    """Pairs found so far, and what is left on both sides."""

    ours: list[Movement]
    theirs: list[Movement]
    pairs: list[Pair] = field(default_factory=list)

    def match_by(self, name: str) -> None:
        """Pair what has the same kind and the same, not empty, number of this name; each movement once."""
        waiting = {(row.kind, getattr(row, name)): row for row in self.ours if getattr(row, name)}
        found, left = [], []
        for row in self.theirs:
            partner = waiting.pop((row.kind, getattr(row, name)), None)
            if partner is None:
                left.append(row)
            else:
                found.append(Pair(partner, row))
        taken = {id(pair.ours) for pair in found}
        self.pairs += found
        self.ours = [row for row in self.ours if id(row) not in taken]
        self.theirs = left


def compare(
    *,
    ours: Iterable[Movement],
    theirs: Iterable[Movement],
    since: datetime,
    until: datetime,
    waiting: Sequence[Waiting] = (),
) -> Comparison:
    """Return where the books differ in the span [since, until).

    Both lists should reach beyond it on both sides: the two clocks, and a bank that confirms late, put the two halves
    of a pair on different sides of midnight. What lies outside only serves to find partners.
    """
    matches = _Matches(list(ours), list(theirs))
    # The gateway's own number decides; two of its payments may carry ours, if an order was paid twice.
    matches.match_by("number")
    matches.match_by("own_number")
    in_span = [pair for pair in matches.pairs if _within(pair.ours, since, until) or _within(pair.theirs, since, until)]
    not_taken = [pair.theirs for pair in in_span if not pair.differs and pair.ours.standing == Standing.NOT_TAKEN]
    alone = [row for row in matches.theirs if _within(row, since, until)]
    lacking = [row for row in matches.ours if row.standing == Standing.BOOKED and _within(row, since, until)]
    return Comparison(
        missing_here=tuple(sorted(alone + not_taken, key=_place)),
        missing_there=tuple(sorted(lacking, key=_place)),
        amount_differs=tuple(sorted((pair for pair in in_span if pair.differs), key=lambda pair: _place(pair.theirs))),
        pending_too_long=tuple(waiting),
        compared=len(in_span) + len(alone),
    )


def _within(row: Movement, since: datetime, until: datetime) -> bool:
    return since <= row.at < until


def _place(row: Movement) -> tuple[datetime, str, str]:
    return row.at, row.kind, row.number


# --- Showing ---------------------------------------------------------------------------------------


def as_data(result: Comparison) -> dict[str, object]:
    """Return the comparison as plain data, for the command and the API."""
    return {
        "compared": result.compared,
        "differences": result.differences,
        "missing_here": [_movement_data(row) for row in result.missing_here],
        "missing_there": [_movement_data(row) for row in result.missing_there],
        "amount_differs": [
            _movement_data(pair.theirs) | {"own_number": pair.ours.own_number, "our_amount": pair.ours.amount}
            for pair in result.amount_differs
        ],
        "pending_too_long": [
            {
                "kind": row.kind,
                "own_number": row.own_number,
                "amount": row.amount,
                "status": row.status,
                "since": row.since,
            }
            for row in result.pending_too_long
        ],
    }


def _movement_data(row: Movement) -> dict[str, object]:
    return {
        "kind": row.kind,
        "gateway_id": row.number or None,
        "own_number": row.own_number or None,
        "amount": row.amount,
        "currency": row.currency,
        "at": row.at,
    }
