"""The examples of docs/pricing.md, on the rules."""

import pytest

from parking.tariffs.rules import lines_of, total_of
from tests.tariffs.examples import Example, examples, shown


@pytest.mark.parametrize("example", examples(), ids=str)
def test_a_stay_costs_what_its_example_says(example: Example) -> None:
    lines = lines_of(example.stay, example.terms)
    assert (shown(lines), total_of(lines)) == (example.lines, example.total)
