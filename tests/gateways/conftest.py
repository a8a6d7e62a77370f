"""Gateways of ours against a peer on loopback. Nothing here touches a database."""

from collections.abc import Iterator

import pytest

from tests.gateways.peer import Peer, running_peer
from tests.gateways.standin import standin, standin_process

__all__ = ["standin", "standin_process"]  # fixtures that are made there


@pytest.fixture
def peer() -> Iterator[Peer]:
    with running_peer() as peer:
        yield peer
