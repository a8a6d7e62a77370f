"""Our gateways, configured as `make run` does, against a stand-in over real HTTP."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from parking.payments.gateways import registry
from tests.gateways.peer import running_peer
from tests.gateways.standin import Standin, standin, standin_process
from tests.payments.world import BOTH, START, Mail, settings_for

__all__ = ["standin", "standin_process"]  # fixtures that are made there


@pytest.fixture(autouse=True)
def _connected(settings: Settings, standin: Standin) -> None:
    standin.set(lost_answer_seconds=0, webhook_retry_seconds=0.05, webhook_hold_seconds=0.1)
    for name, value in settings_for(standin.address).items():
        setattr(settings, name, value)
    # The stand-in has dropped all tokens; a test begins as a process does, with none.
    registry._phonepe.cache_clear()
    registry._razorpay.cache_clear()


@pytest.fixture(params=BOTH)
def code(request: pytest.FixtureRequest) -> str:
    """Return each gateway in turn."""
    return str(request.param)


@pytest.fixture
def mail(standin: Standin) -> Iterator[Mail]:
    with running_peer() as peer:
        box = Mail(standin, peer)
        box.open()
        yield box
        standin.set(phonepe_webhook_url="", razorpay_webhook_url="")


@pytest.fixture
def clock_stands() -> Iterator[time_machine.Traveller]:
    """Set the time to 10:00 on a Sunday in Delhi until a test shifts it. Name it before the callers: tokens expire."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
