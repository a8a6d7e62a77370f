"""The demonstration accounts, and production without them."""

import importlib

import pytest

from parking.accounts.demonstration import create_demonstration_accounts, refuse_demonstration_accounts
from parking.accounts.models import User
from parking.core import clock
from parking.core.production import UnsafeProductionError
from smart_parking import wsgi
from tests.build import make_user
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def test_the_published_logins_work(anybody: ApiClient):
    made = create_demonstration_accounts(airport_id=2, now=clock.now())

    assert [(user.username, user.role) for user in made] == [
        ("admin", "ADMIN"),
        ("superadmin", "ADMIN"),
        ("staff1", "STAFF"),
        ("user123", "USER"),
        ("staff2", "STAFF"),
        ("auditor1", "AUDITOR"),
        ("shop1", "USER"),
    ]
    assert {user.username: user.site_ids for user in made if user.site_ids} == {"staff2": [2]}
    logins = [
        ("admin", "password123"),
        ("superadmin", "password123"),
        ("staff1", "staffpass"),
        ("user123", "userpass"),
        ("staff2", "staffpass"),
        ("auditor1", "auditpass"),
        ("shop1", "shoppass"),
    ]
    for username, password in logins:
        body = {"username": username, "password": password}
        assert anybody.post("/api/auth/login/", body).status_code == 200


def test_a_second_time_makes_nothing_and_changes_nothing():
    create_demonstration_accounts(airport_id=2, now=clock.now())
    User.objects.filter(username="staff1").update(password="!", role="USER")

    assert create_demonstration_accounts(airport_id=2, now=clock.now()) == []
    assert User.objects.count() == 7
    assert User.objects.get(username="staff1").role == "USER"


def test_production_has_none(settings):
    settings.IN_PRODUCTION = True

    with pytest.raises(UnsafeProductionError):
        create_demonstration_accounts(airport_id=2, now=clock.now())
    assert not User.objects.exists()


def test_production_does_not_start_with_published_passwords():
    create_demonstration_accounts(airport_id=2, now=clock.now())
    User.objects.filter(username__in=["superadmin", "user123", "staff2", "auditor1", "shop1"]).update(password="!")

    with pytest.raises(UnsafeProductionError, match=r"demonstration passwords still open admin, staff1\.$"):
        refuse_demonstration_accounts()


def test_a_name_alone_is_no_danger():
    make_user(username="Admin")

    refuse_demonstration_accounts()


def test_the_server_looks_for_them_in_production_only(settings):
    create_demonstration_accounts(airport_id=2, now=clock.now())
    importlib.reload(wsgi)

    settings.IN_PRODUCTION = True

    with pytest.raises(UnsafeProductionError):
        importlib.reload(wsgi)
