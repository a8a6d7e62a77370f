"""One server for all tests of this folder: it takes seconds to start."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.payments.world import environment_for
from tests.server.running import RunningServer, running

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def running_server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[RunningServer]:
    with django_db_blocker.unblock():
        environment = environment_for(NOBODY) | {"SMART_PARKING_BODY_SECONDS": "2"}
    with running(environment) as server:
        yield server


@pytest.fixture
def server(running_server: RunningServer, transactional_db: None) -> RunningServer:
    """The server, which sees what a test commits; its rows are gone after the test."""
    return running_server
