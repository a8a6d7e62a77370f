"""Documents as PDF: on A4, and on the 80 mm roll of the printers at the gate.

Pure: the same sheets give the same bytes. Embedding the fonts takes some 0.2 s of processor time, so recent results are
cached.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from parking.invoices.fonts import files_for, font_files, script_of, scripts_of
from parking.invoices.sheets import Pair, Sheet

FAMILY = "FiraGO"
# The longest page that a PDF may have, nearly (14,400 points).
TALLEST = 5000
# A line is this much higher than its letters; Devanagari reaches above and below.
LEADING = 1.45
POINT = 25.4 / 72
GREY, BLACK = 90, 0
# Zero-width joiners shape the scripts of India and have no picture of their own.
_JOINERS = {0x200C, 0x200D}


@dataclass(frozen=True)
class Paper:
    """A size of paper: lengths in millimetres, type in points. Without `height` a page is as long as its content."""

    name: str
    width: float
    height: float | None
    margin: float
    small: float
    normal: float
    large: float
    label_width: float
    amount_width: float

    @property
    def inner(self) -> float:
        """Return the width between the margins, in millimetres."""
        return self.width - 2 * self.margin


A4 = Paper("A4", 210, 297, 18, 8.5, 10, 18, label_width=38, amount_width=32)
# Printers of 80 mm rolls print 72 mm of it.
ROLL = Paper("80mm", 80, None, 4, 7.5, 8.5, 12, label_width=25, amount_width=19)
PAPERS = {paper.name: paper for paper in (A4, ROLL)}


@lru_cache(maxsize=256)
def pdf_of(sheets: tuple[Sheet, ...], paper: Paper, logo: bytes | None = None) -> bytes:
    """Return the sheets as one PDF, each on a page of its own, or on several if it is long.

    `logo` is a PNG for the head.
    """
    heights: Sequence[float] = [paper.height or TALLEST] * len(sheets)
    if paper.height is None:
        # Once to see how long it becomes.
        with closing(Press(paper, logo)) as trial:
            heights = _print(trial, sheets, heights)
    with closing(Press(paper, logo)) as press:
        _print(press, sheets, heights)
        press.set_title(", ".join(f"{sheet.title} {sheet.number}" for sheet in sheets))
        press.set_author(sheets[0].supplier)
        press.set_lang("en-IN")
        press.set_creation_date(sheets[-1].issued_at)
        return bytes(press.output())


def _print(press: "Press", sheets: tuple[Sheet, ...], heights: Sequence[float]) -> list[float]:
    """Put each sheet on a page of its height; answers how far down each came."""
    ends = []
    for sheet, height in zip(sheets, heights, strict=True):
        press.add_page(format=(press.paper.width, height))
        press.number = sheet.number
        _lay_out(press, sheet)
        ends.append(press.get_y() + press.paper.margin)
    return ends


# --- From top to bottom ----------------------------------------------------------------------------


def _lay_out(press: "Press", sheet: Sheet) -> None:
    _head(press, sheet)
    _facts(press, sheet.facts)
    _bill(press, sheet)
    _sums(press, sheet)
    if sheet.money:
        press.space()
        for label, amount in sheet.money:
            press.row([(label, press.paper.inner - press.paper.amount_width, "L"), _amount(press, amount)], small=True)
    press.space()
    for note in sheet.notes:
        press.say(note, size=press.paper.small, grey=True)


def _head(press: "Press", sheet: Sheet) -> None:
    paper = press.paper
    press.show_logo()
    press.say(sheet.supplier, size=paper.normal + 2, bold=True)
    for line in sheet.supplier_lines:
        press.say(line, size=paper.small)
    press.space()
    press.say(sheet.title, size=paper.large, bold=True)
    press.space(0.5)


def _facts(press: "Press", facts: tuple[Pair, ...]) -> None:
    paper = press.paper
    for label, text in facts:
        press.row([(label, paper.label_width, "L"), (text, paper.inner - paper.label_width, "L")], first_grey=True)
    press.space()


def _bill(press: "Press", sheet: Sheet) -> None:
    amounts = [row.amount for row in sheet.rows]
    if press.paper.height is None:
        _narrow_bill(press, sheet)
        return
    columns = (press.paper.inner - 18 - 2 * press.paper.amount_width, 18, press.paper.amount_width)
    heading = ("Description", "Quantity", "Price")
    lines = [(row.label, row.quantity, row.unit_price) for row in sheet.rows]
    press.rule()
    for cells, amount in zip([heading, *lines], [f"{sheet.amount_heading} (₹)", *amounts], strict=True):
        left, middle, rate = zip(cells, columns, ("L", "R", "R"), strict=True)
        press.row([left, middle, rate, _amount(press, amount)], small=cells is heading)
        if cells is heading:
            press.rule()
    press.rule()


def _narrow_bill(press: "Press", sheet: Sheet) -> None:
    width = press.paper.inner - press.paper.amount_width
    press.rule()
    press.say(f"{sheet.amount_heading}, ₹", size=press.paper.small, align="R", grey=True)
    for row in sheet.rows:
        label = row.label if row.quantity == "1" else f"{row.label}, {row.quantity} at {row.unit_price}"
        press.row([(label, width, "L"), _amount(press, row.amount)])
    press.rule()


def _sums(press: "Press", sheet: Sheet) -> None:
    width = press.paper.inner - press.paper.amount_width
    for label, amount in sheet.sums:
        press.row([(label, width, "R"), _amount(press, amount)])
    label, total = sheet.total
    press.row([(label, width, "R"), _amount(press, total)], bold=True)


def _amount(press: "Press", text: str) -> "Cell":
    return (text, press.paper.amount_width, "R")


# --- Writing ---------------------------------------------------------------------------------------

Cell = tuple[str, float, str]


class Press(FPDF):
    """A PDF that is being written from top to bottom. It holds the files of its fonts open until `close`."""

    def __init__(self, paper: Paper, logo: bytes | None) -> None:
        super().__init__(unit="mm", format=(paper.width, paper.height or TALLEST))
        self.paper = paper
        self.logo = logo
        self.number = ""
        for style, path in font_files().items():
            self.add_font(FAMILY, style, path)
            self._leave_to_others(FAMILY.lower() + style)
        self._script = ""
        self._families: list[str] = []
        self.set_text_shaping(True)
        self.set_font(FAMILY, size=paper.normal)
        self.set_margins(paper.margin, paper.margin)
        self.set_auto_page_break(paper.height is not None, margin=paper.margin)
        self.c_margin = 0
        self.set_line_width(0.2)

    def _leave_to_others(self, key: str) -> None:
        """Let the main font draw Latin alone.

        Each other script is a font of its own here, also where the file is the same: letters of one font are shaped
        together, by the script of the first, and "Asha आशा" would fall apart.
        """
        known = cast(TTFFont, self.fonts[key]).cmap
        for code in [code for code in known if script_of(chr(code)) or code in _JOINERS]:
            del known[code]

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

    def close(self) -> None:
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def show_logo(self) -> None:
        """Draw the logo in its box: on A4 at the right beside the head, on a roll above it."""
        if self.logo is None:
            return
        width, height = (40.0, 18.0) if self.paper.height else (30.0, 12.0)
        left = self.paper.width - self.paper.margin - width if self.paper.height else self.paper.margin
        self.image(BytesIO(self.logo), left, self.get_y(), width, height, keep_aspect_ratio=True)
        if self.paper.height is None:
            self.set_y(self.get_y() + height + 1)

    def footer(self) -> None:
        """Write the document's number at the foot of each A4 page."""
        if self.paper.height is not None:
            self.set_y(-self.paper.margin + 4)
            self.say(f"{self.number}, page {self.page_no()} of {{nb}}", size=self.paper.small, grey=True)

    def say(
        self, text: str, *, size: float, width: float = 0, align: str = "L", bold: bool = False, grey: bool = False
    ) -> None:
        """Write a text at the present place, in as many lines as it takes, and go below it."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(GREY if grey and self.paper.height is not None else BLACK)
        self._add_fonts_for(text)
        self._script = ""
        height = size * POINT * LEADING
        self.multi_cell(
            width or self.paper.inner, height, self._known(text), align=align, new_x=XPos.LEFT, new_y=YPos.NEXT
        )

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
        letters = (letter if self._has(letter) or ord(letter) in _JOINERS else "?" for letter in text)
        return "".join(" " if letter.isspace() else shown for letter, shown in zip(text, letters, strict=True))

    def _has(self, letter: str) -> bool:
        script = script_of(letter)
        font = self.fonts[script] if script in self._families else self.current_font
        return ord(letter) in cast(TTFFont, font).cmap
