"""`manage.py test`: the suite, run by pytest on the configured database (`DATABASE_URL`)."""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent


class PytestRunner:
    """Django's interface of a test runner. Labels are paths, names of folders below `tests`, or modules with dots."""

    def __init__(self, *, verbosity: int = 1, failfast: bool = False, keyword: str = "", **_others: Any) -> None:
        self._arguments = ["-q"] if verbosity < 2 else ["-v"]
        self._arguments += ["-x"] if failfast else []
        self._arguments += ["-k", keyword] if keyword else []

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        """Add the one option of pytest that is wanted most; the others are pytest's own."""
        parser.add_argument("-k", dest="keyword", default="", help="Only tests whose names match, as pytest has it")

    def run_tests(self, labels: Sequence[str], **_others: Any) -> int:
        """Run the tests of these labels, or all; answer 0 if they passed."""
        paths = [_path_of(label) for label in labels or ["tests"]]
        # A process of its own: pytest rewrites modules as it imports them, and Django has imported many by now.
        return subprocess.run([sys.executable, "-m", "pytest", *self._arguments, *paths], check=False).returncode


def _path_of(label: str) -> str:
    """Return the path of a label; one that names nothing stays as it is, and pytest says so."""
    names = label.removeprefix("parking."), label.removeprefix("tests.").replace(".", "/")
    wanted = (TESTS / name for plain in names for name in (plain, f"{plain}.py"))
    return next((str(path) for path in wanted if path.exists()), label)
