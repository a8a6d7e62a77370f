"""The stand-in's pages, used as a person without script uses them: links and forms."""

import hashlib
import hmac
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.gateways.standin import KEY_ID, KEY_SECRET
from tests.gateways.standin_clients import PhonePeByHand, RazorpayByHand

ORDER = "PK-20260101-000042-1"
VOID = {"meta", "link", "input", "br"}


@pytest.fixture
def phonepe(standin):
    return PhonePeByHand(standin)


@pytest.fixture
def razorpay(standin):
    return RazorpayByHand(standin)


class Balanced(HTMLParser):
    """Fails on tags that do not close, and keeps what could run a script or hide a label."""

    def __init__(self, text):
        super().__init__()
        self.open: list[str] = []
        self.faults: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[dict[str, str | None]] = []
        self.labels = set(re.findall(r'<label for="([^"]+)"', text))
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "script" or "style" in given or any(name.startswith("on") for name in given):
            self.faults.append((tag, given))
        named = given.get("aria-label") or given.get("id") in self.labels or given.get("type") == "hidden"
        if tag in {"input", "select"} and not named:
            self.unlabelled.append(given)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _page(standin, path):
    answer = standin.http.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    parsed = Balanced(answer.text)
    assert (parsed.faults, parsed.unlabelled) == ([], [])
    assert answer.text.startswith('<!doctype html><html lang="en">') and answer.text.count("<h1>") == 1
    return answer.text


def _press(standin, text, button, about=""):
    """Send the form whose button has this text; `about` is what only a screen reader reads out."""
    unseen = f' <span class="unseen">{about}</span>' if about else ""
    form = r'<form method="post" action="([^"]+)">((?:<input[^>]+>)*)<button class="\w*">'
    pattern = form + re.escape(button + unseen) + "</button>"
    found = re.search(pattern, text)
    assert found, f"no button {button} {about}"
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', found[2]))
    return standin.http.post(unescape(found[1]), data=fields)


def test_the_bank_pays_and_declines(standin, phonepe, razorpay):
    phonepe.pay()
    order = razorpay.order(receipt="R-1")["id"]
    text = _page(standin, "/")
    assert ORDER in text and "₹50.00" in text
    assert _press(standin, text, "Pay", f"order {ORDER}").headers["location"] == "/"
    _press(standin, text, "Decline", "order R-1")
    assert phonepe.status().json()["state"] == "COMPLETED"
    assert razorpay.get(f"orders/{order}").json()["status"] == "attempted"
    text = _page(standin, "/")
    assert "open, declined" in text
    _press(standin, text, "Succeed late", "order R-1")
    assert razorpay.get(f"orders/{order}").json()["status"] == "paid"


def test_the_bank_lets_it_hang(standin, phonepe):
    phonepe.pay()
    _press(standin, _page(standin, "/"), "Let it hang", f"order {ORDER}")
    assert phonepe.status().json()["paymentDetails"][0]["state"] == "PENDING"
    assert "hangs" in _page(standin, "/")


def test_the_bank_decides_on_refunds(standin, phonepe):
    standin.switch("phonepe", refund_waits=2)
    phonepe.paid_order()
    phonepe.refund("RF-1", amount=1000)
    phonepe.refund("RF-2", amount=1000)
    text = _page(standin, "/")
    _press(standin, text, "Complete", "refund RF-1")
    _press(standin, text, "Fail", "refund RF-2")
    assert [phonepe.refund_status(number).json()["state"] for number in ("RF-1", "RF-2")] == ["COMPLETED", "FAILED"]


def test_what_is_no_longer_possible_is_said(standin, phonepe):
    phonepe.pay()
    text = _page(standin, "/")
    standin.pay(ORDER)
    answer = _press(standin, text, "Decline", f"order {ORDER}")
    assert answer.status_code == 409 and "That is not possible" in answer.text


def test_paying_at_once_is_switched_off_and_on(standin, phonepe):
    standin.switch("phonepe", pays_at_once=True)
    _press(standin, _page(standin, "/"), "Switch off", "for PhonePe")
    phonepe.pay("first")
    assert phonepe.status("first").json()["state"] == "PENDING"
    _press(standin, _page(standin, "/"), "Switch on", "for PhonePe")
    phonepe.pay("second")
    assert phonepe.status("second").json()["state"] == "COMPLETED"


