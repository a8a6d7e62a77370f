"""Bodies that come slowly, in chunks, too large or not at all."""

import json
import select
import time

import pytest

from gateway_standin import options
from parking.accounts.models import User
from parking.payments.gateways.phonepe.webhook import sha_proof
from parking.payments.models import GatewayEvent
from tests.build import make_user
from tests.gateways.test_phonepe_webhook import BODY_P2
from tests.gateways.test_razorpay_webhook import BODY_R2, signed
from tests.server.running import Answer, RunningServer, answer_on, chunked, head

HEALTH = "/api/public/health/"
LOGIN = "/api/auth/login/"
JSON = "Content-Type: application/json"
PASSWORD = "a-good-password"


def code_of(answer: Answer) -> tuple[int, str]:
    body = json.loads(answer.body)
    assert (body["success"], len(answer.headers["X-Request-ID"])) == (False, 32)
    return answer.status, body["code"]


@pytest.fixture
def asha(server: RunningServer) -> User:
    user = make_user(username="asha")
    user.set_password(PASSWORD)
    user.save()
    return user


LOGIN_BODY = json.dumps({"username": "asha", "password": PASSWORD}).encode()


def test_bodies_that_do_not_come_hold_no_thread_and_are_given_up_after_their_time(server: RunningServer) -> None:
    announced = head("POST", LOGIN, JSON, "Content-Length: 50")
    waiting = [server.connect(announced) for _ in range(20)]
    waiting.append(server.connect(head("POST", LOGIN, JSON, "Transfer-Encoding: chunked") + b"5\r\n{"))
    begun = time.monotonic()
    try:
        assert server.get(HEALTH).status == 200
        # Before any of them: a thread that was held would be free when its body is given up.
        assert select.select(waiting, [], [], 0)[0] == []
        answers = [answer_on(peer) for peer in waiting]
        assert 1.5 < time.monotonic() - begun < 5
        assert {code_of(answer) for answer in answers} == {(408, "body_timeout")}
        assert {answer.headers["Connection"] for answer in answers} == {"close"}
    finally:
        for peer in waiting:
            peer.close()


def test_a_body_that_nobody_reads_is_not_waited_for(server: RunningServer) -> None:
    begun = time.monotonic()
    assert server.get(HEALTH, "Content-Length: 50").status == 200
    assert server.ask(head("POST", LOGIN, JSON, "Content-Length: 2000000")).status == 413
    assert time.monotonic() - begun < 2


@pytest.mark.usefixtures("asha")
def test_a_body_in_chunks_is_read_to_its_end(server: RunningServer) -> None:
    answer = server.ask(head("POST", LOGIN, JSON, "Transfer-Encoding: chunked") + chunked(LOGIN_BODY))
    assert (answer.status, json.loads(answer.body)["role"]) == (200, "USER")


@pytest.mark.usefixtures("asha")
def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(server: RunningServer) -> None:
    in_chunks = head("POST", LOGIN, JSON, "Transfer-Encoding: chunked")
    whole_but_for_its_end = chunked(LOGIN_BODY).removesuffix(b"0\r\n\r\n")
    broken = server.ask(in_chunks + whole_but_for_its_end + b"zz\r\n")
    assert code_of(broken) == (400, "body_incomplete")


def test_chunks_beyond_the_limit_are_refused(server: RunningServer) -> None:
    too_much = chunked(b" " * 1_100_000, size=50_000)
    answer = server.ask(head("POST", LOGIN, JSON, "Transfer-Encoding: chunked") + too_much)
    assert code_of(answer) == (413, "body_too_large")


FAKE = options.parse([], {})
WEBHOOKS = {
    "PHONEPE": (
        "/api/payment/callback/phonepe/",
        BODY_P2,
        {"Authorization": sha_proof(FAKE.phonepe_webhook_username, FAKE.phonepe_webhook_password)},
    ),
    "RAZORPAY": ("/api/payment/webhook/", BODY_R2, signed(BODY_R2, FAKE.razorpay_webhook_secret)),
}


@pytest.mark.parametrize("gateway", WEBHOOKS)
def test_a_webhook_in_chunks_is_checked_over_all_of_its_body(server: RunningServer, gateway: str) -> None:
    path, body, proof = WEBHOOKS[gateway]
    lines = [f"{name}: {value}" for name, value in proof.items()]
    request = head("POST", path, JSON, *lines, "Transfer-Encoding: chunked")
    assert server.ask(request + chunked(body, size=100)).status == 200
    assert GatewayEvent.objects.get(gateway=gateway).body == body.decode()
    if gateway == "RAZORPAY":  # PhonePe's proof is not over the body
        assert server.ask(request + chunked(body[:-1] + b" }", size=100)).status == 401
    assert GatewayEvent.objects.count() == 1
