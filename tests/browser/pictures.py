"""The pictures of the user's guide: taken by the tests that see the pages anyway, small enough for a repository."""

import io
import os
import re
from functools import cache
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "user-guide" / "pictures"
# Flat colours: with 64 of them a picture looks the same and is a third in size.
COLOURS = 64


@cache
def shown() -> frozenset[str]:
    """The names of the pictures that the README or a guide shows."""
    texts = [path.read_text() for path in (ROOT / "README.md", *PICTURES.parent.glob("*.md"))]
    return frozenset(re.findall(r"pictures/([a-z-]+)\.png", "\n".join(texts)))


def take(page: Page, name: str, *, whole: bool) -> None:
    """Keep a picture, named by its subject and by the size of the screen."""
    width = (page.viewport_size or {"width": 0})["width"]
    device = "phone" if width < 600 else "tablet" if width < 1000 else "desktop"
    full = f"{name.removesuffix(f'-{device}')}-{device}"
    if not os.environ.get("PICTURES") or full not in shown():
        return
    # No worker runs beside the tests; what the office says of that is not what a guide shows.
    page.evaluate("document.querySelector('.alarm-note')?.remove()")
    taken = page.screenshot(full_page=whole, animations="disabled", scale="css")
    image = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{full}.png", optimize=True)