def test_every_fault_can_be_set_on_the_page(standin):
    text = _page(standin, "/faults")
    for gateway, switches in standin.look("switches").items():
        for name in switches:
            assert f'name="{gateway}.{name}"' in text
    form = {"back": "/faults", "phonepe.answer_429": "2", "razorpay.webhook_drop": "-1", "phonepe.refund_fails": "0"}
    assert standin.http.post("/switches", data=form).headers["location"] == "/faults"
    switches = standin.look("switches")
    assert switches["phonepe"]["answer_429"]["times"] == 2
    assert switches["razorpay"]["webhook_drop"]["times"] is True
    assert switches["phonepe"]["answer_html_502"]["times"] == 0


def test_saving_leaves_a_switch_for_one_call_alone(standin):
    standin.switch("phonepe", answer_429={"times": 3, "only": "refund"})
    text = _page(standin, "/faults")
    assert "next 3 times" in text and "only refund" in text
    standin.http.post("/switches", data={"phonepe.answer_429": "3"})
    assert standin.look("switches")["phonepe"]["answer_429"]["only"] == "refund"


def test_settings_are_saved(standin):
    assert 'id="webhook_tries"' in _page(standin, "/faults")
    standin.http.post("/settings", data={"webhook_tries": "3", "phonepe_webhook_mode": "V1"})
    settings = standin.look("settings")
    assert (settings["webhook_tries"], settings["phonepe_webhook_mode"]) == (3, "V1")
    assert standin.http.post("/settings", data={"webhook_tries": "many"}).status_code == 409


def test_webhooks_are_listed(standin, phonepe):
    assert "There was no event yet." in _page(standin, "/webhooks")
    phonepe.paid_order()
    text = _page(standin, "/webhooks")
    assert "checkout.order.completed" in text and "no address is set" in text
    assert _press(standin, text, "Send again", "webhook 1").headers["location"] == "/webhooks"


@pytest.mark.parametrize(
    ("button", "about", "state"),
    [("Pay ₹50.00", "", "COMPLETED"), ("Decline", "as the bank", "FAILED"), ("Leave", "without paying", "PENDING")],
)
def test_a_customer_comes_from_phonepe_back_to_the_merchant(standin, phonepe, button, about, state):
    page = phonepe.pay().json()["redirectUrl"]
    answer = _press(standin, _page(standin, page), button, about)
    assert (answer.status_code, answer.headers["location"]) == (303, "https://park.example/back")
    assert phonepe.status().json()["state"] == state


def test_a_page_that_was_used_before_offers_nothing(standin, phonepe):
    page = phonepe.pay().json()["redirectUrl"]
    standin.pay(ORDER)
    text = _page(standin, page)
    assert "This order is paid." in text and "<form" not in text


def test_without_a_merchant_to_go_back_to_the_page_says_what_happened(standin, phonepe):
    page = phonepe.pay(paymentFlow={"type": "PG_CHECKOUT"}).json()["redirectUrl"]
    answer = _press(standin, _page(standin, page), "Decline", "as the bank")
    assert answer.status_code == 200
    assert "Your bank declined the payment." in answer.text and "can no longer be paid" in answer.text


def test_razorpays_hosted_checkout_hands_a_signature_back(standin, razorpay):
    order = razorpay.order()["id"]
    form = {"key_id": KEY_ID, "order_id": order, "callback_url": "https://park.example/done", "cancel_url": ""}
    opened = standin.http.post("/v1/checkout/embedded", data=form, headers={"Origin": "https://park.example"})
    text = _page(standin, opened.headers["location"])
    answer = _press(standin, text, "Pay ₹50.00")
    assert '<form method="post" action="https://park.example/done">' in answer.text
    fields = dict(re.findall(r'name="(razorpay_\w+)" value="([^"]+)"', answer.text))
    payment = razorpay.get(f"orders/{order}/payments").json()["items"][0]
    assert (fields["razorpay_order_id"], fields["razorpay_payment_id"]) == (order, payment["id"])
    expected = hmac.new(KEY_SECRET.encode(), f"{order}|{payment['id']}".encode(), hashlib.sha256).hexdigest()
    assert fields["razorpay_signature"] == expected
    assert payment["status"] == "captured"


