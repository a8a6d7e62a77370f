"""Watches every page of a test: what a browser would report as an error fails it."""

import re
import traceback
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from django.core.signals import got_request_exception
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Request, Response, WebError

LOOPBACK = {"localhost", "127.0.0.1"}
# A page that is left does not wait for what it asked for.
GIVEN_UP = "net::ERR_ABORTED"


class Watch:
    """Collects errors of the console and of scripts, failed requests, answers >= 500, calls of other hosts."""

    def __init__(self) -> None:
        self._problems: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        self._contexts: list[BrowserContext] = []

    def allow(self, *patterns: str) -> None:
        """Expect problems that these regular expressions find, in the whole test."""
        self._allowed += [re.compile(pattern) for pattern in patterns]

    def over(self, context: BrowserContext) -> None:
        self._contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", self._script)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def problems(self) -> list[str]:
        """Return the problems that were not allowed."""
        for context in self._contexts:
            _hear_the_rest(context)
        return [text for text in self._problems if not any(pattern.search(text) for pattern in self._allowed)]

    # --- What happens ------------------------------------------------------------------------------

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _script(self, error: WebError) -> None:
        self._problems.append(f"script: {error.error.stack or error.error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOOPBACK:
            self._problems.append(f"another host: {request.method} {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != GIVEN_UP:
            self._problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self._problems.append(f"{response.status}: {response.request.method} {response.url}")

    def _exception(self, **_signal: Any) -> None:
        self._problems.append(f"server: {traceback.format_exc()}")

    def __enter__(self) -> "Watch":
        got_request_exception.connect(self._exception)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        got_request_exception.disconnect(self._exception)


def _hear_the_rest(context: BrowserContext) -> None:
    """Call Playwright once, because events arrive only while it is called."""
    for page in context.pages:
        try:
            page.evaluate("0")
        except Error:
            continue  # closed, or on its way elsewhere
