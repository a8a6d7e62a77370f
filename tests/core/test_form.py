"""Templates, scripts and style sheets have short lines and one subject for each file."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("parking", "gateway_standin", "tests/javascript")
    for pattern in ("*.html", "*.js", "*.css")
    for path in (ROOT / folder).rglob(pattern)
]


def test_no_line_is_longer_than_120_characters():
    assert not [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > 120
    ]


def test_no_file_has_more_than_400_lines():
    assert not [path.name for path in SOURCES if len(path.read_text().splitlines()) > 400]


def test_all_three_kinds_are_looked_at():
    assert {path.suffix for path in SOURCES} == {".html", ".js", ".css"}


def test_every_icon_that_a_template_names_is_in_the_sprite():
    """Return to `deploy/icons.txt` for a new one: a missing icon leaves a gap, and no test of a page sees it."""
    kept = set((ROOT / "deploy" / "icons.txt").read_text().split())
    named = {name for path in SOURCES for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())}
    assert (named - kept, len(named) > 50) == (set(), True)
