"""How much memory and time long files take: sessions, payments and the record as CSV, up to a million lines."""

import resource
import time
from typing import Any

from django.conf import settings
from django.test import Client

from bench.many_sites import browser_of, somebody
from parking.accounts.models import Role
from parking.accounts.tokens import new_access_token

API = ("/api/admin/all-sessions/?export=csv", "/api/admin/audit/?export=csv")
OFFICE = ("/office/sessions/file/csv/", "/office/payments/file/csv/")
# What the process holds before the first file has no part in it: the first lines of each file are read and left.
LINES_BEFORE = 5
# What the aim is for; a file that is longer is left there.
LINES = 1_000_000


def inside(_given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return lines, seconds, and by how many MB the most memory that the process ever held has grown with each file."""
    settings.ALLOWED_HOSTS = ["*"]
    caller = Client(headers={"Authorization": f"Bearer {new_access_token(somebody(Role.ADMIN))}"})
    visits = [*((caller, address) for address in API), *((browser_of(Role.ADMIN), address) for address in OFFICE)]
    for client, address in visits:
        _read(client, address, LINES_BEFORE)
    return [{"address": address, **_measured(client, address)} for client, address in visits]


def _measured(client: Client, address: str) -> dict[str, Any]:
    before, begun = _most_memory(), time.perf_counter()
    lines = _read(client, address, LINES)
    return {"lines": lines, "seconds": time.perf_counter() - begun, "grown_mb": _most_memory() - before}


def _read(client: Client, address: str, most: int | None = None) -> int:
    answer: Any = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    lines = 0
    for part in answer.streaming_content:
        lines += part.count(b"\n")
        if most is not None and lines >= most:
            break
    answer.close()
    return lines


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
