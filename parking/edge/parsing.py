"""What comes in: strict JSON, strict types, texts without null bytes, money as a number."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast

import orjson
from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from parking.core import clock
from parking.core.errors import NotFound
from parking.core.ids import MAX_ID, Ref, parse_ref
from parking.core.money import MAX_AMOUNT, PAISA
from parking.core.sites import ALL_SITES
from parking.core.texts import without_direction
from parking.facilities.calendars import calendar_of

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# With its offset: a time without one is nobody's.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class UnsupportedMedia(Exception):
    """The body is not of a type that this address takes (415)."""


class StrictParser(Parser):
    """JSON only, and only what the standard allows: no lone surrogates, no NaN, no infinite numbers."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise UnsupportedMedia
        return cast(dict[str, Any], orjson.loads(request.body))


class In(BaseModel):
    """A request's body. Types are exact (`true` is no integer); unknown fields are passed over."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=True)


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("null characters are not allowed")
    # orjson refuses lone surrogates in bodies; in addresses they can still come through.
    text.encode()
    plain = without_direction(text)
    if text and not plain.strip():
        raise ValueError("must not be empty")
    return plain


def _decoded(text: str) -> str:
    # What stands in an address for bytes that are no text; nothing that we search holds it.
    if "\ufffd" in text:
        raise ValueError("not valid UTF-8")
    return text


def _ref(value: object) -> Ref:
    return parse_ref(value)


def _rupees(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number of rupees is needed")  # noqa: TRY004 - pydantic wants a ValueError
    # The range first: rounding a number that is far too large raises an error of its own.
    amount = _within_rupees(Decimal(str(value)))
    if amount != amount.quantize(PAISA):
        raise ValueError("at most two decimals")
    return amount.quantize(PAISA)


def _day(value: object) -> date:
    if value == "today":
        return calendar_of(ALL_SITES).today()
    # Only the plain form: pydantic would also take seconds since 1970.
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        raise ValueError("a date such as 2026-11-22, or today, is needed")
    day = date.fromisoformat(value)
    if not clock.FIRST_DAY <= day <= clock.LAST_DAY:
        raise ValueError(f"between {clock.FIRST_DAY} and {clock.LAST_DAY}")
    return day


def _moment(value: object) -> date | datetime:
    if value == "today" or (isinstance(value, str) and _DATE.fullmatch(value)):
        return _day(value)
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        raise ValueError("a date such as 2026-11-22, today, or a time such as 2026-11-22T04:30:00Z is needed")
    moment = datetime.fromisoformat(value)
    if not clock.FIRST_DAY < moment.date() < clock.LAST_DAY:
        raise ValueError(f"between {clock.FIRST_DAY} and {clock.LAST_DAY}")
    return moment.astimezone(UTC)


def _time(value: object) -> datetime:
    moment = _moment(value) if isinstance(value, str) and _TIME.fullmatch(value) else None
    if not isinstance(moment, datetime):
        raise ValueError("a time such as 2026-11-22T04:30:00Z is needed")  # noqa: TRY004 - pydantic wants a ValueError
    return moment


def _within_rupees(amount: Decimal) -> Decimal:
    if not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(f"between 0 and {MAX_AMOUNT}")
    return amount


Printable = AfterValidator(_printable)
# Beside one of the texts below: for parts of an address.
Decoded = AfterValidator(_decoded)
# Texts by their greatest length, trimmed, not empty.
Text12 = Annotated[str, Field(min_length=1, max_length=12), Printable]
Text20 = Annotated[str, Field(min_length=1, max_length=20), Printable]
Text30 = Annotated[str, Field(min_length=1, max_length=30), Printable]
Text60 = Annotated[str, Field(min_length=1, max_length=60), Printable]
Text64 = Annotated[str, Field(min_length=1, max_length=64), Printable]
Text100 = Annotated[str, Field(min_length=1, max_length=100), Printable]
Text200 = Annotated[str, Field(min_length=1, max_length=200), Printable]
Text500 = Annotated[str, Field(min_length=1, max_length=500), Printable]
Note = Annotated[str, Field(max_length=200), Printable]

GateId = Annotated[int, Field(ge=1, le=MAX_ID, description="The gate at which this happens")]


class GateQuery(BaseModel):
    gate_id: GateId | None = None


RefIn = Annotated[
    Ref,
    BeforeValidator(_ref),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "uuid"}]}),
]
Rupees = Annotated[
    Decimal,
    BeforeValidator(_rupees),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": float(MAX_AMOUNT)}),
]
Moment = Annotated[
    date | datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
                {"type": "string", "enum": ["today"]},
            ]
        }
    ),
]
TimeIn = Annotated[
    datetime,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "enum": ["today"]}]}),
]


def path_ref(value: str) -> Ref:
    """An id or UUID from an address. Raises NotFound: what cannot be read is not there."""
    try:
        return parse_ref(value)
    except ValueError as error:
        raise NotFound("not_found", "There is nothing here") from error


def path_id(value: str) -> int:
    """An integer id from an address. Raises NotFound: what cannot be read is not there."""
    ref = path_ref(value)
    if ref.pk is None:
        raise NotFound("not_found", "There is nothing here")
    return ref.pk
