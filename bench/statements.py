"""Statements that each request sends to the database. BEGIN, COMMIT and savepoints are counted apart."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.calls import Caller

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")


def inside(world: dict[str, Any]) -> dict[str, Any]:
    """Return the statements of each kind of request, by a caller that has called before."""
    caller = Caller(world)
    _requests(caller, "warm")
    return _requests(caller, "counted")


def _requests(caller: Caller, run: str) -> dict[str, Any]:
    counted: dict[str, Any] = {}

    def count(name: str, call: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            answer = call()
        counted[name] = _sorted_out([query["sql"] for query in captured.captured_queries])
        return answer

    code = count("book", caller.book)
    count("enter", lambda: caller.enter(code))
    count("leave CASH", lambda: caller.leave(code))
    code = caller.book()
    caller.enter(code)
    count("leave ONLINE", lambda: caller.leave(code, "ONLINE"))
    # The same with the means that make a repeat harmless; they cost statements of their own.
    code = count("book, with key", lambda: caller.book(**{"Idempotency-Key": f"{run}-book"}))
    count("enter, with scan id", lambda: caller.enter(code, scan_id=f"{run}-in"))
    count("leave CASH, with key and scan id", lambda: caller.leave(code, key=f"{run}-out", scan_id=f"{run}-out"))
    return counted


def _sorted_out(texts: list[str]) -> dict[str, Any]:
    control = Counter(word for text in texts for word in CONTROL if text.startswith(word))
    own = [text for text in texts if not text.startswith(CONTROL)]
    return {"statements": len(own), "control": dict(control), "sql": own}
