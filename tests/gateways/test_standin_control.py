"""The controls of the stand-in, and the program itself."""

import signal
import subprocess
import sys

import pytest

from tests.gateways.standin import ROOT, running_standin
from tests.gateways.standin_clients import TOKEN_FORM, PhonePeByHand, RazorpayByHand

ORDER = "PK-20260101-000042-1"


@pytest.fixture
def phonepe(standin):
    return PhonePeByHand(standin)


def test_books_list_everything(standin, phonepe):
    phonepe.paid_order()
    RazorpayByHand(standin).order(receipt="R-1")
    phonepe.refund()
    books = standin.books()
    assert [(row["gateway"], row["reference"], row["state"]) for row in books["orders"]] == [
        ("razorpay", "R-1", "OPEN"),
        ("phonepe", ORDER, "PAID"),
    ]
    (payment,) = books["payments"]
    assert (payment["order_reference"], payment["amount"], payment["refunded"]) == (ORDER, 5000, 2000)
    (refund,) = books["refunds"]
    assert (refund["reference"], refund["payment"], refund["state"]) == ("RF-000007", payment["id"], "DONE")
    assert [row["gateway"] for row in standin.books("razorpay")["orders"]] == ["razorpay"]


def test_reset_empties_everything(standin, phonepe):
    phonepe.paid_order()
    standin.switch("phonepe", answer_429=True)
    standin.set(webhook_tries=1)
    standin.reset()
    assert standin.books() == {"orders": [], "payments": [], "refunds": []}
    assert (standin.webhooks(), standin.calls()) == ([], [])
    assert standin.look("switches")["phonepe"]["answer_429"]["times"] == 0
    assert standin.look("settings")["webhook_tries"] == 6
    assert phonepe.status().status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("switches", {"gateway": "phonepe", "switches": {"nonsense": 1}}, 400),
        ("switches", {"gateway": "stripe", "switches": {}}, 400),
        ("switches", {}, 400),
        ("settings", {"nonsense": 1}, 400),
        ("settings", {"webhook_delay_seconds": -1}, 400),
        ("settings", {"webhook_delay_seconds": "soon"}, 400),
        ("settings", {"phonepe_webhook_mode": "sha"}, 400),
        ("settings", {"phonepe_webhook_url": "ftp://x"}, 400),
        ("orders/nope/pay", {}, 404),
        ("refunds/nope/fail", {}, 404),
        ("nonsense", {}, 404),
    ],
)
def test_a_wrong_control_says_so(standin, path, body, status):
    answer = standin.http.post(f"/_control/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_what_cannot_be_is_a_conflict(standin, phonepe):
    phonepe.paid_order()
    assert standin.http.post(f"/_control/orders/{ORDER}/pay").status_code == 409
    assert standin.http.post(f"/_control/orders/{ORDER}/late-success").status_code == 409
    phonepe.refund()
    assert standin.http.post("/_control/refunds/RF-000007/fail").status_code == 409


def test_an_order_can_be_paid_with_another_amount(standin, phonepe):
    phonepe.pay()
    standin.pay(ORDER, amount=1)
    assert phonepe.status().json()["amount"] == 1


def test_tokens_can_be_revoked(standin, phonepe):
    phonepe.paid_order()
    standin.control("tokens/revoke")
    assert phonepe.status().status_code == 401


def test_another_web_site_cannot_play_the_bank(standin, phonepe):
    phonepe.pay()
    foreign = {"Origin": "https://evil.example"}
    assert standin.http.post(f"/_control/orders/{ORDER}/pay", headers=foreign).status_code == 403
    assert standin.http.get("/_control/books", headers={"Host": "evil.example"}).status_code == 421
    assert standin.books()["orders"][0]["state"] == "OPEN"


def test_an_amount_is_an_integer(standin, phonepe):
    phonepe.pay()
    assert standin.http.post(f"/_control/orders/{ORDER}/pay", json={"amount": "1"}).status_code == 400
    assert standin.books()["payments"] == []


def test_a_port_that_is_taken_is_said(standin):
    port = standin.address.rpartition(":")[2]
    run = subprocess.run(
        [sys.executable, "-m", "gateway_standin", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"The stand-in gateway cannot listen on port {port}: ")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_the_program_ends_cleanly(signum):
    with running_standin("--phonepe-client-id", "MINE", "--phonepe-pays-at-once") as standin:
        assert standin.http.post("/v1/oauth/token", data=TOKEN_FORM).status_code == 401
        assert standin.http.post("/v1/oauth/token", data=TOKEN_FORM | {"client_id": "MINE"}).status_code == 200
        assert standin.look("switches")["phonepe"]["pays_at_once"]["times"] is True
        standin.process.send_signal(signum)
        assert standin.process.wait(5) == 0


def test_the_environment_says_what_flags_do_not():
    code = (
        "from gateway_standin.options import parse;"
        "o = parse(['--port', '1'], {'GATEWAY_STANDIN_PORT': '2', 'GATEWAY_STANDIN_RAZORPAY_KEY_ID': 'k',"
        " 'PHONEPE_SIMULATION_MODE': 'True'});"
        "print(o.port, o.razorpay_key_id, o.phonepe_pays_at_once, o.razorpay_pays_at_once)"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert run.stdout.split() == ["1", "k", "True", "False"]


def test_it_needs_no_packages():
    run = subprocess.run(
        [sys.executable, "-S", "-m", "gateway_standin", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (run.returncode, run.stderr) == (0, "")
