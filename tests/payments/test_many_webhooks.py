"""Five hundred webhooks at once, over HTTP to the server as it is deployed."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Barrier
from time import perf_counter
from typing import Any

import httpx
import pytest

from deploy import processes
from deploy.run import is_healthy, web_command
from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.payments.models import GatewayEvent, Payment
from parking.stays.models import ParkingSession
from tests.build import make_user, make_zone
from tests.gateways.standin import ROOT, Standin
from tests.moments import at
from tests.payments.world import BOTH, HOOK_PATH, assert_books_agree_with, book, environment_for, order_of, run_tasks

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS, WEBHOOKS, CONNECTIONS = 50, 500, 50


@contextmanager
def running_server(environment: dict[str, str]) -> Iterator[str]:
    """The web server, with the command of `make run`; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    server = subprocess.Popen(
        web_command("127.0.0.1", port),
        cwd=ROOT,
        env=environment,
        preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    try:
        while not is_healthy("127.0.0.1", port):
            assert server.poll() is None, "the server did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        processes.stop([server], signal.SIGTERM, seconds=10)


def send_at_once(address: str, hooks: list[dict[str, Any]], connections: int) -> list[tuple[int, float]]:
    """Status and seconds of every webhook, sent over so many connections at the same time."""
    start = Barrier(connections)

    def send(share: list[dict[str, Any]]) -> list[tuple[int, float]]:
        answers = []
        with httpx.Client(timeout=60) as line:
            start.wait(60)
            for hook in share:
                began = perf_counter()
                path = HOOK_PATH[hook["gateway"].upper()]
                answer = line.post(address + path, content=hook["body"].encode(), headers=_headers(hook))
                answers.append((answer.status_code, perf_counter() - began))
        return answers

    with ThreadPoolExecutor(connections) as pool:
        shares = [hooks[number::connections] for number in range(connections)]
        return [answer for answers in pool.map(send, shares) for answer in answers]


def _headers(hook: dict[str, Any]) -> dict[str, str]:
    return {"Content-Type": "application/json", **hook["headers"]}


def paid_orders(standin: Standin, driver: User, zone: ParkingZone) -> list[dict[str, Any]]:
    """Fifty bookings, of both gateways, paid at the bank; what the gateways tell of them, over and over."""
    for number in range(ORDERS):
        standin.pay(order_of(book(driver, zone, BOTH[number % 2]).session).order_id)
    return list(islice(cycle(standin.webhooks()), WEBHOOKS))


def test_five_hundred_webhooks_at_once_are_fifty_payments(standin: Standin) -> None:
    hooks = paid_orders(standin, make_user(), make_zone(slots=ORDERS))
    told = len({(hook["body"], str(hook["headers"])) for hook in hooks})
    assert told == ORDERS // 2 + ORDERS // 2 * 3  # Razorpay tells of a payment three times
    with running_server(environment_for(standin.address)) as address:
        answers = send_at_once(address, hooks, CONNECTIONS)
    assert [status for status, _ in answers] == [200] * WEBHOOKS
    assert (GatewayEvent.objects.count(), Payment.objects.count()) == (told, 0)
    assert run_tasks(at(1)) == told
    assert (Payment.objects.count(), len(standin.books()["payments"])) == (ORDERS, ORDERS)
    assert {str(stay.amount_paid) for stay in ParkingSession.objects.whole()} == {"50.00"}
    assert GatewayEvent.objects.filter(processed_at=None).count() == 0
    assert_books_agree_with(standin)
