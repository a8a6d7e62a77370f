"""Drivers in their browsers."""

import pytest
from django.test import Client

from parking.accounts.models import User


def browser_of(user: User | None = None) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client(enforce_csrf_checks=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def page(driver: User) -> Client:
    return browser_of(driver)
