"""What a plate owes from before, on the bill at the exit: each debt can be paid with the same money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parking.checkout.collecting import total_owed
from parking.core.money import ZERO
from parking.payments.models import Debt


@dataclass(frozen=True)
class OldDebt:
    """A debt on the bill; `then_named` is what the page sends to add it, or to take it off again."""

    debt: Debt
    is_added: bool
    then_named: str


@dataclass(frozen=True)
class OldDebts:
    """The debts of a plate, with those that are to be paid now (`named`, as the page sends them)."""

    rows: Sequence[OldDebt] = ()
    named: str = ""
    added: Decimal = ZERO


def old_debts(debts: Sequence[Debt], wanted: Sequence[int]) -> OldDebts:
    """Return the open debts of a plate; those of `wanted` that are not open any more fall away."""
    added = [debt for debt in debts if debt.pk in wanted]
    ids = [debt.pk for debt in added]
    rows = [OldDebt(debt, debt.pk in ids, named(_toggled(ids, debt.pk))) for debt in debts]
    return OldDebts(rows, named(ids), total_owed(added))


def named(ids: Sequence[int]) -> str:
    """Return ids of debts as the page sends them: in one field, because a repeated one reaches the server once."""
    return ",".join(str(debt_id) for debt_id in ids)


def _toggled(ids: Sequence[int], debt_id: int) -> list[int]:
    return [other for other in ids if other != debt_id] if debt_id in ids else [*ids, debt_id]
