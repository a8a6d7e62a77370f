"""What style sheets must not do, read from their text."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted(path for path in Path(settings.BASE_DIR, "parking").glob("*/static/**/*.css"))
FOR_POINTERS = re.compile(r"@media \(hover: hover\) \{.*?\n\}", re.DOTALL)


@pytest.mark.parametrize("sheet", SHEETS, ids=str)
def test_what_a_pointer_changes_does_not_stay_after_a_touch(sheet: Path) -> None:
    outside = FOR_POINTERS.sub("", sheet.read_text())
    assert ":hover" not in outside
