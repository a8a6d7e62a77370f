"""A page's markup without the white space that a browser does not show."""

import re


def one_line(markup: str) -> str:
    """Return markup with each run of white space as one space."""
    return re.sub(r"\s+", " ", markup)


def squeezed(markup: str) -> str:
    """Return markup with each run of white space as one space, and with none beside tags."""
    return re.sub(r" ?(<[^>]*>) ?", r"\1", one_line(markup))
