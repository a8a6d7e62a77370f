"""What WSGI calls a request: from granian's scope to an environment.

Two kinds of header lines could pass for others there, because `X-Real` and `X_Real` become one name and lines of one
name one value. Names with an underscore are dropped, as nginx does; repeated lines are joined, in their order, or the
request is refused where there may be only one.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Protocol

LONGEST_TARGET = 8_192  # characters of path and query
LARGEST_HEAD = 32_768  # characters of header names and values

# Headers of which a second line would be somebody's attempt to be read differently by two readers.
_SINGLE = frozenset(
    {
        "authorization",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-razorpay-signature",
        "x-request-id",
        "x-verify",
    }
)

_CONSTANT: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class Headers(Protocol):
    def items(self) -> Iterable[tuple[str, str]]: ...


class Scope(Protocol):
    """The part of granian's RSGI scope that is used here."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


class Malformed(Exception):
    """The head of a request cannot be taken; `code` is that of the refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return the environment of a request without its body. What it refuses stands in `smart_parking.refused`."""
    environ = _of_line(scope)
    try:
        environ |= _of_headers(scope) | _of_target(scope.path, scope.query_string)
    except Malformed as error:
        refuse(environ, error.code)
    except ValueError:  # bytes that are no text, in the path or in a header
        refuse(environ, "bad_request")
    return environ


def refuse(environ: dict[str, Any], code: str) -> None:
    """Have the request answered with a refusal (`parking/edge/middleware.py`), whatever it asks for."""
    environ["smart_parking.refused"] = code


def put_body(environ: dict[str, Any], body: bytes) -> None:
    """Give the request its body, whose length is now known however it came."""
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def _of_line(scope: Scope) -> dict[str, Any]:
    name, port = _address(scope.server)
    return {
        **_CONSTANT,
        "REQUEST_METHOD": scope.method,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": name,
        "SERVER_PORT": port or "80",
        "REMOTE_ADDR": _address(scope.client)[0],
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
    }


def _of_target(path: str, query: str) -> dict[str, str]:
    """Raises Malformed `uri_too_long`."""
    if len(path) + len(query) > LONGEST_TARGET:
        raise Malformed("uri_too_long")
    # WSGI's texts hold bytes, one for each character.
    return {"PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"), "QUERY_STRING": query}


def _of_headers(scope: Scope) -> dict[str, str]:
    """Raises Malformed `bad_request`, `headers_too_large`."""
    found: dict[str, str] = {}
    size = 0
    for name, value in scope.headers.items():
        size += len(name) + len(value)
        if "_" in name:
            continue
        key = _KEYS.get(name) or "HTTP_" + name.upper().replace("-", "_")
        before = found.get(key)
        if before is None:
            found[key] = value
        elif name in _SINGLE:
            raise Malformed("bad_request")
        else:
            found[key] = f"{before}{'; ' if name == 'cookie' else ', '}{value}"
    if size > LARGEST_HEAD:
        raise Malformed("headers_too_large")
    if "HTTP_HOST" not in found and scope.authority:
        found["HTTP_HOST"] = scope.authority
    return found


_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def _address(text: str) -> tuple[str, str]:
    """Split `127.0.0.1:8000` or `[::1]:8000`; a unix socket has neither part."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), port