def test_a_declined_customer_of_razorpay_may_try_again_or_leave(standin, razorpay):
    order = razorpay.order()["id"]
    form = {"key_id": KEY_ID, "order_id": order, "cancel_url": "https://park.example/cancelled"}
    page = standin.http.post("/v1/checkout/embedded", data=form).headers["location"]
    declined = _press(standin, _page(standin, page), "Decline", "as the bank")
    assert "Your bank declined the payment." in declined.text
    assert _press(standin, declined.text, "Leave", "without paying").headers["location"] == form["cancel_url"]
    assert "Thank you" in _press(standin, declined.text, "Pay ₹50.00").text


def test_the_hosted_checkout_needs_the_right_key(standin, razorpay):
    form = {"key_id": "wrong", "order_id": razorpay.order()["id"]}
    assert standin.http.post("/v1/checkout/embedded", data=form).status_code == 400


def test_pages_show_text_as_text(standin, phonepe, razorpay):
    razorpay.order(receipt="<b>&\"'")
    page = phonepe.pay(paymentFlow={"type": "PG_CHECKOUT", "message": "<script>alert(1)</script>"}).json()[
        "redirectUrl"
    ]
    assert "&lt;b&gt;&amp;&quot;" in _page(standin, "/")
    assert "&lt;script&gt;" in _page(standin, page)


def test_another_web_site_cannot_press_a_button(standin, phonepe):
    phonepe.pay()
    assert standin.http.post("/reset", headers={"Origin": "https://evil.example"}).status_code == 403
    assert len(standin.books()["orders"]) == 1


@pytest.mark.parametrize("path", ["/nothing", "/pay/nothing"])
def test_what_does_not_exist(standin, path):
    answer = standin.http.get(path)
    assert answer.status_code == 404 and "There is no such page" in answer.text


# --- Cards -----------------------------------------------------------------------------------------


def _by_card(standin, page, number, **changes):
    typed = {"number": number, "expiry": "12/40", "cvv": "123"} | changes
    return standin.http.post(f"{page}/card", data=typed)


def test_the_form_takes_a_card_that_pays(standin, phonepe):
    page = phonepe.pay().json()["redirectUrl"]
    text = _page(standin, page)
    assert "By card" in text and "4111 1111 1111 1111 pays" in text
    assert _by_card(standin, page, "4111 1111 1111 1111").headers["location"] == "https://park.example/back"
    assert phonepe.status().json()["state"] == "COMPLETED"
    assert standin.books()["payments"][0]["method"] == "card"


def test_a_card_that_is_declined_leaves_razorpays_order_payable(standin, razorpay):
    order = razorpay.order()["id"]
    declined = _by_card(standin, f"/pay/{order}", "4000000000000002")
    assert "Your bank declined the card." in declined.text
    assert "Thank you, it is paid." in _by_card(standin, f"/pay/{order}", "4111-1111-1111-1111").text
    assert [row["state"] for row in standin.books()["payments"]] == ["CAPTURED", "FAILED"]


@pytest.mark.parametrize(
    ("number", "changes", "said"),
    [
        ("4111 1111 1111 1112", {}, "This is no test card."),
        ("", {}, "This is no test card."),
        ("4111111111111111", {"expiry": "13/40"}, "Give a month that is not over"),
        ("4111111111111111", {"expiry": "12/20"}, "Give a month that is not over"),
        ("4111111111111111", {"cvv": "12"}, "The CVV has three or four digits."),
    ],
)
def test_a_card_that_does_not_fit_moves_nothing(standin, phonepe, number, changes, said):
    page = phonepe.pay().json()["redirectUrl"]
    assert said in _by_card(standin, page, number, **changes).text
    assert standin.books()["payments"] == []


# --- Paid twice ------------------------------------------------------------------------------------


def test_the_bank_pays_an_order_again(standin, razorpay):
    order = razorpay.order(receipt="R-1")["id"]
    standin.pay(order)
    assert _press(standin, _page(standin, "/"), "Pay again", "order R-1").headers["location"] == "/"
    payments = razorpay.get(f"orders/{order}/payments").json()["items"]
    assert [row["status"] for row in payments] == ["captured", "captured"]
    assert "paid ₹50.00 and ₹50.00" in _page(standin, "/")
