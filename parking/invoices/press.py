"""A PDF that is being written. Whoever prints imports it then: its library takes 48 MB and half a second."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import cast

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from parking.core.texts import NO_BREAK
from parking.invoices.fonts import JOINERS, files_for, script_of, scripts_of
from parking.invoices.paper import TALLEST, Paper

FAMILY = "FiraGO"
# A line is this much higher than its letters; Devanagari reaches above and below.
LEADING = 1.45
POINT = 25.4 / 72
PALE, GREY, BLACK = 205, 90, 0

# Tables by which letters are shaped. Shaping reads the file itself; whoever embeds the font would read them all, half
# the time of a document, only to leave them out.
_LAYOUT = ("GDEF", "GPOS", "GSUB")

# Of a QR code with its white border, in millimetres: some half a millimetre for each of its cells.
CODE_SIDE = 24.0
# Width and height of the logo beside the head of an A4 page, in millimetres.
LOGO = (40.0, 18.0)
# So far above the end of a page, in millimetres, rows are measured before they are written, which takes as long again.
NEAR_THE_END = 60.0
_BLACK_RUNS = re.compile("1+")

# A text, its width in millimetres, and L or R.
Cell = tuple[str, float, str]


def _leave_out(font: TTFont, tables: Sequence[str]) -> None:
    for table in tables:
        if table in font:
            del font[table]


class Press(FPDF):
    """A PDF that is being written from top to bottom. It holds the files of its fonts open until `close`."""

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
            self.add_font(FAMILY, style, path)
        self._script = ""
        self._families: list[str] = []
        self.set_text_shaping(True, features={"tnum": True})  # amounts below each other align at their points
        self.set_font(FAMILY, size=paper.normal)
        self.set_margins(paper.margin, paper.margin)
        self.set_auto_page_break(paper.height is not None, margin=paper.margin)
        self.c_margin = 0
        self.set_line_width(0.2)

    def _add_fonts_for(self, text: str) -> None:
        for script in sorted(scripts_of(text) - set(self._families)):
            files = files_for(script)
            for style, path in files.items():
                self.add_font(script, style, path)
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
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                _leave_out(font.ttfont, _LAYOUT)
        return bytes(self.output())

    def close(self) -> None:
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

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
        self.multi_cell(
            width or self.paper.inner, height, self._known(text), align=align, new_x=XPos.LEFT, new_y=YPos.NEXT
        )

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
