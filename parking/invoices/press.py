"""A PDF that is being written. Whoever prints imports it then: its library takes 48 MB and half a second."""

import re
from collections.abc import Sequence
from copy import copy
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import cast

import uharfbuzz
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import SubsetMap, TTFFont
from fpdf.output import OutputProducer

from parking.invoices.fonts import JOINERS, files_for, script_of, scripts_of
from parking.invoices.paper import TALLEST, Paper

FAMILY = "FiraGO"
# A line is this much higher than its letters; Devanagari reaches above and below.
LEADING = 1.45
POINT = 25.4 / 72
GREY, BLACK = 90, 0

# A one among digits of one width is a third wider than alone, which is the most.
_WIDER = 1.4

# Of a QR code with its white border, in millimetres: some half a millimetre for each of its cells.
CODE_SIDE = 24.0
_BLACK_RUNS = re.compile("1+")

# A text, its width in millimetres, and L or R.
Cell = tuple[str, float, str]


@cache
def _read(path: Path, style: str) -> TTFFont:
    """Return what the library reads of a font, the same for all documents."""
    font = TTFFont(FPDF(), path, path.stem, style)
    font.perform_harfbuzz_shaping(" ", 1, None)  # what shapes is made at first use
    return font


def _for_a_document(font: TTFFont, number: int, key: str) -> TTFFont:
    """Return a font for one document, with what the document writes into it."""
    own = copy(font)
    own.i, own.fontkey, own.biggest_size_pt = number, key, 0
    own.desc, own.missing_glyphs, own.subset = copy(font.desc), [], SubsetMap(own)
    return own


def _drawn(font: TTFFont) -> TTFont:
    """Return the part of a font that a document draws, under the same names of glyphs.

    The library would read all glyphs and leave most of them out, which took a third of a document's time.
    """
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(font.ttfont.getGlyphID(name) for name in font.subset.get_all_glyph_names())
    wanted.flags = uharfbuzz.SubsetFlags.NOTDEF_OUTLINE | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    plan = uharfbuzz.SubsetPlan(font.hbfont.face, wanted)
    part = TTFont(BytesIO(plan.execute().blob.data), recalcTimestamp=False, recalcBBoxes=False)
    part.setGlyphOrder([font.ttfont.getGlyphName(old) for _new, old in sorted(plan.new_to_old_glyph_mapping.items())])
    # Tables by which letters are shaped, which the library would read only to leave them out.
    for table in ("GDEF", "GPOS", "GSUB"):
        if table in part:
            del part[table]
    return part


class _Producer(OutputProducer):
    """What makes the bytes, when all has been drawn."""

    def bufferize(self) -> bytearray:
        for font in self.fpdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont = _drawn(font)
        return super().bufferize()


