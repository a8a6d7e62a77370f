"""The manager's calls are tested on the history that the reports are tested on."""

import pytest

from parking.accounts.models import User
from tests.client import ApiClient
from tests.reports.conftest import at_noon, story

__all__ = ["at_noon", "manager", "story"]


@pytest.fixture
def manager(at_noon: None, admin: User) -> ApiClient:
    """Return an administrator who signed in at noon of the story's last day."""
    return ApiClient(admin)
