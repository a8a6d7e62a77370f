"""Texts that people type."""

import pytest

from parking.core.texts import without_direction


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"])
def test_a_name_turns_nothing_round(mark: str) -> None:
    assert without_direction(f"Asha{mark} Rao") == "Asha Rao"


@pytest.mark.parametrize("name", ["क्‍ष", "नमस्ते", "മലയാളം ൻ‍", "Zoë"])
def test_names_in_any_script_stay_as_they_are(name: str) -> None:
    assert without_direction(name) == name
