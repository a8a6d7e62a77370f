"""Indian number plates: parsing, formatting and matching. Pure functions.

Patterns after the formats in use: Central Motor Vehicles Rules 1989 rules 50 and 51, temporary marks (rule 53C) and
trade certificates (rule 34), the BH series of the 20th amendment (2021), vintage plates (2021), those of the armed
forces, and the letters of States and Union Territories. A plate that fits no format is still taken if it has 4 to 15
letters and digits with a digit among them: no car is refused for its plate.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

STATES = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS"
    "|UA|UK|UP|WB"
)
_STATE = f"({STATES})"
_STANDARD = re.compile(_STATE + r"([0-9]{1,2})([A-Z]{0,3})([0-9]{1,4})")
# With separators, a plate without letters between its numbers says itself where the one ends.
_WITHOUT_SERIES = re.compile(_STATE + r" ?([0-9]{1,2}) ([0-9]{1,4})")
_TEMPORARY = re.compile(r"(T)((?:0[1-9]|1[0-2])[0-9]{2})" + _STATE + r"([0-9]{1,4})([A-Z]{1,2})")
_TRADE = re.compile(_STATE + r"([0-9]{1,2})([A-Z]{0,3})([0-9]{1,4})(TC)([0-9]{1,4})")
_DEFENCE = re.compile(r"([0-9]{2})([A-Z])([0-9]{6})([A-Z])")
_BHARAT = re.compile(r"([2-9][0-9])(BH)([0-9]{4})([A-HJ-NP-Z]{1,2})")
_VINTAGE = re.compile(_STATE + r"(VA)([A-HJ-NP-Z]{2})([0-9]{1,4})")
_DIPLOMATIC = re.compile(r"([0-9]{1,3})(CD|CC|UN)([0-9]{1,4})")
_BEFORE_1989 = re.compile(r"([A-Z]{3})([0-9]{1,4})")
_OTHER_FORMATS = (_BHARAT, _VINTAGE, _DIPLOMATIC, _DEFENCE, _BEFORE_1989)

SHORTEST, LONGEST = 4, 15
# High-security plates have IND printed beside the number; cameras read it with the number.
_COUNTRY = "IND"
_LONG_ENOUGH_FOR_COUNTRY = 9


class InvalidPlateError(ValueError):
    """The text does not have 4 to 15 Latin letters and digits with a digit among them."""


@dataclass(frozen=True)
class Plate:
    """A plate in the form that is shown (`DL-01-AB-1234`), and its match key (`DL01AB1234`), one for all spellings."""

    shown: str
    match_key: str


def read_plate(text: str) -> Plate:
    """Read a plate as a person or a camera writes it. Raises InvalidPlateError."""
    parts = _parts(text)
    cleaned = "".join(parts)
    if not (SHORTEST <= len(cleaned) <= LONGEST and re.search("[0-9]", cleaned)) or _has_other_letters(text):
        raise InvalidPlateError(text)
    apart = _WITHOUT_SERIES.fullmatch(" ".join(parts))
    if apart and int(apart[3]):
        return _standard_plate(apart[1], apart[2].zfill(2), "", apart[3])
    standard = _STANDARD.fullmatch(cleaned)
    if standard and int(standard[4]):
        return _standard_plate(*standard.groups())
    return _other_plate(cleaned)


def _other_plate(cleaned: str) -> Plate:
    temporary = _TEMPORARY.fullmatch(cleaned)
    if temporary:
        mark, month, state, number, letters = temporary.groups()
        return Plate("-".join(temporary.groups()), f"{mark}{month}{state}{number.zfill(4)}{letters}")
    trade = _TRADE.fullmatch(cleaned)
    if trade:
        state, office, series, number, sign, certificate = trade.groups()
        key = f"{state}{office.zfill(2)}{series}{number.zfill(4)}{sign}{certificate.zfill(4)}"
        return Plate("-".join(filter(None, trade.groups())), key)
    for pattern in _OTHER_FORMATS:
        match = pattern.fullmatch(cleaned)
        if match:
            return Plate(shown="-".join(match.groups()), match_key=cleaned)
    return Plate(shown=cleaned, match_key=cleaned)


def same_plate(seen: str, expected_key: str) -> bool:
    """Return whether a plate seen at the gate has this match key; false for a text that is no plate."""
    try:
        return read_plate(seen).match_key == expected_key
    except InvalidPlateError:
        return False


# --- Looking alike -------------------------------------------------------------------------------------


class Likeness(Enum):
    """How a plate that somebody saw compares with the booked one."""

    SAME = auto()
    # It differs only where a letter looks like a digit, and the place says which of them it is.
    READS_SAME = auto()
    # It may be the booked one: an O, a D and a nought look alike, and the place does not decide.
    UNSURE = auto()
    OTHER = auto()


_LETTERS_LIKE = {"0": "OD", "1": "I", "2": "Z", "5": "S", "8": "B", "6": "G"}
_DIGIT_LIKE = {letter: digit for digit, letters in _LETTERS_LIKE.items() for letter in letters}
_PADDED = re.compile("(?<![0-9])0+(?=[0-9])")


def likeness(seen: str, expected_key: str) -> Likeness:
    """Compare a plate seen at the gate with a match key, by the places of letters and digits in the latter."""
    if same_plate(seen, expected_key):
        return Likeness.SAME
    cleaned = _clean(seen)
    # What was seen may be written without the zeros that pad the key.
    found = [_by_places(cleaned, key) for key in {expected_key, _PADDED.sub("", expected_key)}]
    return min(found, key=lambda one: one.value)


def _by_places(seen: str, expected: str) -> Likeness:
    if len(seen) != len(expected):
        return Likeness.OTHER
    return max((_at_place(*pair) for pair in zip(seen, expected, strict=True)), key=lambda one: one.value)


def _at_place(seen: str, expected: str) -> Likeness:
    if seen == expected:
        return Likeness.SAME
    if expected.isdigit():
        return Likeness.READS_SAME if _DIGIT_LIKE.get(seen) == expected else Likeness.OTHER
    if seen.isdigit():
        letters = _LETTERS_LIKE.get(seen, "")
        if letters == expected:
            return Likeness.READS_SAME
        return Likeness.UNSURE if expected in letters else Likeness.OTHER
    alike = seen in _DIGIT_LIKE and _DIGIT_LIKE.get(seen) == _DIGIT_LIKE.get(expected)
    return Likeness.UNSURE if alike else Likeness.OTHER


def search_key(text: str) -> str:
    """Return the letters and digits of a part of a plate, for searching among match keys."""
    return _clean(text)


def _clean(text: str) -> str:
    return "".join(_parts(text))


def _parts(text: str) -> list[str]:
    """Return the runs of letters and digits between separators, digits of any script as ours, without the country."""
    plain = "".join(_digit(letter) for letter in unicodedata.normalize("NFKC", text).upper())
    parts = re.findall("[A-Z0-9]+", plain)
    if parts and parts[0].startswith(_COUNTRY) and sum(map(len, parts)) >= _LONG_ENOUGH_FOR_COUNTRY:
        parts[0] = parts[0].removeprefix(_COUNTRY)
    return [part for part in parts if part]


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _has_other_letters(text: str) -> bool:
    """Return whether there are letters of other scripts, which no separator is."""
    plain = re.sub("[A-Z]", "", unicodedata.normalize("NFKC", text).upper())
    return any(unicodedata.category(letter) in {"Lu", "Ll", "Lt", "Lo"} for letter in plain)


def _standard_plate(state: str, office: str, series: str, number: str) -> Plate:
    shown = "-".join(part for part in (state, office, series, number) if part)
    # The same plate is written with and without leading zeros; padded is the form on which they meet.
    return Plate(shown=shown, match_key=f"{state}{office.zfill(2)}{series}{number.zfill(4)}")
