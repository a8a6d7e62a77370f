"""The font of printed documents: FiraGO, which has Latin, Devanagari and the rupee sign (SIL Open Font License 1.1).

The package `pymupdf-fonts` carries it, as Python modules; nothing of it is in this repository.
"""

import atexit
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = "pymupdf_fonts"
FONTS = {"": "FiraGO_Regular", "B": "FiraGO_Bold"}


class FontMissing(RuntimeError):
    """The package with the fonts is not installed, or no longer has FiraGO."""


@cache
def font_files() -> dict[str, Path]:
    """Return a file for each style, because fpdf2 reads only files. Written once for each process, deleted with it."""
    folder = TemporaryDirectory(prefix="smart-parking-fonts-")
    atexit.register(folder.cleanup)
    files = {style: Path(folder.name) / f"{name}.ttf" for style, name in FONTS.items()}
    for style, path in files.items():
        path.write_bytes(_font(FONTS[style]))
    return files


def _font(name: str) -> bytes:
    try:
        return bytes(import_module(f"{PACKAGE}.{name}").fontbuffer)
    except (ImportError, AttributeError) as error:
        raise FontMissing(f"{name} is not in the package pymupdf-fonts: install requirements.txt") from error
