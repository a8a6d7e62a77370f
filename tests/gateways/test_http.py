"""What leaves open whether a call was carried out, what is a refusal, and how odd values are read."""

import pytest

from parking.payments.gateways.base import GatewayMisconfigured, GatewayRefused, GatewayUnreachable
from parking.payments.gateways.http import (
    GatewayHttp,
    Reply,
    Timeouts,
    create_or_find,
    identifier,
    link,
    mapping,
    mappings,
    paise,
    same_proof,
    text,
)
from tests.gateways.peer import Peer, Say

QUICK = Timeouts(connect=1, read=1, whole=5)


@pytest.fixture
def http() -> GatewayHttp:
    return GatewayHttp("Peer", QUICK)


@pytest.mark.parametrize(
    "answer",
    [
        Say(500, {"code": "INTERNAL_SERVER_ERROR"}),
        Say(502, b"<html><h1>Bad gateway</h1></html>", {"Content-Type": "text/html"}),
        Say(503),
        Say(504),
        Say(429, {"error": {}}),
        Say(408),
        Say(301, headers={"Location": "/elsewhere"}),
        Say(302, headers={"Location": "/elsewhere"}),
        Say(307, headers={"Location": "/elsewhere"}),
        Say(200, b"<html>Maintenance</html>"),
        Say(200, b""),
        Say(200, b'{"id": "order_1"'),
        Say(200, b"[]"),
        Say(200, b"null"),
        Say(200, b"\xff\xfe"),
        Say(200, b"[" * 100_000),
        Say(200, b'{"amount": ' + b"9" * 5000 + b"}"),
        Say(200, b"x" * 2_000_001),
        Say(drops=True),
        Say(hangs=True),
        Say(200, b"{}", {"Content-Encoding": "gzip"}),
    ],
)
def test_an_answer_that_decides_nothing_is_unreachable(peer: Peer, http: GatewayHttp, answer: Say):
    peer.on("POST", "/pay", answer)

    with pytest.raises(GatewayUnreachable):
        http.send("POST", f"{peer.url}/pay", json={})

    assert len(peer.calls) == 1


def test_nobody_listening_is_unreachable(http: GatewayHttp):
    with pytest.raises(GatewayUnreachable, match="Peer: ConnectError"):
        http.send("GET", "http://127.0.0.1:9/")


def test_an_answer_that_trickles_is_cut_off(peer: Peer):
    peer.on("GET", "/slow", Say(200, b"{" + b" " * 300_000 + b"}"))
    http = GatewayHttp("Peer", Timeouts(whole=0))

    with pytest.raises(GatewayUnreachable, match="too slow"):
        http.send("GET", f"{peer.url}/slow")


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (Say(200, {"id": "order_1"}), Reply(200, {"id": "order_1"})),
        (Say(201, {}), Reply(201, {})),
        (Say(400, {"code": "BAD_REQUEST"}), Reply(400, {"code": "BAD_REQUEST"})),
        (Say(401, b"no"), Reply(401, None)),
        (Say(403, b"<html>"), Reply(403, None)),
    ],
)
def test_what_a_gateway_says_itself_is_a_reply(peer: Peer, http: GatewayHttp, answer: Say, reply: Reply):
    peer.on("GET", "/", answer)

    assert http.send("GET", f"{peer.url}/") == reply


def _raising(error: Exception):
    def call():
        raise error

    return call


REFUSED = GatewayRefused("no")


@pytest.mark.parametrize(
    ("create", "find", "error"),
    [
        (_raising(REFUSED), _raising(GatewayRefused("not here")), REFUSED),
        (_raising(GatewayUnreachable("out")), lambda: "found", GatewayUnreachable),
        (_raising(GatewayMisconfigured("key")), lambda: "found", GatewayMisconfigured),
        (_raising(REFUSED), _raising(GatewayUnreachable("out")), GatewayUnreachable),
    ],
)
def test_a_refused_creation_stays_refused_unless_the_thing_is_there(create, find, error):
    with pytest.raises(error if isinstance(error, type) else GatewayRefused) as caught:
        create_or_find(create, find)

    assert isinstance(error, type) or caught.value is error


def test_what_is_there_already_is_found():
    assert create_or_find(lambda: "made", lambda: "found") == "made"
    assert create_or_find(_raising(REFUSED), lambda: "found") == "found"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (5000, 5000),
        (0, 0),
        (10**12, 10**12),
        (10**12 + 1, 0),
        (-1, 0),
        (5000.0, 0),
        ("5000", 0),
        (True, 0),
        (None, 0),
        ([5000], 0),
        (float("nan"), 0),
    ],
)
def test_money_is_a_whole_number_or_nothing(value, amount):
    assert paise(value) == amount


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("order_PARK0000000001", "order_PARK0000000001"),
        ("PK-1.2", "PK-1.2"),
        ("x" * 64, "x" * 64),
        ("x" * 65, ""),
        ("", ""),
        ("a b", ""),
        ("a\n", ""),
        ("../orders", ""),
        ("क", ""),
        ("a\x00", ""),
        (7, ""),
        (None, ""),
    ],
)
def test_an_id_is_plain_or_nothing(value, read):
    assert identifier(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("declined", "declined"),
        ("a\x00b\ud800c\n", "abc"),
        ("नमस्ते"[:2], "नम"),
        ("x" * 99, "x" * 64),
        (None, ""),
        (1, ""),
    ],
)
def test_text_is_fit_for_a_database(value, read):
    assert text(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://mercury.example/pay?token=1", "https://mercury.example/pay?token=1"),
        ("http://mercury.example/", ""),
        ("javascript:alert(1)", ""),
        ("https://a\n", ""),
        ("https://" + "x" * 2000, ""),
        (None, ""),
    ],
)
def test_a_link_has_the_scheme_that_is_wanted(value, read):
    assert link(value, "https://") == read


@pytest.mark.parametrize("value", [[], None, "text", 3])
def test_what_is_no_object_is_an_empty_one(value):
    assert mapping(value) == {}


def test_a_list_gives_its_objects():
    assert mappings([{"id": 1}, None, "x", {"id": 2}]) == [{"id": 1}, {"id": 2}]
    assert mappings({"id": 1}) == []


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [
        ("abc", "abc", True),
        ("abC", "abc", False),
        ("ab", "abc", False),
        ("abc ", "abc", False),
        ("", "", False),
        ("", "abc", False),
        ("abc", "", False),
        (None, "abc", False),
        (b"abc", "abc", False),
        ("äbc", "äbc", False),
        ("abc\ud800", "abc", False),
    ],
)
def test_proofs_are_the_same_letter_by_letter_and_never_empty(given, expected, same):
    assert same_proof(given, expected) is same
