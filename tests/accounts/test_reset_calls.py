"""POST /api/auth/password/reset/ and …/reset/confirm/"""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from tests.accounts.mailing import send_queued_mails
from tests.accounts.people import LOGIN, body_of, failure, wrong_fields
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

RESET = "/api/auth/password/reset/"
CONFIRM = "/api/auth/password/reset/confirm/"
LINK = re.compile(r"/password/reset/([^/]+)/([^/]+)/$", re.MULTILINE)


def link_for(anybody: ApiClient) -> dict[str, str]:
    assert anybody.post(RESET, {"email": "someone@example.org"}).status_code == 200
    send_queued_mails()
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return {"uid": found[1], "token": found[2]}


def test_a_forgotten_password_is_set_with_the_mailed_link(anybody: ApiClient, asha: User) -> None:
    link = link_for(anybody)

    assert anybody.post(CONFIRM, link | {"new_password": "winter-2027"}).status_code == 200

    assert anybody.post("/api/auth/login/", LOGIN | {"password": "winter-2027"}).status_code == 200
    assert failure(anybody.post(CONFIRM, link | {"new_password": "summer-2028"})) == (400, "reset_link_invalid")
    asha.refresh_from_db()
    assert asha.email_confirmed_at is not None


def test_nobody_learns_whether_there_is_an_account(anybody: ApiClient, asha: User) -> None:
    seen = []
    anybody.post(RESET, {"email": "first@example.org"})
    for email in ("someone@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as captured:
            answer = anybody.post(RESET, {"email": email})
        seen.append((answer.status_code, body_of(answer), [query["sql"][:20] for query in captured.captured_queries]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("email", ["", "asha", None, 7, "x" * 300])
def test_bad_input_is_refused(anybody: ApiClient, email: object) -> None:
    assert wrong_fields(anybody.post(RESET, {"email": email})) == ["email"]


def test_a_bad_password_leaves_the_link_good(anybody: ApiClient, asha: User) -> None:
    link = link_for(anybody)
    assert wrong_fields(anybody.post(CONFIRM, link | {"new_password": "short"})) == ["new_password"]
    assert anybody.post(CONFIRM, link | {"new_password": "winter-2027"}).status_code == 200


def test_both_calls_are_throttled_by_address(anybody: ApiClient, asha: User, settings) -> None:
    settings.RESETS_PER_MINUTE = settings.LOGINS_PER_MINUTE = 2
    forged = {"uid": "1", "token": "x-y", "new_password": "winter-2027"}
    asked = [anybody.post(RESET, {"email": "a@example.org"}).status_code for _ in range(3)]
    tried = [anybody.post(CONFIRM, forged).status_code for _ in range(3)]
    assert (asked, tried) == ([200, 200, 429], [400, 400, 429])
