"""What the account model promises."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError

from parking.accounts.models import User
from tests.build import make_user

pytestmark = pytest.mark.django_db


def test_usernames_differ_in_more_than_letter_case():
    make_user(username="Asha")

    with pytest.raises(IntegrityError, match="username_once"):
        make_user(username="aSHA")


def test_roles_are_known_ones():
    make_user()

    with pytest.raises(IntegrityError, match="user_role_known"):
        User.objects.update(role="ROOT")


def test_createsuperuser_makes_an_administrator(monkeypatch: pytest.MonkeyPatch, rf):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-password")

    call_command("createsuperuser", "--no-input", "--username", "meera", "--email", "meera@example.org", verbosity=0)

    user = authenticate(rf.post("/"), username="MEERA", password="a-long-password")
    assert isinstance(user, User)
    assert (user.role, user.is_superuser) == ("ADMIN", True)
