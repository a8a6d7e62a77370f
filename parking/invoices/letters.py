"""Letters and notices as PDF on A4: a head, a title, paragraphs, facts, and a photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from parking.invoices.paper import A4


@dataclass(frozen=True)
class Letter:
    """What stands on a letter. `facts` are pairs of label and text; `picture` is a JPEG or PNG."""

    sender: str
    sender_lines: Sequence[str]
    title: str
    number: str
    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str]]
    written_at: datetime
    picture: bytes | None = None


def letter_pdf(letter: Letter, logo: bytes | None = None) -> bytes:
    """Return a letter as PDF."""
    from parking.invoices.press import Press

    press = Press(A4, logo)
    press.counts_pages = False  # it is one, in the language of its reader
    press.begin(letter.number, A4.height or 0)
    press.show_sender(letter.sender, letter.sender_lines)
    press.space(2)
    press.say(letter.title, size=A4.large, bold=True)
    press.space()
    for label, text in letter.facts:
        press.row([(label, A4.label_width, "L"), (text, A4.inner - A4.label_width, "L")], first_grey=True)
    press.space()
    for paragraph in letter.paragraphs:
        press.say(paragraph, size=A4.normal)
        press.space()
    if letter.picture is not None:
        press.image(BytesIO(letter.picture), A4.margin, press.get_y(), 110, 80, keep_aspect_ratio=True)
    press.set_title(letter.title)
    press.set_author(letter.sender)
    press.set_creation_date(letter.written_at)
    return press.finish()
