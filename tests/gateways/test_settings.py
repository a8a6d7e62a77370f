"""The gateways' settings: complete, half given, unfit for production; and the registry that reads them."""

import importlib
import os

import pytest

from parking.core.errors import Refused
from parking.payments.gateways import registry
from parking.payments.gateways.base import ListsItsBooks
from parking.payments.gateways.phonepe import config as phonepe_config
from parking.payments.gateways.phonepe.config import WebhookMode
from parking.payments.gateways.phonepe.gateway import PhonePeGateway
from parking.payments.gateways.razorpay import config as razorpay_config
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from parking.payments.gateways.simulated.gateway import SimulatedGateway
from smart_parking import gateway_settings

PHONEPE = {
    "PHONEPE_MERCHANT_ID": "PARKUAT",
    "PHONEPE_API_KEY": "shh",
    "PHONEPE_WEBHOOK_USERNAME": "parkhook_01",
    "PHONEPE_WEBHOOK_PASSWORD": "ParkHook2026",
}
RAZORPAY = {"RAZORPAY_KEY_ID": "rzp_live_1", "RAZORPAY_KEY_SECRET": "shh", "RAZORPAY_WEBHOOK_SECRET": "new, old"}
LIVE = {"PHONEPE_ENV": "production", "SMART_PARKING_PAYMENT_RETURN_URL": "https://park.example/pay/{order_id}/"}


