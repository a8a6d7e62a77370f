"""The sizes of paper that documents are printed on."""

from dataclasses import dataclass

# The longest page that a PDF may have, in millimetres, nearly (14,400 points).
TALLEST = 5000


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
ROLL = Paper("80mm", 80, None, 4, 7.5, 8.5, 12, label_width=28, amount_width=21)
PAPERS = {paper.name: paper for paper in (A4, ROLL)}
