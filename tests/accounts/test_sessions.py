"""Signing in and out on a page, and what ends a session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import RequestFactory

from parking.accounts import services, sessions
from parking.accounts.models import Role, User
from parking.accounts.tokens import issue, user_of_access_token
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.errors import DomainError
from tests.accounts.people import PASSWORD, audit_lines
from tests.build import actor, make_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "winter-2027"
NOON = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)


def page(session_key: str | None = None, **form: str) -> HttpRequest:
    """A form posted by a browser with this session."""
    request = RequestFactory().post("/sign-in/", form)
    request.session = SessionStore(session_key)
    request.user = auth.get_user(request) if session_key else AnonymousUser()
    return request


def sign_in(request: HttpRequest | None = None, password: str = PASSWORD) -> HttpRequest:
    request = request or page()
    sessions.sign_in_session(request, username="asha", password=password, now=clock.now())
    request.session.save()
    return request


def user_of(request: HttpRequest) -> Any:
    """Whom the next request of this browser speaks for."""
    return auth.get_user(page(request.session.session_key))


def code_of(call) -> str:
    with pytest.raises(DomainError) as caught:
        call()
    return caught.value.code


def test_signing_in_makes_the_session_the_users(asha: User):
    with time_machine.travel(NOON, tick=False):
        request = sign_in()

    assert request.user == asha
    assert user_of(request) == asha
    asha.refresh_from_db()
    assert asha.last_login == NOON
    assert audit_lines() == [("login", asha.pk, asha.pk, False)]


def test_signing_in_changes_the_key_of_the_session_and_the_csrf_token(asha: User):
    request = page()
    request.session.save()
    before = request.session.session_key
    request.META["CSRF_COOKIE"] = "a" * 32

    sign_in(request)

    assert request.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert request.META["CSRF_COOKIE"] != "a" * 32


def test_a_wrong_password_is_on_record_and_signs_nobody_in(asha: User):
    request = page()

    assert code_of(lambda: sign_in(request, "wrong")) == "invalid_credentials"
    assert not request.user.is_authenticated
    assert audit_lines() == [("refused.invalid_credentials", None, asha.pk, True)]


def test_pages_and_api_share_one_count_of_failures(asha: User):
    requests = [page() for _ in range(4)]
    assert [code_of(lambda request=request: sign_in(request, "wrong")) for request in requests] == [
        "invalid_credentials"
    ] * 4
    api = RequestFactory().post("/api/auth/login/")
    assert code_of(lambda: services.login(api, username="Asha", password="x", now=clock.now())) == "invalid_credentials"

    assert code_of(sign_in) == "too_many_attempts"


def test_the_failure_that_locks_out_leaves_the_answer_to_the_page(asha: User, settings):
    settings.AXES_FAILURE_LIMIT = 1
    request = page()

    assert code_of(lambda: sign_in(request, "wrong")) == "invalid_credentials"
    assert getattr(request, "axes_locked_out", None) is False


def test_no_field_of_a_form_is_kept_with_a_failure(asha: User):
    request = page(username="asha", passphrase="wrong", new_password=NEW_PASSWORD)

    assert code_of(lambda: sign_in(request, "wrong")) == "invalid_credentials"

    attempt = AccessAttempt.objects.get()
    assert (attempt.get_data, attempt.post_data) == ("", "")


def test_pages_and_api_share_one_throttle(asha: User, settings):
    settings.LOGINS_PER_MINUTE = 1
    with time_machine.travel(NOON, tick=False):
        sign_in()
        api = RequestFactory().post("/api/auth/login/")

        assert code_of(sign_in) == "too_many_requests"
        assert (
            code_of(lambda: services.login(api, username="asha", password=PASSWORD, now=clock.now()))
            == "too_many_requests"
        )


def test_signing_out_forgets_the_session(asha: User):
    request = sign_in()
    key = request.session.session_key

    sessions.sign_out_session(request, now=clock.now())

    assert not request.user.is_authenticated
    assert not Session.objects.filter(session_key=key).exists()
    assert audit_lines()[-1] == ("logout", asha.pk, asha.pk, False)


def test_signing_out_twice_is_no_error(db: None):
    sessions.sign_out_session(page(), now=clock.now())
    assert not AuditEntry.objects.exists()


# --- What ends a session ---------------------------------------------------------------------------


def test_a_suspended_user_is_out_with_the_next_request_for_good(asha: User, admin: User):
    request = sign_in()

    def set_active(value: bool) -> None:
        services.update_user(
            actor=actor(admin), user_id=asha.pk, changes={"is_active": value}, password=None, now=clock.now()
        )

    set_active(False)
    assert not user_of(request).is_authenticated
    set_active(True)
    assert not user_of(request).is_authenticated


def test_a_user_who_is_inactive_without_a_new_epoch_is_out_too(asha: User):
    request = sign_in()
    User.objects.filter(pk=asha.pk).update(is_active=False)
    assert not user_of(request).is_authenticated


def test_a_new_epoch_alone_ends_the_session(asha: User):
    request = sign_in()
    User.objects.filter(pk=asha.pk).update(token_epoch=1)
    assert not user_of(request).is_authenticated


def test_an_administrators_new_password_ends_the_session(asha: User, admin: User):
    request = sign_in()
    services.update_user(actor=actor(admin), user_id=asha.pk, changes={}, password=NEW_PASSWORD, now=clock.now())
    assert not user_of(request).is_authenticated


def test_a_new_role_holds_with_the_next_request(asha: User):
    request = sign_in()
    User.objects.filter(pk=asha.pk).update(role=Role.STAFF)
    assert user_of(request).role == "STAFF"


# --- A new password --------------------------------------------------------------------------------


def change(request: HttpRequest, user: Any, old: str = PASSWORD, new: str = NEW_PASSWORD) -> User:
    return sessions.change_password_on_page(request, user=user, old_password=old, new_password=new, now=clock.now())


def test_a_new_password_keeps_this_session_and_ends_all_others(asha: User):
    here, elsewhere = sign_in(), sign_in()
    token = issue(asha, now=clock.now()).access
    key = here.session.session_key
    request = page(key)

    change(request, request.user)
    request.session.save()

    assert user_of(request) == asha
    assert request.session.session_key != key
    assert not user_of(elsewhere).is_authenticated
    assert user_of_access_token(token) is None
    assert audit_lines()[-1] == ("password.changed", asha.pk, asha.pk, False)
    sign_in(password=NEW_PASSWORD)


def test_an_api_password_change_ends_the_sessions(asha: User, rf: RequestFactory):
    request = sign_in()
    services.change_password(rf.post("/"), user=asha, old_password=PASSWORD, new_password=NEW_PASSWORD, now=clock.now())
    assert not user_of(request).is_authenticated


@pytest.mark.parametrize(
    ("old", "new", "code"), [("wrong", NEW_PASSWORD, "password_wrong"), (PASSWORD, "short", "validation_error")]
)
def test_what_is_refused_changes_nothing(asha: User, old: str, new: str, code: str):
    request = sign_in()

    assert code_of(lambda: change(page(request.session.session_key), asha, old, new)) == code
    assert user_of(request) == asha
    sign_in()


# --- Housekeeping ----------------------------------------------------------------------------------


def test_sessions_whose_time_is_over_are_forgotten(asha: User):
    with time_machine.travel(NOON, tick=False) as moment:
        sign_in()
        moment.shift(timedelta(days=13))
        request = sign_in()
        moment.shift(timedelta(days=1))

        assert sessions.forget_expired_sessions(now=clock.now()) == 1
        assert user_of(request) == asha


def test_other_people_are_not_concerned(asha: User, hashed_password: str):
    other = make_user(Role.USER, "ravi")
    User.objects.filter(pk=other.pk).update(password=hashed_password)
    theirs = page()
    sessions.sign_in_session(theirs, username="ravi", password=PASSWORD, now=clock.now())
    theirs.session.save()
    here = sign_in()

    change(page(here.session.session_key), asha)

    assert user_of(theirs) == other
