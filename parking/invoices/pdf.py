"""Documents as PDF: on A4, and on the 80 mm roll of the printers at the gate.

Pure: the same sheets give the same bytes. One takes some 40 ms of processor time, so recent results are cached.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from parking.core.qr import qr_rows
from parking.invoices.paper import TALLEST, Paper
from parking.invoices.sheets import Pair, Sheet

if TYPE_CHECKING:
    from parking.invoices.press import Cell, Press


@lru_cache(maxsize=256)
def pdf_of(sheets: tuple[Sheet, ...], paper: Paper, logo: bytes | None = None) -> bytes:
    """Return the sheets as one PDF, each on a page of its own, or on several if it is long.

    `logo` is a PNG for the head.
    """
    from parking.invoices.press import Press

    heights: Sequence[float] = [paper.height or TALLEST] * len(sheets)
    if paper.height is None:
        # Once to see how long it becomes.
        heights = _print(Press(paper, logo), sheets, heights)
    press = Press(paper, logo)
    _print(press, sheets, heights)
    press.set_title(", ".join(f"{sheet.title} {sheet.number}" for sheet in sheets))
    press.set_author(sheets[0].supplier)
    press.set_lang("en-IN")
    press.set_creation_date(sheets[-1].issued_at)
    return press.finish()


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
    if sheet.check_address:
        press.space(0.5)
        press.show_code(qr_rows(sheet.check_address), "Scan this to compare the receipt with our books.")


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
