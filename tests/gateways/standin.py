"""The stand-in gateway as a process of its own, and a small client for its controls.

A test takes the fixture `standin`: one process for the whole run of tests, with empty books for each of them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.processes import end_with_parent

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 5

# The defaults of the program. All of it is fake.
KEY_ID, KEY_SECRET = "rzp_test_StandInFakeKey", "fake-key-secret-of-the-stand-in"
RAZORPAY_WEBHOOK_SECRET = "fake-webhook-secret-of-the-stand-in"
CLIENT_ID, CLIENT_SECRET, CLIENT_VERSION = "STANDIN_FAKE_CLIENT", "fake-client-secret-of-the-stand-in", "1"
MERCHANT_ID = "STANDINUAT"
HOOK_USERNAME, HOOK_PASSWORD = "standin_hook", "FakeHook2026"
HMAC_SECRET, HMAC_KEY_ID = "fake-hmac-secret-of-the-stand-in", "standin-key-1"
SALT_KEY, SALT_INDEX = "00000000-fake-salt-0000-000000000000", "1"


@dataclass
class Standin:
    """A running stand-in. `number` is the gateway's id of an order or refund, or the merchant's own."""

    address: str
    process: subprocess.Popen[str]

    @cached_property
    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=60)

    @property
    def phonepe_base(self) -> str:
        """Return the base of both the token call and the payment calls."""
        return f"{self.address}/apis/pg-sandbox"

    @property
    def razorpay_base(self) -> str:
        return self.address

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the control API; an error fails the test."""
        return _content(self.http.post(f"/_control/{path}", json=body))

    def look(self, path: str, **query: str) -> dict[str, Any]:
        return _content(self.http.get(f"/_control/{path}", params=query))

    def reset(self) -> None:
        self.control("reset")

    def switch(self, gateway: str, **switches: object) -> None:
        """Set switches: `True`, `False`, a number of times, or `{"times": 1, "only": "refund"}` for one call."""
        self.control("switches", gateway=gateway, switches=switches)

    def set(self, **settings: object) -> None:
        self.control("settings", **settings)

    def pay(self, number: str, **options: object) -> dict[str, Any]:
        """Pay an order; `amount` (paise) and `method` where they are to differ from the order's."""
        return self.control(f"orders/{number}/pay", **options)

    def decline(self, number: str) -> dict[str, Any]:
        return self.control(f"orders/{number}/decline")

    def hang(self, number: str) -> dict[str, Any]:
        return self.control(f"orders/{number}/hang")

    def succeed_late(self, number: str) -> dict[str, Any]:
        return self.control(f"orders/{number}/late-success")

    def expire(self, number: str) -> dict[str, Any]:
        return self.control(f"orders/{number}/expire")

    def complete_refund(self, number: str) -> dict[str, Any]:
        return self.control(f"refunds/{number}/complete")

    def fail_refund(self, number: str) -> dict[str, Any]:
        return self.control(f"refunds/{number}/fail")

    def mandates(self) -> list[dict[str, Any]]:
        """Return the mandates as Razorpay shows them, newest first."""
        return list(self.look("mandates")["mandates"])

    def mandate(self, number: str, action: str) -> dict[str, Any]:
        """Act as payer or bank: authorise, charge, fail-charge, pause, resume, cancel, expire."""
        return self.control(f"mandates/{number}/{action}")

    def advance(self, seconds: float) -> None:
        """Move the stand-in's clock forward."""
        self.control("clock", advance=seconds)

    def books(self, gateway: str = "") -> dict[str, Any]:
        """Return all `orders`, `payments` and `refunds`, newest first."""
        return self.look("books", **({"gateway": gateway} if gateway else {}))

    def calls(self, gateway: str = "") -> list[tuple[str, int]]:
        """Return name and status of every call that came in, oldest first."""
        heard = self.look("calls", **({"gateway": gateway} if gateway else {}))["calls"]
        return [(line["call"], line["status"]) for line in heard]

    def webhooks(self, **query: str) -> list[dict[str, Any]]:
        """Return webhooks, oldest first; `gateway`, `event`, `about` and `state` filter them."""
        return list(self.look("webhooks", **query)["webhooks"])

    def resend(self, **wanted: object) -> int:
        return int(self.control("webhooks/resend", **wanted)["resent"])

    def wait_for_webhooks(self, seconds: float = 10) -> None:
        """Wait until no webhook is on its way."""
        assert self.control("webhooks/wait", seconds=seconds)["idle"], "webhooks are still on their way"


def _content(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
    return dict(answer.json())


@contextmanager
def running_standin(*flags: str, port: int = 0) -> Iterator[Standin]:
    """Start the program, by default on a free port, and stop it at the end."""
    process = _start([*flags, "--port", str(port)])
    standin = Standin(_address(process), process)
    try:
        assert standin.look("health")["status"] == "ok"
        yield standin
    finally:
        standin.http.close()
        stop(process)


def _start(flags: list[str]) -> subprocess.Popen[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_STANDIN_", "PHONEPE_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "gateway_standin", *flags],
        cwd=ROOT,
        env=known,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )


def _address(process: subprocess.Popen[str]) -> str:
    """Return the address, which the program prints once it listens; it prints nothing if it could not."""
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("Stand-in gateway listening on "), f"the stand-in did not start: {line!r}"
    return line.split()[-1]


def stop(process: subprocess.Popen[str]) -> int:
    """Stop the process and return its exit code."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    if process.poll() is None:
        process.kill()
    if process.stdout:
        process.stdout.close()
    return process.wait()


@pytest.fixture(scope="session")
def standin_process() -> Iterator[Standin]:
    with running_standin() as standin:
        yield standin


@pytest.fixture
def standin(standin_process: Standin) -> Standin:
    """Return the stand-in with empty books, no faults, and its own settings."""
    standin_process.reset()
    return standin_process
