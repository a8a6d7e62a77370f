"""How the prices of a zone follow how full it is: what a manager may say of it, and how it is shown."""

from typing import Annotated, Self

from pydantic import Field

from parking.edge.parsing import In
from parking.edge.shapes import Shape
from parking.tariffs.rules.demand import LEAST_CHANGE, MOST_CHANGE, MOST_STEPS, DemandStep, Steps


class DemandStepIn(In):
    from_percent: Annotated[int, Field(ge=0, le=100)]
    change_percent: Annotated[int, Field(ge=LEAST_CHANGE, le=MOST_CHANGE)]


class DemandIn(In):
    steps: Annotated[list[DemandStepIn], Field(max_length=MOST_STEPS)]

    def values(self) -> list[DemandStep]:
        return [DemandStep(step.from_percent, step.change_percent) for step in self.steps]


class DemandStepOut(Shape):
    from_percent: int
    change_percent: int

    example = {"from_percent": 80, "change_percent": 20}


class DemandOut(Shape):
    steps: list[DemandStepOut]

    example = {"steps": [{"from_percent": 0, "change_percent": -10}, DemandStepOut.example]}

    @classmethod
    def of(cls, steps: Steps) -> Self:
        """Return the steps in their order."""
        return cls.make(steps=[DemandStepOut.read(step) for step in steps])
