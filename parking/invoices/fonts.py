"""The font of our papers: FiraGO, which has Latin, Devanagari and the rupee sign (SIL Open Font License 1.1).

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
    """The package with the fonts is not installed, or no longer has ours."""


@cache
def font_files() -> dict[str, Path]:
    """A file for each style, for fpdf2, which reads files only; written once for each process, gone with it."""
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
