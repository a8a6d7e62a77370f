"""What the clients of the benchmark ask for, one request after the other, written by hand."""

import json
import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"


@dataclass
class Client:
    """A driver, the attendant who scans the car, and the plates that are the driver's alone."""

    driver: str
    attendant: str
    plates: list[str]


Steps = Generator[tuple[str, bytes], bytes, None]


def post(path: str, token: str, body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def get(path: str, token: str = "") -> bytes:
    caller = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{caller}\r\n".encode()


def cycle(client: Client, zones: list[int]) -> Steps:
    """Book, enter, leave with cash: yields each request, is sent each answer's body."""
    answer = yield "book", _booking(client, zones)
    code = _code_in(answer)
    yield "enter", post("/api/staff/entry/", client.attendant, {"qr_code": code})
    leaving = {"qr_code": code, "payment_method": "CASH"}
    yield "leave", post("/api/staff/exit/", client.attendant, leaving)


def visit(client: Client, zones: list[int]) -> Steps:
    """Book, cancel, book again, ask for the own stay, enter, scan at the exit, leave."""
    answer = yield "book", _booking(client, zones)
    yield "cancel", post("/api/user/cancel-booking/", client.driver, {"session_id": _number_in(answer)})
    answer = yield "book", _booking(client, zones)
    code = _code_in(answer)
    yield "status", get("/api/user/current-session/", client.driver)
    yield "enter", post("/api/staff/entry/", client.attendant, {"qr_code": code})
    yield "scan", post("/api/staff/exit/quote/", client.attendant, {"qr_code": code})
    leaving = {"qr_code": code, "payment_method": "CASH"}
    yield "leave", post("/api/staff/exit/", client.attendant, leaving)


def _booking(client: Client, zones: list[int]) -> bytes:
    booking = {
        "zone_id": random.choice(zones),
        "vehicle_number": random.choice(client.plates),
        "owner_name": "Asha Rao",
    }
    return post("/api/user/book-slot/", client.driver, booking)


def _number_in(answer: bytes) -> int:
    start = answer.index(b'"session_id":') + 13
    return int(answer[start : answer.index(b",", start)])


def _code_in(answer: bytes) -> str:
    start = answer.index(b'"qr_code":"') + 11
    return answer[start : start + 15].decode()


SCRIPTS = {"cycle": cycle, "open": cycle, "visits": visit, "crowd": visit}
