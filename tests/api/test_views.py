"""How the views of calls and pages are written."""

import ast
from pathlib import Path

import pytest

import parking

SOURCES = Path(parking.__file__).parent


@pytest.mark.parametrize("app", ["api", "legacy", "web", "edge"])
def test_views_read_from_top_to_bottom(app: str) -> None:
    """A lambda makes a view run in another order than it is read."""
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in (SOURCES / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Lambda)
    ]
    assert found == []
