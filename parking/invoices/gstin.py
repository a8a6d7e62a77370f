"""The numbers of the tax register (GSTIN, UIN): their forms, their check digit, and what is wrong with one.

Pure, like `rules.py`. Every form has fifteen characters; the last is computed from the fourteen before.
"""

from dataclasses import dataclass
from enum import StrEnum

LENGTH = 15
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# --- States ----------------------------------------------------------------------------------------

# The codes of GST, which are those of the census; 25 and 28 are no longer given.
STATES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
}
# Registrations begin with these too: waters and shelf outside of the States, and the Centre for who is abroad.
OTHER_TERRITORY, CENTRE = "97", "99"
# Union territories without a legislature: their share is called UTGST.
_WITHOUT_LEGISLATURE = {"04", "26", "31", "35", "38"}


def state_tax_name(state_code: str) -> str:
    """Return the name of the State's half of the tax: SGST or UTGST."""
    return "UTGST" if state_code in _WITHOUT_LEGISLATURE else "SGST"


def place_of_supply(state_code: str) -> str:
    """Return a State as an invoice names it: `Karnataka (29)`; empty if the code is unknown."""
    return f"{STATES[state_code]} ({state_code})" if state_code in STATES else ""


# --- Forms -----------------------------------------------------------------------------------------


class Holder(StrEnum):
    """Who is registered, as the form of the number shows."""

    TAXPAYER = "TAXPAYER"
    DEPARTMENT = "DEPARTMENT"
    TAX_DEDUCTOR = "TAX_DEDUCTOR"
    TAX_COLLECTOR = "TAX_COLLECTOR"
    UN_BODY = "UN_BODY"
    NON_RESIDENT = "NON_RESIDENT"
    ONLINE_SERVICE_ABROAD = "ONLINE_SERVICE_ABROAD"


# One class for each place: 9 a digit, A a letter, X either, P a digit but 0 or a letter; others in words of `_CLASSES`.
_FORMS = {
    # State, PAN (of a company, a person, a firm, a trust, ...), number of the registration, Z or what replaces it.
    Holder.TAXPAYER: "99AAAAA9999APzX",
    # A government office without PAN: its TAN.
    Holder.DEPARTMENT: "99AAAA99999A9ZX",
    # Who deducts or collects tax at source; an office that deducts may have a TAN instead of a PAN.
    Holder.TAX_DEDUCTOR: "99AAAAX9999APDX",
    Holder.TAX_COLLECTOR: "99AAAAA9999APCX",
    # A body of the United Nations or an embassy: a UIN.
    Holder.UN_BODY: "9999AAA99999uNX",
    Holder.NON_RESIDENT: "9999AAA99999NRX",
    Holder.ONLINE_SERVICE_ABROAD: "9999AAA99999OSX",
}
_DIGITS, _LETTERS = _BASE_36[:10], _BASE_36[10:]
_CLASSES = {
    "9": (_DIGITS, "a digit"),
    "A": (_LETTERS, "a letter"),
    "X": (_BASE_36, "a letter or a digit"),
    "P": (_BASE_36[1:], "a letter or a digit from 1"),
    "z": ("Z123456789ABEFGHIJ", "Z"),
    "u": ("UO", "U or O"),
}


def _class_of(form: str, place: int) -> tuple[str, str]:
    """Return the characters that a form has at a place, and what they are called."""
    sign = form[place]
    return _CLASSES.get(sign, (sign, sign))


def _fits(form: str, place: int, character: str) -> bool:
    return character in _class_of(form, place)[0]


def holder_of(text: str) -> Holder | None:
    """Return whose number it is; None if it is no number of the register."""
    return None if fault_of(text) else _nearest(text)


# --- What is wrong ---------------------------------------------------------------------------------


class FaultKind(StrEnum):
    LENGTH = "LENGTH"
    STATE = "STATE"
    CHARACTER = "CHARACTER"
    CHECK = "CHECK"


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong with a number. `place` counts from 1; `expected` is what belongs there."""

    kind: FaultKind
    place: int
    found: str
    expected: str

    @property
    def sentence(self) -> str:
        """Return it in English; `edge/wording.py` has it in the reader's language."""
        match self.kind:
            case FaultKind.LENGTH:
                return f"A GSTIN has {LENGTH} characters; this has {self.found}"
            case FaultKind.STATE:
                return f"Characters 1 and 2 must be the code of a State, not {self.found}"
            case FaultKind.CHARACTER:
                return f"Character {self.place} must be {self.expected}, not {self.found}"
            case FaultKind.CHECK:
                return (
                    f"Character {self.place} must be {self.expected} after these fourteen, not {self.found}: "
                    "one of the fifteen is wrong"
                )


def fault_of(text: str) -> Fault | None:
    """Return what is wrong with a number, None if nothing is. Capital letters, no spaces (`cleaned`)."""
    if len(text) != LENGTH:
        return Fault(FaultKind.LENGTH, LENGTH, str(len(text)), str(LENGTH))
    holder = _nearest(text)
    form = _FORMS[holder]
    for place, character in enumerate(text):
        if not _fits(form, place, character):
            return Fault(FaultKind.CHARACTER, place + 1, character, _class_of(form, place)[1])
    if text[:2] not in _states_of(holder):
        return Fault(FaultKind.STATE, 1, text[:2], "")
    if (expected := check_digit(text)) != text[-1]:
        return Fault(FaultKind.CHECK, LENGTH, text[-1], expected)
    return None


def _nearest(text: str) -> Holder:
    """Return the form that most characters fit; the first of them, if several do."""
    return max(_FORMS, key=lambda holder: sum(_fits(_FORMS[holder], place, sign) for place, sign in enumerate(text)))


def _states_of(holder: Holder) -> set[str]:
    abroad = {Holder.UN_BODY, Holder.NON_RESIDENT, Holder.ONLINE_SERVICE_ABROAD}
    return {*STATES, OTHER_TERRITORY, *([CENTRE] if holder in abroad else [])}


def check_digit(text: str) -> str:
    """Return the fifteenth character that belongs to the first fourteen: modulus 36, every second one doubled."""
    total = 0
    for place, character in enumerate(text[: LENGTH - 1]):
        total += sum(divmod(_BASE_36.index(character) * (1 + place % 2), 36))
    return _BASE_36[-total % 36]


def cleaned(text: str) -> str:
    """Return a number as people type it without spaces and hyphens, in capital letters."""
    return "".join(sign for sign in text if not sign.isspace() and sign != "-").upper()
