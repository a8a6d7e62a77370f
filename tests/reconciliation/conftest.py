"""The stand-in gateway, and our settings pointing at it."""

import pytest
from pytest_django import Settings

from parking.payments.gateways import registry
from tests.gateways.standin import Standin, standin, standin_process
from tests.payments.world import settings_for

__all__ = ["at_standin", "standin", "standin_process"]


@pytest.fixture
def at_standin(standin: Standin, settings: Settings) -> Standin:
    """Use the stand-in as PhonePe and Razorpay; a test that wants PhonePe by default says so."""
    for name, value in settings_for(standin.address).items():
        setattr(settings, name, value)
    settings.DEFAULT_GATEWAY = "RAZORPAY"
    # The stand-in has dropped all tokens.
    registry._phonepe.cache_clear()
    return standin
