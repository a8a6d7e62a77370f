"""The gate's pages, as an attendant's browser requests them."""

import re
from typing import Any

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.stays.models import ParkingSession


class Gate:
    """An attendant at a gate: scans have numbers of their own unless one is given."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.scans = 0

    def scan(self, session: ParkingSession | str, direction: str = "BOTH", **fields: str) -> "Part":
        return self.post("/gate/scan/", session, direction=direction, **fields)

    def collect(self, session: ParkingSession | str, method: str = "CASH", **fields: str) -> "Part":
        return self.post("/gate/collect/", session, method=method, **fields)

    def post(self, address: str, session: ParkingSession | str, **fields: str) -> "Part":
        self.scans += 1
        code = session if isinstance(session, str) else session.qr_code
        body = {"qr_code": code, "scan_id": f"Gate 1-{self.scans:04d}", **fields}
        return Part(self.client.post(address, body, headers={"HX-Request": "true"}))

    def wait(self, session: ParkingSession, query: str = "scan=Gate+1-0001") -> "Part":
        """As the page that waits: let the server ask the gateway, then look."""
        assert self.client.post(f"/gate/wait/{session.pk}/check/").status_code == 204
        return self.look(session, query)

    def look(self, session: ParkingSession, query: str = "scan=Gate+1-0001") -> "Part":
        return Part(self.client.get(f"/gate/wait/{session.pk}/?{query}", headers={"X-Live": "true"}))


class Part:
    """A part of the page, parsed."""

    def __init__(self, response: Any) -> None:
        assert response.status_code == 200, response.content.decode()
        self.response = response
        self.html = response.content.decode()
        found = re.search(r'data-verdict="(\w+)"', self.html)
        self.verdict = found[1] if found else ""
        self.text = " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    def fact(self, name: str) -> str:
        """Return the text of the element with this mark."""
        found = re.search(rf"<[^>]* data-{name}(?:=\"[^\"]*\")?>([^<]*)<", self.html)
        return found[1].strip() if found else ""

    @property
    def word(self) -> str:
        found = re.search(r'id="answer-word"[^>]*>([^<]*)<', self.html)
        return found[1].strip() if found else ""


@pytest.fixture
def gate(staff: User) -> Gate:
    return Gate(staff)


@pytest.fixture
def other_gate(admin: User) -> Gate:
    """Return another attendant, at another gate."""
    return Gate(admin)
