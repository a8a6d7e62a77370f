"""Several at the same moment: one winner."""

from collections.abc import Callable
from functools import partial

import pytest
from django.test import RequestFactory
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from parking.accounts import services
from parking.accounts.models import CallWindow, Role, User
from parking.accounts.passwords import HashedPassword
from parking.accounts.throttles import count_call
from parking.accounts.tokens import TokenPair, issue, user_of_access_token
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.actor import user_actor
from tests.accounts.people import PASSWORD
from tests.build import make_user
from tests.concurrency.together import at_once, tally

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_refreshes_of_one_token_have_one_winner():
    user = make_user()
    token = issue(user, now=clock.now()).refresh

    answers = at_once([partial(services.refresh, token=token, now=clock.now())] * 8)

    won = [answer for answer in answers if isinstance(answer, TokenPair)]
    assert len(won) == 1
    assert tally(answers) == {"ok": 1, "token_not_valid": 7}
    assert user_of_access_token(won[0].access) == user
    assert BlacklistedToken.objects.count() == 1
    assert OutstandingToken.objects.count() == 2
    assert AuditEntry.objects.filter(action="token.refreshed").count() == 1


def test_a_refresh_and_a_logout_have_one_winner():
    token = issue(make_user(), now=clock.now()).refresh
    now = clock.now()
    calls: list[Callable[[], object]] = [
        partial(services.refresh, token=token, now=now),
        partial(services.logout, token=token, caller=None, now=now),
    ]

    answers = at_once(calls * 2)

    assert tally(answers) == {"ok": 1, "token_not_valid": 3}


def test_of_four_password_changes_at_once_one_wins(asha: User, rf: RequestFactory):
    def change(number: int) -> TokenPair:
        return services.change_password(
            rf.post("/api/auth/password/change/"),
            user=asha,
            old_password=PASSWORD,
            new_password=f"winter-202{number}",
            now=clock.now(),
        )

    answers = at_once([partial(change, number) for number in range(4)])

    assert tally(answers) == {"ok": 1, "password_wrong": 3}
    asha.refresh_from_db()
    assert asha.token_epoch == 1


def test_administrators_who_suspend_each_other_leave_one():
    admins = [make_user(Role.ADMIN) for _ in range(4)]

    def suspend(by: User, whom: User) -> User:
        return services.update_user(
            actor=user_actor(by.pk, by.role),
            user_id=whom.pk,
            changes={"is_active": False},
            password=None,
            now=clock.now(),
        )

    answers = at_once([partial(suspend, by, whom) for by, whom in zip(admins, admins[1:] + admins[:1], strict=True)])

    assert tally(answers) == {"ok": 3, "last_admin": 1}
    assert User.objects.filter(is_active=True, role=Role.ADMIN).count() == 1


def test_one_username_goes_to_one_of_eight():
    def register(number: int) -> User:
        return services.register(
            username="asha" if number % 2 else "ASHA",
            password=HashedPassword("!"),
            profile={"email": "asha@example.org"},
            now=clock.now(),
        )

    answers = at_once([partial(register, number) for number in range(8)])

    assert tally(answers) == {"ok": 1, "username_taken": 7}
    assert User.objects.count() == 1


def test_calls_at_once_do_not_pass_the_limit():
    now = clock.now()

    answers = at_once([partial(count_call, scope="login", address="192.0.2.1", limit=3, now=now)] * 8)

    assert tally(answers) == {"ok": 3, "too_many_requests": 5}
    assert CallWindow.objects.get().calls == 3
