"""Indian number plates: parsing, formatting and matching. Pure functions.

Patterns after the formats in use: Central Motor Vehicles Rules 1989 rules 50 and 51, temporary marks (rule 53C) and
trade certificates (rule 34), the BH series of the 20th amendment (2021), vintage plates (2021), those of the armed
forces, and the letters of States and Union Territories. A plate that fits no format is still taken if it has 4 to 15
letters and digits with a digit among them: no car is refused for its plate.
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
# With separators, a plate without letters between its numbers says itself where the one ends.
_WITHOUT_SERIES = re.compile(_STATE + r" ?([0-9]{1,2}) ([0-9]{1,4})")
# Written in one, the first of two numbers may have one digit as well as two.
_UNCLEAR = re.compile(_STATE + r"([1-9])([0-9]{1,4})")
_TEMPORARY = re.compile(r"(T)((?:0[1-9]|1[0-2])[0-9]{2})" + _STATE + r"([0-9]{1,4})([A-Z]{0,2})")
_TRADE = re.compile(_STATE + r"([0-9]{1,2})([A-Z]{0,3})([0-9]{1,4})(TC)([0-9]{1,4})")
_DEFENCE = re.compile(r"([0-9]{2})([A-Z])([0-9]{6})([A-Z]?)")
_BHARAT = re.compile(r"([2-9][0-9])(BH)([0-9]{4})([A-HJ-NP-Z]{1,2})")
_VINTAGE = re.compile(_STATE + r"(VA)([A-HJ-NP-Z]{2})([0-9]{1,4})")
_DIPLOMATIC = re.compile(r"([0-9]{1,3})(CD|CC|UN)([0-9]{1,4})")
_BEFORE_1989 = re.compile(r"([A-Z]{3})([0-9]{1,4})")
_SHORT_NUMBER = re.compile(r"(.*[A-Z])([0-9]{1,3})")
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
    return _of_known_format(parts) or Plate(shown=cleaned, match_key=cleaned)


def has_known_format(text: str) -> bool:
    """Return whether a text is a plate of one of the formats in use."""
    return not _has_other_letters(text) and _of_known_format(_parts(text)) is not None


def readings(text: str) -> frozenset[str]:
    """Return the match keys of all plates that a text may mean; none for a text that is no plate.

    Of `ML51234`, written in one, nobody knows whether it is `ML 51 234` or `ML 5 1234`: it has two.
    """
    try:
        keys = {read_plate(text).match_key}
    except InvalidPlateError:
        return frozenset()
    parts = _parts(text)
    unclear = _UNCLEAR.fullmatch("".join(parts))
    if unclear and not _WITHOUT_SERIES.fullmatch(" ".join(parts)):
        keys.add(f"{unclear[1]}{unclear[2].zfill(2)}{unclear[3].zfill(4)}")
    return frozenset(keys)


def _of_known_format(parts: list[str]) -> Plate | None:
    apart = _WITHOUT_SERIES.fullmatch(" ".join(parts))
    if apart and int(apart[3]):
        return _standard_plate(apart[1], apart[2].zfill(2), "", apart[3])
    cleaned = "".join(parts)
    standard = _STANDARD.fullmatch(cleaned)
    if standard and int(standard[4]):
        state, office, series, number = standard.groups()
        return _standard_plate(state, office if series else office.zfill(2), series, number)
    return _with_date_or_certificate(cleaned) or _of_other_format(cleaned)


def _with_date_or_certificate(cleaned: str) -> Plate | None:
    temporary = _TEMPORARY.fullmatch(cleaned)
    if temporary:
        mark, month, state, number, letters = temporary.groups()
        return Plate(_hyphenated(temporary), f"{mark}{month}{state}{number.zfill(4)}{letters}")
    trade = _TRADE.fullmatch(cleaned)
    if trade:
        state, office, series, number, sign, certificate = trade.groups()
        key = f"{state}{office.zfill(2)}{series}{number.zfill(4)}{sign}{certificate.zfill(4)}"
        return Plate(_hyphenated(trade), key)
    return None


def _of_other_format(cleaned: str) -> Plate | None:
    found = next(filter(None, (pattern.fullmatch(cleaned) for pattern in _OTHER_FORMATS)), None)
    return Plate(_hyphenated(found), cleaned) if found else None


def _hyphenated(found: "re.Match[str]") -> str:
    return "-".join(filter(None, found.groups()))


def search_key(text: str) -> str:
    """Return the letters and digits of a part of a plate, for searching among match keys."""
    return _clean(text)


def endings(text: str) -> frozenset[str]:
    """Return how the match key of a plate may end that ends as a text does: `AB 12` is kept as `AB0012`."""
    end = _clean(text)
    short = _SHORT_NUMBER.fullmatch(end)
    return frozenset({end, f"{short[1]}{short[2].zfill(4)}"} if short else {end})


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
