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
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import SubsetMap, TTFFont
from fpdf.output import OutputProducer

from parking.core.texts import NO_BREAK
from parking.invoices.fonts import JOINERS, files_for, script_of, scripts_of
from parking.invoices.paper import TALLEST, Paper

FAMILY = "FiraGO"
# A line is this much higher than its letters; Devanagari reaches above and below.
LEADING = 1.45
POINT = 25.4 / 72
PALE, GREY, BLACK = 205, 90, 0

# A one among digits of one width is a third wider than alone, which is the most.
_WIDER = 1.4

# Of a QR code with its white border, in millimetres: some half a millimetre for each of its cells.
CODE_SIDE = 24.0
# Width and height of the logo beside the head of an A4 page, in millimetres.
LOGO = (40.0, 18.0)
# So far above the end of a page, in millimetres, rows are measured before they are written, which takes as long again.
NEAR_THE_END = 60.0
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
        self._starts: list[tuple[int, str]] = []  # the first page of each document, and its number
        self.counts_pages = True
        # The head of a table that goes on: it stands again on each page that begins inside of it.
        self.table_head: Sequence[Cell] = ()
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

    def begin(self, number: str, height: float) -> None:
        """Begin a document on a page of its own, of a height in millimetres."""
        self.add_page(format=(self.paper.width, height))
        self._starts.append((self.page, number))

    def finish(self) -> bytes:
        """Return everything that was written, as PDF."""
        if self.paper.height is not None:
            self._write_feet()
        return bytes(self.output(output_producer_class=_Producer))

    @property
    def line_height(self) -> float:
        """Return how high a line of the usual size is, in millimetres."""
        return self.paper.normal * POINT * LEADING

    def show_sender(self, name: str, lines: Sequence[str]) -> None:
        """Write who sends this, with the logo: on A4 at the right, where no line runs into it; on a roll above."""
        self._show_logo()
        top, beside = self.get_y(), LOGO[0] + 4 if self.logo and self.paper.height else 0
        self.say(name, size=self.paper.normal + 2, bold=True, width=self.paper.inner - beside)
        for line in lines:
            self.say(line, size=self.paper.small, width=self.paper.inner - beside)
        if beside:
            self.set_y(max(self.get_y(), top + LOGO[1]))

    def _show_logo(self) -> None:
        """Draw the logo in its box."""
        if self.logo is None:
            return
        width, height = LOGO if self.paper.height else (30.0, 12.0)
        left = self.paper.width - self.paper.margin - width if self.paper.height else self.paper.margin
        self.image(BytesIO(self.logo), left, self.get_y(), width, height, keep_aspect_ratio=True)
        if self.paper.height is None:
            self.set_y(self.get_y() + height + 1)

    def show_code(self, rows: Sequence[str], words: str) -> None:
        """Draw a QR code, one rectangle for each run of black in a row, with words beside it.

        Its black begins at the margin: the white around it is paper.
        """
        self.keep(CODE_SIDE)
        cell = CODE_SIDE / len(rows)
        border = next(number for number, row in enumerate(rows) if "1" in row) * cell
        left, top = self.get_x() - border, self.get_y() - border
        self.set_fill_color(BLACK)
        for number, row in enumerate(rows):
            for run in _BLACK_RUNS.finditer(row):
                # A hair taller than its row, so that no white line is seen between two.
                self.rect(left + run.start() * cell, top + number * cell, len(run[0]) * cell, cell * 1.02, style="F")
        right = left + CODE_SIDE - border + 4
        width = self.paper.width - self.paper.margin - right
        self.set_xy(right, top + (CODE_SIDE - self.height_of(words, size=self.paper.small, width=width)) / 2)
        self.say(words, size=self.paper.small, width=width, grey=True)
        self.set_xy(self.paper.margin, top + CODE_SIDE)

    def _write_feet(self) -> None:
        """Write at the foot of each page the number of its document, and which of its pages it is."""
        self.set_auto_page_break(False)
        ends = [page for page, _ in self._starts[1:]] + [len(self.pages) + 1]
        for (start, number), end in zip(self._starts, ends, strict=True):
            for page in range(start, end):
                self.page = page
                self.set_y(-self.paper.margin + 4)
                pages = f", page {page - start + 1} of {end - start}" if self.counts_pages else ""
                self.say(f"{number}{pages}", size=self.paper.small, grey=True)

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

    def height_of(self, text: str, *, size: float, width: float, bold: bool = False) -> float:
        """Return how high a text becomes in a width, in millimetres."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self._add_fonts_for(text)
        self._script = ""
        line = size * POINT * LEADING
        height = self.multi_cell(width, line, self._known(text), dry_run=True, output=MethodReturnValue.HEIGHT)
        return cast(float, height)

    def keep(self, height: float) -> None:
        """Go to the next page where this one has no room for so much that must not be parted, in millimetres."""
        if not self.will_page_break(height):
            return
        self.add_page()
        if self.table_head:
            head, self.table_head = self.table_head, ()
            self.head_row(head)
            self.table_head = head

    def head_row(self, cells: Sequence[Cell]) -> None:
        """Write the head of a table between two lines."""
        self.rule()
        self.row(cells, size=self.paper.small)
        self.rule()

    def row(self, cells: Sequence[Cell], *, bold: bool = False, size: float = 0, first_grey: bool = False) -> None:
        """Write texts side by side, each in its width, and go below the longest. They stay on one page."""
        size = size or self.paper.normal
        if self.will_page_break(NEAR_THE_END):
            self.keep(max(self.height_of(text, size=size, width=width, bold=bold) for text, width, _ in cells))
        left, top = self.paper.margin, self.get_y()
        bottom = top
        for place, (text, width, align) in enumerate(cells):
            self.set_xy(left, top)
            self.say(text, size=size, width=width, align=align, bold=bold, grey=first_grey and place == 0)
            left, bottom = left + width, max(bottom, self.get_y())
        self.set_xy(self.paper.margin, bottom)

    def rule(self, width: float = 0) -> None:
        """Draw a horizontal line with a small margin, over the last `width` millimetres, else all."""
        self.space(0.25)
        self._line(width or self.paper.inner)
        self.space(0.25)

    def hairline(self) -> None:
        """Draw a pale line between two rows, which takes no room: lines of text are higher than their letters."""
        self.set_draw_color(PALE)
        self._line(self.paper.inner)
        self.set_draw_color(BLACK)

    def _line(self, width: float) -> None:
        right = self.paper.width - self.paper.margin
        self.line(right - width, self.get_y(), right, self.get_y())

    def space(self, lines: float = 1) -> None:
        self.set_xy(self.paper.margin, self.get_y() + lines * self.paper.normal * POINT)

    def _known(self, text: str) -> str:
        """Return the text with a question mark for each character that no font has, and white space as spaces.

        A space that does not break stays one.
        """
        letters = (letter if self._has(letter) or ord(letter) in JOINERS else "?" for letter in text)
        return "".join(
            " " if letter.isspace() and letter != NO_BREAK else shown
            for letter, shown in zip(text, letters, strict=True)
        )

    def _has(self, letter: str) -> bool:
        script = script_of(letter)
        font = self.fonts[script] if script in self._families else self.current_font
        return ord(letter) in cast(TTFFont, font).cmap
