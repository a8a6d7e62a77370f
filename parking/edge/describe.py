"""Words for the OpenAPI description: envelope, pages, problems and examples. Nothing here runs on a request."""

from typing import Any, Generic, Literal, TypeVar

from ninja.schema import NinjaGenerateJsonSchema
from pydantic import BaseModel, Field

T = TypeVar("T")

_MEDIA = "application/json"


class Ok(BaseModel, Generic[T]):
    """The envelope of every success."""

    success: Literal[True]
    message: str
    data: T


class Problem(BaseModel):
    """The envelope of every failure; `errors` only for bad input, `details` where a refusal has facts."""

    success: Literal[False]
    code: str = Field(examples=["zone_full"])
    message: str = Field(description="For a person")
    errors: dict[str, list[str]] | None = None
    details: dict[str, Any] | None = Field(None, examples=[{"session_id": 123, "due": 100.0}])


class Page(BaseModel, Generic[T]):
    results: list[T]
    count: int
    page: int
    page_size: int
    pages: int


_USUAL = (400, 401, 403, 404, 413, 415, 429, 503)


def problems(*statuses: int, without: tuple[int, ...] = ()) -> dict[int, None]:
    """The failures of a call: the usual ones and `statuses`, less `without`.

    Their shape is added by `describe_problems`: ninja would build a class for each status of each call, which took a
    third of the start.
    """
    return dict.fromkeys(sorted({*_USUAL, *statuses} - set(without)))


def describe_problems(description: dict[str, Any]) -> None:
    """Write the shape of `Problem` into each failure of an OpenAPI description that has none."""
    shape = {_MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response.setdefault("content", shape)
    description["components"]["schemas"]["Problem"] = Problem.model_json_schema(
        mode="serialization", schema_generator=NinjaGenerateJsonSchema
    )


PUBLIC_PROBLEMS = problems(without=(401, 403, 404, 413, 415))
READ_PROBLEMS = problems(without=(413, 415))
WRITE_PROBLEMS = problems(409)


def examples(*, response: object, request: object | None = None, status: int = 200) -> dict[str, Any]:
    """`openapi_extra` with one example of the request and one of the answer."""
    extra: dict[str, Any] = {"responses": {status: {"content": {_MEDIA: {"example": response}}}}}
    if request is not None:
        extra["requestBody"] = {"content": {_MEDIA: {"example": request}}}
    return extra


def paged(*rows: object) -> dict[str, object]:
    """An example page of a list in its envelope."""
    return enveloped({"results": rows, "count": len(rows), "page": 1, "page_size": 20, "pages": 1})


def enveloped(data: object, message: str = "OK") -> dict[str, object]:
    """An example answer in its envelope."""
    return {"success": True, "message": message, "data": data}


IDEMPOTENCY_HEADER = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]{1,64}$"},
            "description": "The same key again gives the same answer, for 24 hours",
        }
    ]
}


def keyed(extra: dict[str, Any]) -> dict[str, Any]:
    """The examples of a call that honours `Idempotency-Key`."""
    return {**extra, **IDEMPOTENCY_HEADER}
