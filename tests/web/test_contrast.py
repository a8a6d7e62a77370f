"""Verdicts are read in the sun: their text keeps a contrast of 7 to 1, in both themes, by the design's own tokens."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from parking.core.brand import contrast

STATIC = Path(settings.BASE_DIR, "parking/web/static")
TOKENS = (STATIC / "web/tokens.css").read_text()
ANSWERS = (STATIC / "gate/verdict.css").read_text()
LEAST = 7


def _tokens(theme: str) -> dict[str, str]:
    """Return the colours that hold under a theme; dark keeps what it does not say otherwise."""
    found: dict[str, str] = {}
    for name in ("light", theme):
        for block in re.findall(rf'\[data-bs-theme="{name}"\] \{{(.*?)\n\}}', TOKENS, re.DOTALL):
            found |= dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6});", block))
    return found


def _tones() -> dict[str, tuple[str, str]]:
    """Return ground and text of each verdict, by their tokens."""
    rule = re.compile(
        r'\.answer\[data-tone="(\w+)"\] \{\s*--v: var\((--[\w-]+)\);\s*--v-text: var\((--[\w-]+)\);', re.DOTALL
    )
    return {tone: (ground, text) for tone, ground, text in rule.findall(ANSWERS)}


def test_each_verdict_has_its_colours() -> None:
    assert set(_tones()) == {"yes", "no", "wait"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", ["yes", "no", "wait"])
def test_the_text_of_a_verdict_keeps_seven_to_one(theme: str, tone: str) -> None:
    colours = _tokens(theme)
    ground, text = (colours[name] for name in _tones()[tone])
    assert contrast(ground, text) >= LEAST, f"{text} on {ground}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sum_that_is_due_keeps_seven_to_one(theme: str) -> None:
    colours = _tokens(theme)
    assert contrast(colours["--surface"], colours["--ink"]) >= LEAST
