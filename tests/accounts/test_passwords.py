"""Hashing a password takes long, so nobody may wait for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from parking.accounts.hashers import Argon2idHasher
from parking.accounts.models import Role, User
from tests.accounts.people import LOGIN, PASSWORD
from tests.build import make_user
from tests.client import ApiClient

NEW = "winter-2027"


@pytest.fixture
def in_transaction(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each hash that is made or checked: whether a transaction was open."""
    seen: list[bool] = []

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*args: Any) -> Any:
            seen.append(connection.in_atomic_block)
            return original(*args)

        return watch

    monkeypatch.setattr(Argon2idHasher, "encode", watched(Argon2idHasher.encode))
    monkeypatch.setattr(Argon2idHasher, "verify", watched(Argon2idHasher.verify))
    return seen


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_password_is_hashed(asha: User, in_transaction: list[bool]):
    anybody, as_admin = ApiClient(), ApiClient(make_user(Role.ADMIN))
    ravi = {"username": "ravi", "password": NEW, "phone": "98765-43210"}
    change = {"old_password": PASSWORD, "new_password": NEW}

    answers = [
        anybody.post("/api/auth/register/", ravi, Idempotency_Key="k1"),
        anybody.post("/api/auth/login/", LOGIN),
        ApiClient(asha).post("/api/auth/password/change/", change),
        as_admin.post("/api/admin/users/", ravi | {"username": "gate"}, Idempotency_Key="k1"),
        as_admin.patch(f"/api/admin/users/{asha.pk}/", {"password": NEW}),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 201, 200]
    assert in_transaction == [False] * 6


def test_argon2id_is_as_strong_as_owasp_asks(hashed_password: str):
    assert hashed_password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
