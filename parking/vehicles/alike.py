"""Plates that look alike: what somebody saw at a gate, compared with the plate that is booked. Pure functions.

Cameras and people take an O for a nought and a B for an 8. Which of the two it is the format of the plate says, by its
place. A difference that the place does not settle is for the attendant to decide.
"""

from enum import Enum, auto
from itertools import product

from parking.vehicles.plates import has_known_format, read_plate, readings, search_key


class Likeness(Enum):
    """How a plate that somebody saw compares with the booked one, the closest first."""

    SAME = auto()
    # It differs only where a letter looks like a digit, and the place says which of them it is.
    READS_SAME = auto()
    # It may be the booked one: an O, a D and a nought look alike, and the place does not decide.
    UNSURE = auto()
    OTHER = auto()


_ALIKE = ("0ODQ", "1I", "2Z", "5S", "8B", "6G")
_DIGIT_OF = {sign: signs[0] for signs in _ALIKE for sign in signs}
# Letters that no other letter looks like: where a letter belongs, the digit can mean no other one.
_ONLY_LETTERS = {signs[1] for signs in _ALIKE if len(signs) == 2}
_PADDED_TO = 4


def likeness(seen: str, booked: str) -> Likeness:
    """Compare a plate seen at the gate with a booked one as it is shown, by the places of letters and digits."""
    key = read_plate(booked).match_key
    keys = readings(seen)
    if key in keys:
        return Likeness.SAME if key == read_plate(seen).match_key else Likeness.READS_SAME
    cleaned = search_key(seen)
    alike = [spelling for spelling in _spellings(booked) if _plain(spelling) == _plain(cleaned)]
    if not alike:
        return Likeness.OTHER
    seen_is_known, booked_is_known = has_known_format(seen), has_known_format(booked)
    # Two plates in their own right, or two texts whose places say nothing, may be two cars.
    if seen_is_known == booked_is_known:
        return Likeness.UNSURE
    pairs = [(spelling, cleaned) if booked_is_known else (cleaned, spelling) for spelling in alike]
    return Likeness.READS_SAME if any(_is_settled(*pair) for pair in pairs) else Likeness.UNSURE


def _is_settled(known: str, other: str) -> bool:
    """Return whether each difference from a plate of known format is a digit for its letter or a letter for its digit.

    A nought for a letter is not settled: it may be an O, a D or a Q.
    """
    differing = [(right, wrong) for right, wrong in zip(known, other, strict=True) if right != wrong]
    return all(right.isdigit() or (right in _ONLY_LETTERS and wrong.isdigit()) for right, wrong in differing)


def _spellings(booked: str) -> set[str]:
    """Return the spellings of a plate without separators, with and without the zeros before its numbers."""
    parts = read_plate(booked).shown.split("-") if has_known_format(booked) else [search_key(booked)]
    return {"".join(spelling) for spelling in product(*map(_with_zeros, parts))}


def _with_zeros(part: str) -> list[str]:
    if not part.isdigit():
        return [part]
    bare = part.lstrip("0") or "0"
    return [bare.zfill(width) for width in range(len(bare), max(len(part), _PADDED_TO) + 1)]


def _plain(cleaned: str) -> str:
    return "".join(_DIGIT_OF.get(sign, sign) for sign in cleaned)
