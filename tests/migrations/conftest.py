"""Gateways in the test's hand, under every code that an order may name."""

import pytest
from pytest_django import Settings

from parking.payments.gateways import registry
from tests.gateway import FakeGateway

WEBHOOK_SECRET = "known-to-two"


@pytest.fixture
def gateways(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict[str, FakeGateway]:
    """A gateway for each code, none of which knows an order yet."""
    fakes = {code: FakeGateway(code) for code in ("SIMULATED", "PHONEPE", "RAZORPAY")}
    for code, fake in fakes.items():
        monkeypatch.setitem(registry._GATEWAYS, code, lambda fake=fake: fake)
    settings.GATEWAYS, settings.DEFAULT_GATEWAY = list(fakes), "SIMULATED"
    settings.RAZORPAY_URL, settings.RAZORPAY_WEBHOOK_SECRETS = "http://127.0.0.1:9", [WEBHOOK_SECRET]
    return fakes
