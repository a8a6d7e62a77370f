"""Calls over HTTP: who sent which, what was expected, what it took, and plates that a site should not see."""

import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from bench.week.ledger import Ledger

_PLATE = re.compile(r"\b[A-Z]{2}-?\d{2}-?[A-Z]{2}-?\d{4}\b")
# Every so many POSTs are sent again under the same key, as if the answer had been lost.
REPEAT_EVERY = 17


class Unexpected(Exception):
    """An answer that is not the one the story calls for."""


@dataclass(frozen=True)
class Sent:
    """A call that changed something, or was refused it by role or permission: the record must hold it."""

    request_id: str
    user_id: int
    what: str
    is_refused: bool


@dataclass
class Traffic:
    """All that was sent."""

    ledger: Ledger
    base: str
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    numbers: Any = field(default_factory=lambda: count(1))
    lock: Any = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=60, limits=httpx.Limits(max_connections=20))

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        if "json" in more:
            # httpx would not send a lone surrogate; a client that escapes does.
            body = more.pop("json")
            more["content"] = b"" if body is None else json.dumps(body).encode()
            more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
        begun = time.perf_counter()
        response = self.http.request(method, path, **more)
        taken = time.perf_counter() - begun
        with self.lock:
            self.seconds.append(taken)
            self.statuses[response.status_code] += 1
        if response.status_code >= 500:
            self.fault(f"{method} {path}: {response.status_code} {response.text[:200]}")
        return response


class Caller:
    """A person with an account; `site` is the only one where this person works, None for all."""

    def __init__(self, traffic: Traffic, name: str, password: str, *, site: str | None = None) -> None:
        self.traffic, self.name, self.password, self.site = traffic, name, password, site
        self.token = ""
        self.id = 0

    def sign_in(self) -> None:
        body = {"username": self.name, "password": self.password}
        answer = self.traffic.send("POST", "/api/auth/login/", json=body)
        if answer.status_code != 200:
            raise Unexpected(f"{self.name} cannot sign in: {answer.text}")
        self.token, self.id = answer.json()["access"], answer.json()["user"]["id"]

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, query=query)

    def post(self, path: str, expect: int | str = 200, **body: Any) -> Any:
        return self.call("POST", path, body=body, expect=expect)

    def patch(self, path: str, expect: int | str = 200, **body: Any) -> Any:
        return self.call("PATCH", path, body=body, expect=expect)

    def call(self, method: str, path: str, *, body: Any = None, query: Any = None, expect: int | str = 200) -> Any:
        """Return the data of an answer; raise Unexpected if its status or its code is another than `expect`."""
        number = next(self.traffic.numbers)
        headers = {"Authorization": f"Bearer {self.token}", "X-Request-ID": f"week-{number:06d}"}
        if method == "POST":
            headers["Idempotency-Key"] = f"week-{number:06d}"
        response = self.traffic.send(method, path, json=body, params=query, headers=headers)
        self._look_for_plates(path, response)
        if method == "POST" and number % REPEAT_EVERY == 0 and response.status_code not in {401, 403, 429}:
            self._repeat(path, body, headers, response)
        answer = self._expected(f"{self.name} {method} {path} {body or ''}", response, expect)
        self._note(method, path, headers["X-Request-ID"], response)
        return answer

    def file(self, path: str, **query: Any) -> str:
        """Return a file as text."""
        headers = {"Authorization": f"Bearer {self.token}"}
        response = self.traffic.send("GET", path, params=query, headers=headers)
        self._look_for_plates(path, response)
        if response.status_code != 200:
            raise Unexpected(f"{self.name} {path}: {response.status_code}")
        return response.text

    def everything(self, path: str, **query: Any) -> list[Any]:
        """Return the rows of all pages of a list."""
        rows: list[Any] = []
        for page in count(1):
            found = self.get(path, **query, page=page, page_size=100)
            rows += found["results"]
            if page >= found["pages"]:
                return rows
        raise AssertionError

    def _expected(self, what: str, response: httpx.Response, expect: int | str) -> Any:
        answer = response.json()
        code = answer.get("code")
        if isinstance(expect, int) and response.status_code != expect:
            raise Unexpected(f"{what}: {response.status_code} instead of {expect}: {response.text[:300]}")
        if isinstance(expect, str):
            if code != expect:
                raise Unexpected(f"{what}: {code or response.status_code} instead of {expect}: {response.text[:200]}")
            with self.traffic.lock:
                self.traffic.refusals[expect] += 1
        return answer.get("data", answer)

    def _note(self, method: str, path: str, request_id: str, response: httpx.Response) -> None:
        is_refused = response.status_code == 403
        is_change = method != "GET" and response.status_code < 300 and "/quote/" not in path
        if is_refused or is_change:
            with self.traffic.lock:
                self.traffic.sent.append(Sent(request_id, self.id, f"{method} {path}", is_refused))

    def _repeat(self, path: str, body: Any, headers: dict[str, str], first: httpx.Response) -> None:
        again = self.traffic.send("POST", path, json=body, headers=headers | {"X-Request-ID": "week-again"})
        if (again.status_code, again.content) != (first.status_code, first.content):
            self.traffic.fault(f"{self.name} {path}: the repeat differs: {first.text[:300]} / {again.text[:300]}")

    def _look_for_plates(self, path: str, response: httpx.Response) -> None:
        if self.site is None:
            return
        for plate in set(_PLATE.findall(response.text)):
            sites = self.traffic.ledger.sites_of_plate.get(plate.replace("-", ""))
            if sites and self.site not in sites:
                self.traffic.fault(f"{self.name} of {self.site} sees {plate} of {sites} at {path}")
