"""The fonts of printed documents, by script. All are under the SIL Open Font License 1.1; none is in this repository.

FiraGO has Latin, Devanagari, Arabic (Urdu) and the rupee sign; the package `pymupdf-fonts` carries it as modules.
The other scripts of India are Noto Sans, from the packages that `deploy/vendor.py` names.
"""

import atexit
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident

import structlog
import uharfbuzz
from django.conf import settings
from fontTools.ttLib import TTFont

log = structlog.get_logger(__name__)

PACKAGE = "pymupdf_fonts"
FONTS = {"": "FiraGO_Regular", "B": "FiraGO_Bold"}
_WEIGHTS = {"": 400, "B": 700}

# The letters of each script, first and last. What is not here is printed in the document's main font.
_IN_MAIN_FONT = {
    # Greek, Cyrillic, Hebrew, Thai and Georgian are half of the rest, and seldom on a bill: it need not read them.
    "elsewhere": [(0x0370, 0x05FF), (0x0E00, 0x0E7F), (0x10A0, 0x10FF), (0x1F00, 0x1FFF)],
    "devanagari": [(0x0900, 0x097F), (0xA8E0, 0xA8FF)],
    "arabic": [(0x0600, 0x06FF), (0x0750, 0x077F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)],
}
_ELSEWHERE = {
    "bengali": [(0x0980, 0x09FF)],
    "gurmukhi": [(0x0A00, 0x0A7F)],
    "gujarati": [(0x0A80, 0x0AFF)],
    "oriya": [(0x0B00, 0x0B7F)],
    "tamil": [(0x0B80, 0x0BFF)],
    "telugu": [(0x0C00, 0x0C7F)],
    "kannada": [(0x0C80, 0x0CFF)],
    "malayalam": [(0x0D00, 0x0D7F)],
}
_LETTERS = _IN_MAIN_FONT | _ELSEWHERE
# The dandas end sentences in most scripts of India, though they are numbered among the Devanagari letters.
_DANDAS = {0x0964, 0x0965}
# Zero-width joiners shape the scripts of India and have no picture of their own.
JOINERS = {0x200C, 0x200D}
# What shaping puts beside the letters of a script: joiners, and a dotted circle under a sign that has no letter.
_WITH_EACH = JOINERS | _DANDAS | {0x0020, 0x25CC}


class FontMissing(RuntimeError):
    """The package with the fonts is not installed, or no longer has FiraGO."""


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """Return the script that a letter belongs to and that is shaped in a way of its own; empty for all others."""
    code = ord(letter)
    if code < 0x0370 or code in _DANDAS:
        return ""
    return next((script for script, spans in _LETTERS.items() if _is_among(code, spans)), "")


def _is_among(code: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= code <= last for first, last in spans)


def scripts_of(text: str) -> set[str]:
    """Return the scripts of a text that are shaped in a way of their own."""
    return {script_of(letter) for letter in text} - {""}


@cache
def _folder() -> Path:
    """Return a folder for the files, because fpdf2 reads only files; deleted with the process."""
    folder = TemporaryDirectory(prefix="smart-parking-fonts-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _cut(script: str, style: str) -> Path:
    """Write the part of the main font that draws one script, empty for what has no script of its own.

    A document reads the tables of its fonts whole, for all letters that they have: a part takes half the time.
    """
    face = uharfbuzz.Face(_font(FONTS[style]))
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(code for code in face.unicodes if _is_drawn(code, script))
    # What a font has only on demand, such as small capitals, stays out, but for digits of one width, which amounts ask
    # for; embedding leaves hints out too.
    wanted.layout_feature_tag_set.add(_tag("tnum"))
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    path = _folder() / f"{FONTS[style]}-{script or 'main'}.ttf"
    return _placed(path, uharfbuzz.subset(face, wanted).blob.data)


def _placed(path: Path, content: bytes) -> Path:
    """Write a file whole: another thread may be reading the one that it has just written itself."""
    part = path.with_suffix(f".{get_ident()}")
    part.write_bytes(content)
    return part.replace(path)


def _tag(name: str) -> int:
    """Return the number by which OpenType knows a feature: its four letters as bytes."""
    return int.from_bytes(name.encode(), "big")


def _is_drawn(code: int, script: str) -> bool:
    if script:
        return code in _WITH_EACH or script_of(chr(code)) == script
    # Joiners belong to the letters between which they are: those of another font.
    return code not in JOINERS and not script_of(chr(code))


def _font(name: str) -> bytes:
    try:
        return bytes(import_module(f"{PACKAGE}.{name}").fontbuffer)
    except (ImportError, AttributeError) as error:
        raise FontMissing(f"{name} is not in the package pymupdf-fonts: install requirements.txt") from error


@cache
def files_for(script: str) -> dict[str, Path]:
    """Return the file for each style of a script; empty: of the main font, which has all that is of no script.

    None if it was not fetched: then its letters print as `?`. Raises FontMissing.
    """
    if not script or script in _IN_MAIN_FONT:
        return {style: _cut(script, style) for style in FONTS}
    try:
        return {style: _unpacked(script, weight) for style, weight in _WEIGHTS.items()}
    except FileNotFoundError:
        log.error("font_missing", script=script, remedy="python -m deploy.vendor")
        return {}


def _unpacked(script: str, weight: int) -> Path:
    """Write a font as the plain file that the shaper reads; the packages carry it compressed, for browsers."""
    path = _folder() / f"{script}-{weight}.ttf"
    # Without a time of its own, so that the same document gives the same bytes.
    with TTFont(settings.DOCUMENT_FONTS / f"{script}-{weight}.woff", recalcTimestamp=False) as font:
        font.flavor = None
        written = BytesIO()
        font.save(written)
    return _placed(path, written.getvalue())
