"""Users with passwords."""

from datetime import timedelta
from typing import Any

import pytest

from parking.accounts.models import Role, User
from parking.accounts.passwords import hash_new_password
from tests.accounts.people import PASSWORD
from tests.build import make_user


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """Return the hash of PASSWORD, made once: a hash costs some 20 ms."""
    return hash_new_password(PASSWORD, user=User())


@pytest.fixture
def asha(db: None, hashed_password: str) -> User:
    """Return a driver who can sign in with PASSWORD."""
    user = make_user(Role.USER, "Asha")
    user.password = hashed_password
    user.save()
    return user


@pytest.fixture(autouse=True)
def _fifteen_minutes_of_lock_out(settings: Any) -> None:
    """Set the lock-out of production; the demonstration's is a minute only."""
    settings.AXES_COOLOFF_TIME = timedelta(minutes=15)
