"""Identifiers: QR codes, order numbers, and references that are an integer or a UUID."""

import re
import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

# Crockford's base 32: no I, L, O, U, so that a code can be read aloud and typed. https://www.crockford.com/base32.html
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
QR_PREFIX = "QR-"
QR_LENGTH = 12
_QR = re.compile(rf"{QR_PREFIX}[{CROCKFORD}]{{{QR_LENGTH}}}")
PASS_PREFIX = "PASS-"  # noqa: S105 - a season ticket
_PASS = re.compile(rf"{PASS_PREFIX}[{CROCKFORD}]{{{QR_LENGTH}}}")
TOKEN_PREFIX = "TK-"  # noqa: S105 - a piece of plastic
TOKEN_LENGTH = 8
_TOKEN = re.compile(rf"{TOKEN_PREFIX}[{CROCKFORD}]{{{TOKEN_LENGTH}}}")
# What scanners send before a code: the identifier of its kind (AIM, ISO/IEC 15424: `]Q1` is a QR code), a byte order
# mark, also as three letters of Latin-1, characters that are not seen, spaces.
_BEFORE_CODE = re.compile(r"(?:[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]|\u00ef\u00bb\u00bf|\][A-Za-z][0-9A-Za-z])+")
# The address of the check of a receipt: slips carry it as a second picture, which a gate may read as well.
_CHECK = re.compile(r"https?://[^\s/]{1,255}/r/", re.IGNORECASE)
# Crockford reads these look-alikes as digits.
_LOOK_ALIKES = str.maketrans("ILO", "110")
# The largest id that every database takes.
MAX_ID = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def new_qr_code() -> str:
    """Return `QR-` and 12 characters of Crockford's base 32: 60 random bits."""
    return QR_PREFIX + crockford(QR_LENGTH)


def new_pass_code() -> str:
    """Return `PASS-` and 12 characters of Crockford's base 32: the code of a pass."""
    return PASS_PREFIX + crockford(QR_LENGTH)


def new_token_code() -> str:
    """Return `TK-` and 8 characters of Crockford's base 32: the code of a token of plastic."""
    return TOKEN_PREFIX + crockford(TOKEN_LENGTH)


def crockford(length: int) -> str:
    """Return `length` random characters of Crockford's base 32, five bits each."""
    bits = secrets.randbits(5 * length)  # in one go: asking the system for each character took longer than the rest
    return "".join([CROCKFORD[bits >> 5 * place & 31] for place in range(length)])


def read_qr_code(text: str) -> str | None:
    """Return the QR code at the beginning of a scanned text, or None. Letter case and look-alikes do not matter.

    Neither does what scanners add before a code. The address at which its receipt is checked means the code, too.
    """
    return _read_code(text, QR_PREFIX, _QR)


def read_pass_code(text: str) -> str | None:
    """Return the code of a pass at the beginning of a scanned text, or None; as `read_qr_code`."""
    return _read_code(text, PASS_PREFIX, _PASS)


def read_token_code(text: str) -> str | None:
    """Return the code of a token at the beginning of a scanned text, or None; as `read_qr_code`."""
    return _read_code(text, TOKEN_PREFIX, _TOKEN, TOKEN_LENGTH)


def _read_code(text: str, prefix: str, form: "re.Pattern[str]", length: int = QR_LENGTH) -> str | None:
    added = _BEFORE_CODE.match(text)
    begin = added.end() if added else 0
    if prefix == QR_PREFIX and (address := _CHECK.match(text, begin)):
        begin = address.end()
    start = text[begin : begin + len(prefix) + length].upper()
    code = prefix + start[len(prefix) :].translate(_LOOK_ALIKES)
    return code if start.startswith(prefix) and form.fullmatch(code) else None


def new_order_id() -> str:
    """Return our number of a payment order: `PK-` and 20 characters, unique, within every gateway's limits."""
    return "PK-" + crockford(20)


def new_refund_id() -> str:
    """Return our number of a refund: `RF-` and 20 characters."""
    return "RF-" + crockford(20)


def new_uuid() -> UUID:
    return uuid4()


@dataclass(frozen=True)
class Ref:
    """A reference to a zone or a session: its integer id or its UUID."""

    pk: int | None = None
    uuid: UUID | None = None

    def lookup(self) -> dict[str, int | UUID]:
        """Return the keyword argument for a queryset's `get`."""
        return {"uuid": self.uuid} if self.uuid is not None else {"pk": self.pk or 0}


def parse_ref(value: object) -> Ref:
    """Read an integer id (also in digits) or a UUID. Raises ValueError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ID:
        return Ref(pk=value)
    if isinstance(value, str):
        if _DIGITS.fullmatch(value) and int(value) <= MAX_ID:
            return Ref(pk=int(value))
        # UUID() also takes braces, "urn:", digits of other scripts; only the plain form is an id here.
        if _UUID.fullmatch(value):
            return Ref(uuid=UUID(value))
    raise ValueError("an integer id or a UUID is needed")
