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


def test_every_icon_that_a_template_names_is_on_the_list() -> None:
    listed = set((ROOT / "deploy" / "icons.txt").read_text().split())
    templates = "\n".join(path.read_text() for path in (ROOT / "parking" / "web" / "templates").rglob("*.html"))
    named = set(re.findall(r'{% icon "([a-z0-9-]+)"', templates))
    assert named - listed == set()
