"""Bodies of the older addresses: JSON or form fields, both held to the same shapes."""

from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError
from ninja.errors import ValidationError as NinjaValidationError
from pydantic import ValidationError

from parking.core.errors import InvalidInput
from parking.edge.parsing import In, StrictParser

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Django puts this character in the place of bytes that are not UTF-8.
_REPLACED = "\ufffd"

Shape = TypeVar("Shape", bound=In)


def read_body(request: HttpRequest, shape: type[Shape]) -> Shape:
    """The request's body in its shape. What is wrong with it is raised as with any other body (400, 413, 415)."""
    fields = form_fields(request) if request.content_type in FORMS else _json(request)
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise NinjaValidationError([dict(problem) for problem in problems]) from error


def form_fields(request: HttpRequest) -> dict[str, Any]:
    """The fields of a form, the last of each name. Raises InvalidInput if it is broken or not UTF-8."""
    try:
        # Read whole first: that bounds its size, and Django then takes a multipart form from memory.
        request.body.decode()
        fields = request.POST.dict()
    except (BadRequest, LookupError, MultiPartParserError, UnicodeError) as error:
        raise _unreadable() from error
    if any(_REPLACED in str(value) for value in fields.values()):
        raise _unreadable()
    return fields


def _unreadable() -> InvalidInput:
    return InvalidInput({"body": ["This form cannot be read; send its fields as UTF-8"]})


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        return StrictParser().parse_body(request)
    except ValueError as error:
        raise HttpError(400, "Cannot parse request body") from error


def body_of(shape: type[In], example: dict[str, Any]) -> dict[str, Any]:
    """The `requestBody` of a call that takes JSON and forms, for the description."""
    media = {"schema": shape.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": dict.fromkeys((JSON, *FORMS), media)}}
