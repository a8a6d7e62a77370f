"""The colours of a brand can be read, whatever an operator chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.core.brand import COLOUR, colour_problem, contrast, dark_shades, light_shades

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrasts_are_those_of_wcag():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "1652c4", "#1652c4;", ""])
def test_what_is_no_colour_is_refused_with_a_sentence(colour):
    assert colour_problem(colour) == "A colour is # and six digits or letters from a to f, such as #1652c4"


def test_a_colour_on_which_white_cannot_be_read_is_refused_with_its_contrast():
    assert colour_problem("#777777") == (
        "White text on this colour has a contrast of 4.4 to 1, and 4.5 is needed: take a darker one"
    )
    assert colour_problem("#767676") is None
    assert colour_problem(COLOUR) is None


@given(COLOURS)
def test_every_allowed_colour_can_be_read_in_both_themes(colour):
    if colour_problem(colour):
        return
    for shades, grounds in (
        (light_shades(colour), ("#ffffff", "#f6f7f9", "#eef0f4")),
        (dark_shades(colour), ("#0e1117", "#161b24")),
    ):
        assert contrast(shades.ink, shades.brand) >= 4.5
        assert contrast(shades.ink, shades.strong) >= 4.5
        assert min(contrast(shades.brand, ground) for ground in (*grounds, shades.soft)) >= 4.5
