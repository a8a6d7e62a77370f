"""Texts that people type and read."""

import re

NO_BREAK = "\N{NO-BREAK SPACE}"

# Marks, embeddings, overrides and isolates of direction (Unicode, Bidirectional Algorithm): in a name they turn round
# what stands after it. The joiners of Indian scripts are none of them.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_JOINERS = re.compile("[\u200c\u200d]")


def without_direction(text: str) -> str:
    """Return a text without the invisible characters that change the direction of writing."""
    return _DIRECTION.sub("", text)


def is_readable(text: str) -> bool:
    """Return whether a text has letters that are seen, and no control characters; joiners are part of letters."""
    letters = _JOINERS.sub("", text)
    return bool(letters) and letters.isprintable()