def values(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> dict[str, object]:
    """The settings that an environment gives."""
    for name in list(os.environ):
        if name.startswith(("PHONEPE_", "RAZORPAY_", "SMART_PARKING_")):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("settings_of_a_test", gateway_settings.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def problems(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *gateways: str) -> list[str]:
    return gateway_settings.configuration_problems(gateways, values(monkeypatch, environment))


def refusals(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *gateways: str) -> list[str]:
    return gateway_settings.production_problems(gateways, values(monkeypatch, environment))


@pytest.mark.parametrize(
    ("environment", "gateways"),
    [
        ({}, ()),
        ({}, ("SIMULATED",)),
        (PHONEPE, ()),
        (PHONEPE, ("PHONEPE",)),
        ({**PHONEPE, "PHONEPE_WEBHOOK_MODE": "v1"}, ("PHONEPE",)),
        ({**PHONEPE, "PHONEPE_WEBHOOK_MODE": "HMAC", "PHONEPE_WEBHOOK_SECRET": "s"}, ("PHONEPE",)),
        ({"PHONEPE_CLIENT_ID": "c", "PHONEPE_CLIENT_SECRET": "s", **dict(list(PHONEPE.items())[2:])}, ("PHONEPE",)),
        (RAZORPAY, ("RAZORPAY",)),
        ({**RAZORPAY, "RAZORPAY_SUBSCRIPTIONS": "on"}, ()),
        ({**PHONEPE, **RAZORPAY}, ("PHONEPE", "RAZORPAY")),
    ],
)
def test_complete_or_absent_is_fine(monkeypatch: pytest.MonkeyPatch, environment: dict, gateways: tuple):
    assert problems(monkeypatch, environment, *gateways) == []


@pytest.mark.parametrize(
    ("environment", "gateways", "named"),
    [
        (
            {"PHONEPE_MERCHANT_ID": "PARKUAT"},
            (),
            ["PHONEPE_API_KEY", "PHONEPE_WEBHOOK_USERNAME", "PHONEPE_WEBHOOK_PASSWORD"],
        ),
        ({"PHONEPE_API_KEY": "x"}, (), ["PHONEPE_MERCHANT_ID", "PHONEPE_WEBHOOK_USERNAME", "PHONEPE_WEBHOOK_PASSWORD"]),
        ({**PHONEPE, "PHONEPE_WEBHOOK_MODE": "HMAC"}, ("PHONEPE",), ["PHONEPE_WEBHOOK_SECRET"]),
        ({**PHONEPE, "PHONEPE_WEBHOOK_PASSWORD": " "}, ("PHONEPE",), ["PHONEPE_WEBHOOK_PASSWORD"]),
        ({}, ("RAZORPAY",), ["RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET"]),
        ({"RAZORPAY_KEY_ID": "rzp_live_1"}, (), ["RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET"]),
        ({**RAZORPAY, "RAZORPAY_WEBHOOK_SECRET": ","}, (), ["RAZORPAY_WEBHOOK_SECRET"]),
    ],
)
def test_half_a_configuration_names_what_is_missing(monkeypatch, environment: dict, gateways: tuple, named: list):
    found = problems(monkeypatch, environment, *gateways)

    assert [next(name for name in named if name in sentence) for sentence in found] == named
    assert all(sentence.endswith("is missing") for sentence in found)


def test_mandates_need_razorpay(monkeypatch: pytest.MonkeyPatch):
    (found,) = problems(monkeypatch, {"RAZORPAY_SUBSCRIPTIONS": "on"})
    assert found == (
        "RAZORPAY_SUBSCRIPTIONS is on without Razorpay:"
        " RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET are missing"
    )
    (found,) = problems(monkeypatch, {**RAZORPAY, "RAZORPAY_SUBSCRIPTIONS": "on", "RAZORPAY_WEBHOOK_SECRET": ""})
    assert found == "RAZORPAY is configured only in part: RAZORPAY_WEBHOOK_SECRET is missing"


def test_mandates_are_off_by_default(monkeypatch: pytest.MonkeyPatch):
    assert values(monkeypatch, RAZORPAY)["RAZORPAY_SUBSCRIPTIONS"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PHONEPE_ENV", "LIVE"),
        ("PHONEPE_WEBHOOK_MODE", "ANY"),
        ("PHONEPE_HMAC_ENCODING", "BASE32"),
        ("RAZORPAY_CAPTURE", "NEVER"),
        ("RAZORPAY_REFUND_SPEED", "fast"),
    ],
)
def test_an_unknown_choice_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    (found,) = problems(monkeypatch, {name: value})

    assert found.startswith(f"{name} is ")


@pytest.mark.parametrize(
    ("environment", "gateways", "found"),
    [
        ({}, (), ["PHONEPE_SIMULATION_MODE is on"]),
        ({"PHONEPE_SIMULATION_MODE": "0"}, (), []),
        ({"SMART_PARKING_ENV": "production"}, (), []),
        ({"SMART_PARKING_ENV": "production", **PHONEPE, **LIVE}, ("PHONEPE",), []),
        (
            {"SMART_PARKING_ENV": "production", **PHONEPE},
            ("PHONEPE",),
            ["PHONEPE_ENV is not PRODUCTION", "PAYMENT_RETURN_URL does not begin with https://"],
        ),
        (
            {"SMART_PARKING_ENV": "production", **LIVE, "PHONEPE_PG_URL": "http://127.0.0.1:9"},
            ("PHONEPE",),
            ["PHONEPE_PG_URL does not begin with https://"],
        ),
        ({"SMART_PARKING_ENV": "production", **RAZORPAY}, ("RAZORPAY",), []),
        (
            {"SMART_PARKING_ENV": "production", **RAZORPAY, "RAZORPAY_KEY_ID": "rzp_test_1"},
            ("RAZORPAY",),
            ["RAZORPAY_KEY_ID is a test key"],
        ),
        (
            {
                "SMART_PARKING_ENV": "production",
                **RAZORPAY,
                "RAZORPAY_URL": "http://x",
                "RAZORPAY_CHECKOUT_URL": "http://y",
            },
            ("RAZORPAY",),
            ["RAZORPAY_URL does not begin with https://", "RAZORPAY_CHECKOUT_URL does not begin with https://"],
        ),
    ],
)
def test_production_takes_no_play_money(monkeypatch: pytest.MonkeyPatch, environment: dict, gateways, found: list):
    assert refusals(monkeypatch, environment, *gateways) == found


def test_phonepes_addresses_follow_its_environment(monkeypatch: pytest.MonkeyPatch):
    sandbox = values(monkeypatch, {})
    live = values(monkeypatch, {"PHONEPE_ENV": "PRODUCTION"})
    own = values(monkeypatch, {"PHONEPE_OAUTH_URL": "http://127.0.0.1:1/o/", "PHONEPE_PG_URL": "http://127.0.0.1:1/p"})

    assert [(at["PHONEPE_OAUTH_URL"], at["PHONEPE_PG_URL"]) for at in (sandbox, live, own)] == [
        ("https://api-preprod.phonepe.com/apis/pg-sandbox", "https://api-preprod.phonepe.com/apis/pg-sandbox"),
        ("https://api.phonepe.com/apis/identity-manager", "https://api.phonepe.com/apis/pg"),
        ("http://127.0.0.1:1/o", "http://127.0.0.1:1/p"),
    ]


def test_a_time_out_is_a_number_of_seconds(monkeypatch: pytest.MonkeyPatch):
    assert values(monkeypatch, {"SMART_PARKING_GATEWAY_READ_SECONDS": "2.5"})["GATEWAY_READ_SECONDS"] == 2.5
    with pytest.raises(ValueError, match="SMART_PARKING_GATEWAY_READ_SECONDS is 'soon'"):
        values(monkeypatch, {"SMART_PARKING_GATEWAY_READ_SECONDS": "soon"})


# --- The registry ----------------------------------------------------------------------------------


@pytest.fixture
def configured(settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in values(monkeypatch, {**PHONEPE, **RAZORPAY}).items():
        if name.isupper():
            setattr(settings, name, value)
    return settings


def test_the_registry_makes_a_gateway_once_for_the_same_settings(configured):
    first = registry.phonepe()

    assert isinstance(first, PhonePeGateway)
    assert registry.gateway_of("PHONEPE") is first
    configured.PHONEPE_CLIENT_VERSION = "2"
    assert registry.phonepe() is not first


def test_the_registry_knows_each_gateway_by_its_code(configured):
    configured.GATEWAYS = ["RAZORPAY"]
    configured.DEFAULT_GATEWAY = "RAZORPAY"

    assert isinstance(registry.chosen_gateway(None), RazorpayGateway)
    assert isinstance(registry.gateway_of("SIMULATED"), SimulatedGateway)
    assert [registry.gateway_of(code).code for code in ("PHONEPE", "RAZORPAY")] == ["PHONEPE", "RAZORPAY"]
    with pytest.raises(Refused):
        registry.chosen_gateway("PHONEPE")


def test_who_calls_us_and_who_lists_its_books(configured):
    assert isinstance(registry.webhooks_of("RAZORPAY"), RazorpayGateway)
    assert isinstance(registry.books_of("RAZORPAY"), ListsItsBooks)
    assert registry.books_of("PHONEPE") is None
    assert registry.books_of("SIMULATED") is None


@pytest.mark.parametrize("mode", list(WebhookMode))
def test_settings_reach_the_gateways(configured, mode: WebhookMode):
    configured.PHONEPE_WEBHOOK_MODE = mode.value

    assert phonepe_config.configured().webhook.mode == mode
    assert razorpay_config.configured().webhook_secrets == ("new", "old")
    assert registry.razorpay().key_id == "rzp_live_1"
