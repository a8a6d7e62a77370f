"""The rules and a second, plain implementation say the same of tariffs and stays drawn at random."""

import random

import pytest

from parking.tariffs.rules import lines_of, total_of
from tests.tariffs.plain import cost
from tests.tariffs.random_tariffs import as_plain, as_stay, random_others, random_stay, random_terms

# Ten parts, so that they run side by side.
PARTS, IN_EACH = 10, 1000


@pytest.mark.parametrize("part", range(PARTS))
def test_two_implementations_agree_on_random_tariffs(part: int) -> None:
    draw = random.Random(20261126 + part)
    for _ in range(IN_EACH):
        terms, (entry, minutes) = random_terms(draw), random_stay(draw)
        others = random_others(draw, entry)
        found = total_of(lines_of(as_stay(entry, minutes, **others), terms))
        assert found == cost(as_plain(terms), entry, minutes, **others), (terms, entry, minutes, others)


def test_the_random_tariffs_are_of_all_kinds() -> None:
    draw = random.Random(20261126)
    kinds = set()
    for _ in range(IN_EACH):
        terms = random_terms(draw)
        kinds |= {
            ("slabs", bool(terms.slabs)), ("bands", bool(terms.bands)), ("holidays", terms.has_holidays),
            ("cap", terms.daily_cap is not None), ("night", terms.night_charge is not None),
            ("free", terms.free_minutes > 0), ("fee", terms.booking_fee > 0), (terms.next_day, bool(terms.slabs)),
            ("lost", terms.lost_ticket_fee > 0), ("overstay", terms.overstay_percent > 0),
        }  # fmt: skip
    assert len(kinds) == 22