class Press(FPDF):
    """A PDF that is being written from top to bottom."""

    def __init__(self, paper: Paper, logo: bytes | None) -> None:
        super().__init__(unit="mm", format=(paper.width, paper.height or TALLEST))
        self.paper = paper
        self.logo = logo
        self.number = ""
        self.counts_pages = True
        # It draws what is of no script. Each script is a font of its own, also where it is cut from the same file:
        # letters of one font are shaped together, by the script of the first, and "Asha आशा" would fall apart.
        for style, path in files_for("").items():
            self._add(FAMILY, style, path)
        self._script = ""
        self._families: list[str] = []
        self.set_text_shaping(True, features={"tnum": True})  # amounts below each other align at their points
        self.set_font(FAMILY, size=paper.normal)
        self.set_margins(paper.margin, paper.margin)
        self.set_auto_page_break(paper.height is not None, margin=paper.margin)
        self.c_margin = 0
        self.set_line_width(0.2)

    def _add(self, family: str, style: str, path: Path) -> None:
        key = f"{family.lower()}{style}"
        self.fonts[key] = _for_a_document(_read(path, style), len(self.fonts) + 1, key)

    def _add_fonts_for(self, text: str) -> None:
        for script in sorted(scripts_of(text) - set(self._families)):
            files = files_for(script)
            for style, path in files.items():
                self._add(script, style, path)
            if files:
                self._families.append(script)
                self.set_fallback_fonts(self._families)

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """Return the font for a letter that the main one does not draw: that of its script, or of the one before it."""
        self._script = script_of(char) or self._script
        return self._script + style if self._script in self._families else None

    def finish(self) -> bytes:
        """Return the document, when everything is written."""
        return bytes(self.output(output_producer_class=_Producer))

    def show_logo(self) -> None:
        """Draw the logo in its box: on A4 at the right beside the head, on a roll above it."""
        if self.logo is None:
            return
        width, height = (40.0, 18.0) if self.paper.height else (30.0, 12.0)
        left = self.paper.width - self.paper.margin - width if self.paper.height else self.paper.margin
        self.image(BytesIO(self.logo), left, self.get_y(), width, height, keep_aspect_ratio=True)
        if self.paper.height is None:
            self.set_y(self.get_y() + height + 1)

    def show_code(self, rows: Sequence[str], words: str) -> None:
        """Draw a QR code, one rectangle for each run of black in a row, with words beside it."""
        if self.will_page_break(CODE_SIDE):
            self.add_page()
        left, top, cell = self.get_x(), self.get_y(), CODE_SIDE / len(rows)
        self.set_fill_color(BLACK)
        for number, row in enumerate(rows):
            for run in _BLACK_RUNS.finditer(row):
                # A hair taller than its row, so that no white line is seen between two.
                self.rect(left + run.start() * cell, top + number * cell, len(run[0]) * cell, cell * 1.02, style="F")
        self.set_xy(left + CODE_SIDE + 1, top + CODE_SIDE / 3)
        self.say(words, size=self.paper.small, width=self.paper.inner - CODE_SIDE - 1, grey=True)
        self.set_xy(left, top + CODE_SIDE)

    def footer(self) -> None:
        """Write the document's number at the foot of each A4 page."""
        if self.paper.height is not None:
            self.set_y(-self.paper.margin + 4)
            pages = f", page {self.page_no()} of {{nb}}" if self.counts_pages else ""
            self.say(f"{self.number}{pages}", size=self.paper.small, grey=True)

    def say(
        self, text: str, *, size: float, width: float = 0, align: str = "L", bold: bool = False, grey: bool = False
    ) -> None:
        """Write a text at the present place, in as many lines as it takes, and go below it."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(GREY if grey and self.paper.height is not None else BLACK)
        self._add_fonts_for(text)
        self._script = ""
        # Grey text puts back the font before it, which the library does not see: each text says its own.
        self.current_font_is_set_on_page = False
        height = size * POINT * LEADING
        width = width or self.paper.inner
        known = self._known(text)
        # To look for the end of a line, the library shapes what stands before each letter anew.
        write = self.cell if self._is_short(known, size, width) else self.multi_cell
        write(width, height, known, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)

    def _is_short(self, text: str, size: float, width: float) -> bool:
        """Return whether a text fits into one line for certain: Latin letters, which shaping makes little wider."""
        if not text.isascii():
            return False
        letters = cast(TTFFont, self.current_font).cw
        return _WIDER * sum(letters[ord(letter)] for letter in text) / 1000 * size * POINT <= width

    def row(self, cells: Sequence[Cell], *, bold: bool = False, small: bool = False, first_grey: bool = False) -> None:
        """Write texts side by side, each in its width, and go below the longest."""
        size = self.paper.small if small else self.paper.normal
        if self.will_page_break(3 * size * POINT * LEADING):
            self.add_page()
        left, top = self.paper.margin, self.get_y()
        bottom = top
        for place, (text, width, align) in enumerate(cells):
            self.set_xy(left, top)
            self.say(text, size=size, width=width, align=align, bold=bold, grey=first_grey and place == 0)
            left, bottom = left + width, max(bottom, self.get_y())
        self.set_xy(self.paper.margin, bottom)

    def rule(self) -> None:
        """Draw a horizontal line with a small margin."""
        self.space(0.25)
        self.line(self.paper.margin, self.get_y(), self.paper.width - self.paper.margin, self.get_y())
        self.space(0.25)

    def space(self, lines: float = 1) -> None:
        self.set_xy(self.paper.margin, self.get_y() + lines * self.paper.normal * POINT)

    def _known(self, text: str) -> str:
        """Return the text with a question mark for each character that no font has, and white space as spaces."""
        letters = (letter if self._has(letter) or ord(letter) in JOINERS else "?" for letter in text)
        return "".join(" " if letter.isspace() else shown for letter, shown in zip(text, letters, strict=True))

    def _has(self, letter: str) -> bool:
        script = script_of(letter)
        font = self.fonts[script] if script in self._families else self.current_font
        return ord(letter) in cast(TTFFont, font).cmap
