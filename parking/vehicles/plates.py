"""Indian number plates: parsing, formatting and matching. Pure functions.

Patterns after the formats in use: Central Motor Vehicles Rules 1989 rules 50 and 51, the BH series of the 20th
amendment (2021), vintage plates (2021), and the letters of States and Union Territories. A plate that fits no format is
still taken if it has 4 to 12 letters and digits with a digit among them: no car is refused for its plate.
"""

import re
import unicodedata
from dataclasses import dataclass

STATES = (
    "AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS"
    "|UA|UK|UP|WB"
)
_STATE = f"({STATES})"
_STANDARD = re.compile(_STATE + r"([0-9]{1,2})([A-Z]{0,3})([0-9]{1,4})")
_BHARAT = re.compile(r"([2-9][0-9])(BH)([0-9]{4})([A-HJ-NP-Z]{1,2})")
_VINTAGE = re.compile(_STATE + r"(VA)([A-HJ-NP-Z]{2})([0-9]{1,4})")
_DIPLOMATIC = re.compile(r"([0-9]{1,3})(CD|CC|UN)([0-9]{1,4})")
_BEFORE_1989 = re.compile(r"([A-Z]{3})([0-9]{1,4})")
_OTHER_FORMATS = (_BHARAT, _VINTAGE, _DIPLOMATIC, _BEFORE_1989)

SHORTEST, LONGEST = 4, 12
# High-security plates have IND printed beside the number; cameras read it with the number.
_COUNTRY = "IND"
_LONG_ENOUGH_FOR_COUNTRY = 9


class InvalidPlateError(ValueError):
    """The text does not have 4 to 12 letters and digits with a digit among them."""


@dataclass(frozen=True)
class Plate:
    """A plate in the form that is shown (`DL-01-AB-1234`), and its match key (`DL01AB1234`), one for all spellings."""

    shown: str
    match_key: str


def read_plate(text: str) -> Plate:
    """Read a plate as a person or a camera writes it. Raises InvalidPlateError."""
    cleaned = _clean(text)
    if not (SHORTEST <= len(cleaned) <= LONGEST and re.search("[0-9]", cleaned)):
        raise InvalidPlateError(text)
    standard = _STANDARD.fullmatch(cleaned)
    if standard and int(standard[4]):
        return _standard_plate(*standard.groups())
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


def search_key(text: str) -> str:
    """Return the letters and digits of a part of a plate, for searching among match keys."""
    return _clean(text)


def _clean(text: str) -> str:
    letters = re.sub("[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())
    if letters.startswith(_COUNTRY) and len(letters) >= _LONG_ENOUGH_FOR_COUNTRY:
        return letters.removeprefix(_COUNTRY)
    return letters


def _standard_plate(state: str, office: str, series: str, number: str) -> Plate:
    shown = "-".join(part for part in (state, office, series, number) if part)
    # The same plate is written with and without leading zeros; padded is the form on which they meet.
    return Plate(shown=shown, match_key=f"{state}{office.zfill(2)}{series}{number.zfill(4)}")
