"""Users with passwords, and their browsers."""

from collections.abc import Callable

import pytest
from django.test import Client

from parking.accounts.models import User

PASSWORD = "monsoon-2026"

BrowserOf = Callable[[User], Client]


@pytest.fixture
def browser(db: None) -> Client:
    """Return a client that is not signed in, without CSRF checks."""
    return Client()


@pytest.fixture
def browser_of() -> BrowserOf:
    def browser_of(user: User) -> Client:
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return browser_of


@pytest.fixture
def asha(driver: User) -> User:
    """Return a driver who knows her password."""
    driver.username = "asha"
    driver.set_password(PASSWORD)
    driver.save()
    return driver
