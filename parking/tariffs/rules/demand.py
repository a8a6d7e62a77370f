"""How much dearer or cheaper parking is while a zone is busy or empty. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from parking.core.errors import InvalidInput
from parking.core.money import rupees

MOST_STEPS = 5
LEAST_CHANGE, MOST_CHANGE = -50, 100
_WHOLE = 100


@dataclass(frozen=True)
class DemandStep:
    """From so many percent of its slots taken on, a zone costs so many percent more, or less."""

    from_percent: int
    change_percent: int

    def to_json(self) -> dict[str, int]:
        return {"from_percent": self.from_percent, "change_percent": self.change_percent}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["from_percent"], data["change_percent"])


Steps = tuple[DemandStep, ...]


def checked(steps: Iterable[DemandStep]) -> Steps:
    """Return steps as a zone may have them, in their order. Raises InvalidInput."""
    found = sorted(steps, key=lambda step: step.from_percent)
    errors = []
    if len(found) > MOST_STEPS:
        errors.append(f"At most {MOST_STEPS}")
    if len({step.from_percent for step in found}) < len(found):
        errors.append("Each from_percent once")
    if not all(0 <= step.from_percent <= _WHOLE for step in found):
        errors.append("from_percent between 0 and 100")
    if not all(LEAST_CHANGE <= step.change_percent <= MOST_CHANGE for step in found):
        errors.append(f"change_percent between {LEAST_CHANGE} and {MOST_CHANGE}")
    if errors:
        raise InvalidInput({"steps": errors})
    return tuple(found)


def percent_at(steps: Steps, *, taken: int, in_service: int) -> int:
    """Return the change of the highest step that is reached by the slots taken of those in service."""
    reached = [step for step in steps if step.from_percent * in_service <= _WHOLE * taken] if in_service else []
    return max(reached, key=lambda step: step.from_percent).change_percent if reached else 0


def falls(before: Steps, after: Steps) -> bool:
    """Return whether a zone is cheaper after than before, however full it is. Between two steps nothing changes."""
    return any(
        percent_at(after, taken=step.from_percent, in_service=_WHOLE)
        < percent_at(before, taken=step.from_percent, in_service=_WHOLE)
        for step in (*before, *after)
    )


def changed(rate: Decimal, percent: int) -> Decimal:
    """Return a rate (rupees) with a change, half up to the paisa."""
    return rupees(rate * (_WHOLE + percent) / _WHOLE) if percent else rate
