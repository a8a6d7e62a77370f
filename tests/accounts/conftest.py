"""People with passwords."""

from datetime import timedelta
from typing import Any

import pytest

from parking.accounts.models import Role, User
from parking.accounts.passwords import hash_new_password
from tests.accounts.people import PASSWORD
from tests.build import make_user


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """Hashed once: a hash costs some 20 ms."""
    return hash_new_password(PASSWORD, user=User())


@pytest.fixture
def asha(db: None, hashed_password: str) -> User:
    """A driver who signs in with PASSWORD."""
    user = make_user(Role.USER, "Asha")
    user.password = hashed_password
    user.save()
    return user


@pytest.fixture(autouse=True)
def _fifteen_minutes_of_lock_out(settings: Any) -> None:
    """As in production; the demonstration locks out for a minute only."""
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)
