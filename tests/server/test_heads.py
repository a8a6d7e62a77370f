"""Heads of requests that are malformed, too large, or mean to be read as something else."""

import json

import pytest

from tests.server.running import RunningServer, answer_on, head
from tests.server.test_bodies import HEALTH, code_of


def test_a_name_with_an_underscore_passes_for_no_other(server: RunningServer) -> None:
    answer = server.get(HEALTH, "X_Request_ID: forged")
    assert (answer.status, len(answer.headers["X-Request-ID"])) == (200, 32)
    assert server.get(HEALTH, "X-Request-ID: mine").headers["X-Request-ID"] == "mine"


@pytest.mark.parametrize("name", ["Host", "Authorization", "X-Forwarded-Proto", "X-Request-ID"])
def test_what_may_be_said_once_is_not_said_twice(server: RunningServer, name: str) -> None:
    lines = (f"{name}: a", f"{name}: b") if name != "Host" else ("Host: b",)
    assert code_of(server.get(HEALTH, *lines)) == (400, "bad_request")


def test_long_addresses_and_large_heads_are_refused_in_the_contracts_form(server: RunningServer) -> None:
    assert code_of(server.get(f"{HEALTH}?a={'x' * 9_000}")) == (414, "uri_too_long")
    assert code_of(server.get(HEALTH, f"X-A: {'x' * 40_000}")) == (431, "headers_too_large")


def test_what_the_server_itself_refuses_has_no_body(server: RunningServer) -> None:
    """These never reach us. The proxy of `deploy/proxy/` gives them the contract's form."""
    assert server.ask(b"NONSENSE\r\n\r\n").status == 400
    assert server.get(f"{HEALTH}?a={'x' * 70_000}").status == 414
    assert server.get(HEALTH, *["X-A: x"] * 200).status == 431


def test_addresses_and_headers_that_are_no_text_are_no_error_of_ours(server: RunningServer) -> None:
    assert server.get("/api/%ff%fe/").status == 404
    assert server.get(HEALTH, "X-A: \xff\xe9").status == 200
    assert json.loads(server.get(HEALTH, "User-Agent: caf\xe9").body)["status"] == "ok"


def test_an_answer_that_is_long_arrives_whole(server: RunningServer) -> None:
    answer = server.get("/api/openapi.json")
    assert json.loads(answer.body)["info"]["title"] == "Smart Parking"


def test_connections_are_kept(server: RunningServer) -> None:
    with server.connect(head("GET", HEALTH)) as peer:
        assert answer_on(peer).status == 200
        peer.sendall(head("GET", HEALTH))
        assert answer_on(peer).status == 200
