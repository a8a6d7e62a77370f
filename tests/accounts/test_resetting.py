"""A new password by a link that comes by mail."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from parking.accounts import mails, resetting, services
from parking.accounts.models import Role, User
from parking.accounts.tasks import mail_reset_links
from parking.accounts.tokens import issue, user_of_access_token
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.errors import DomainError, Refused, TooMany
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Notice
from tests.accounts.people import PASSWORD, audit_lines
from tests.build import make_user
from tests.concurrency.together import at_once, tally

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
NEW_PASSWORD = "winter-2027"
LINK = re.compile(r"^http://127\.0\.0\.1:8000/password/reset/([^/]+)/([^/]+)/$", re.MULTILINE)


def request() -> HttpRequest:
    return RequestFactory().post("/password/forgotten/")


def ask(text: str = "asha", now: datetime = NOON) -> None:
    resetting.request_password_reset(request(), email_or_username=text, now=now)


def work(now: datetime = NOON) -> int:
    """Carry out what is queued, as the worker does; answers how many mails went out."""
    rows = list(DBTaskResult.objects.filter(task_path=mail_reset_links.module_path).order_by("enqueued_at"))
    DBTaskResult.objects.filter(pk__in=[row.pk for row in rows]).delete()
    asked = [row.args_kwargs["args"] for row in rows]
    told = sum(mails.mail_reset_links(user_ids, now=now, wish=wish) for user_ids, wish in asked)
    deliver(now=now, channel=Channel.MAIL)
    return told


def link_of(user: User, now: datetime = NOON) -> dict[str, str]:
    """Uid and token of the link in the mail that this user gets."""
    ask(user.username, now)
    work(now)
    found = LINK.search(str(mail.outbox[-1].body))
    assert found
    return {"uid": found[1], "token": found[2]}


def reset(link: dict[str, str], password: str = NEW_PASSWORD, now: datetime = NOON) -> User:
    return resetting.reset_password(**link, new_password=password, now=now)


def refuses(link: dict[str, str], now: datetime = NOON) -> bool:
    """Whether a link is refused, when it is looked at and when it is used."""
    with pytest.raises(Refused) as caught:
        reset(link, now=now)
    return caught.value.code == "reset_link_invalid" and not resetting.reset_link_is_valid(**link, now=now)


def signs_in(password: str) -> bool:
    try:
        services.login(request(), username="Asha", password=password, now=clock.now())
    except DomainError:
        return False
    return True


# --- Asking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Asha", "asha", " ASHA ", "someone@example.org", "Someone@Example.ORG"])
def test_the_mail_goes_to_the_account_of_this_name_or_address(asha: User, text: str) -> None:
    ask(text)
    assert mail.outbox == []
    assert work() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["someone@example.org"], "Your new password for Smart Parking")
    assert 'account "Asha"' in sent.body
    assert LINK.search(str(sent.body))
    assert audit_lines() == [("password.reset_mailed", None, asha.pk, False)]


@pytest.mark.parametrize("text", ["nobody", "nobody@example.org", "", "%", "a" * 500])
def test_for_an_unknown_name_as_much_happens_and_no_mail_goes_out(asha: User, text: str) -> None:
    ask()
    statements = []
    for known_or_not in ("asha", text):
        with CaptureQueriesContext(connection) as captured:
            ask(known_or_not)
        statements.append([query["sql"][:20] for query in captured.captured_queries])
    assert statements[0] == statements[1]
    newest = DBTaskResult.objects.latest("enqueued_at")
    assert newest.args_kwargs["args"][0] == []
    assert mails.mail_reset_links([], now=NOON) == len(mail.outbox) == 0


@pytest.mark.parametrize("changes", [{"is_active": False}, {"email": ""}])
def test_who_is_suspended_or_has_no_address_gets_none(asha: User, changes: dict[str, object]) -> None:
    User.objects.filter(pk=asha.pk).update(**changes)
    ask()
    assert (work(), mail.outbox) == (0, [])


def test_who_was_suspended_before_the_mail_was_sent_gets_none(asha: User) -> None:
    ask()
    User.objects.filter(pk=asha.pk).update(is_active=False)
    assert (work(), mail.outbox) == (0, [])


def test_accounts_that_share_an_address_get_a_mail_each(asha: User) -> None:
    make_user(Role.USER, "ravi")
    ask("someone@example.org")
    assert work() == 2
    assert ['account "Asha"' in mail.outbox[0].body, 'account "ravi"' in mail.outbox[1].body] == [True, True]


def test_one_click_sends_ten_mails_at_most(db: None) -> None:
    for _ in range(12):
        make_user()
    ask("someone@example.org")
    assert work() == 10


def test_the_mail_is_in_the_users_language(asha: User) -> None:
    User.objects.filter(pk=asha.pk).update(language="hi")
    ask()
    work()
    with translation.override("hi"):
        subject = translation.gettext("Your new password for %(brand)s")
    assert mail.outbox[0].subject == subject % {"brand": "Smart Parking"}
    assert translation.get_language() == "en"


def test_the_link_begins_with_the_address_of_the_pages(asha: User, settings) -> None:
    settings.BASE_URL = "https://parking.example"
    ask()
    work()
    assert f"\nhttps://parking.example/password/reset/{asha.pk}/" in mail.outbox[0].body


def test_asking_is_throttled_by_address(asha: User, settings) -> None:
    settings.RESETS_PER_MINUTE = 2
    for text in ("asha", "nobody"):
        ask(text)
    with pytest.raises(TooMany):
        ask()
    ask(now=NOON + timedelta(minutes=1))


def test_one_account_gets_three_mails_a_minute_at_most(asha: User) -> None:
    for _ in range(5):
        ask()
    assert work() == 3
    ask()
    assert work(NOON + timedelta(minutes=1)) == 1


def test_a_mail_server_that_refuses_stops_no_other_mail_and_tells_no_address(
    asha: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again by the schedule, with a link of that moment."""
    make_user(Role.USER, "ravi")
    failures: list[Exception] = [
        SMTPRecipientsRefused({"someone@example.org": (450, b"later")}),
        ConnectionRefusedError(),
    ]
    send = EmailMultiAlternatives.send

    def fail_twice(message: EmailMultiAlternatives) -> int:
        if failures and "Asha" in message.body:
            raise failures.pop(0)
        return send(message)

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail_twice)
    ask("someone@example.org")
    assert work() == 2
    assert ['account "ravi"' in sent.body for sent in mail.outbox] == [True]
    assert "not_delivered" in caplog.text
    assert "example.org" not in caplog.text
    later = NOON + timedelta(minutes=6)
    for minutes in (1, 5.9, 6):
        deliver(now=NOON + timedelta(minutes=minutes), channel=Channel.MAIL)
    found = LINK.search(str(mail.outbox[-1].body))
    assert found and found[1] == str(asha.pk)
    link = {"uid": found[1], "token": found[2]}
    assert resetting.reset_link_is_valid(**link, now=later + timedelta(hours=1))
    assert not resetting.reset_link_is_valid(**link, now=later + timedelta(hours=1, seconds=1))


def test_the_link_is_stored_nowhere(asha: User) -> None:
    token = link_of(asha)["token"]
    rows = [*Notice.objects.values(), *Delivery.objects.values(), *AuditEntry.objects.values()]
    assert rows and token not in repr(rows)


def test_a_task_that_is_run_twice_sends_one_mail(asha: User) -> None:
    told = [mails.mail_reset_links([asha.pk], now=NOON, wish=wish) for wish in ("one", "one", "two")]
    deliver(now=NOON, channel=Channel.MAIL)
    assert (told, len(mail.outbox)) == ([1, 0, 1], 2)


def test_a_mail_that_failed_is_not_sent_to_who_has_signed_in_meanwhile(asha: User) -> None:
    ask()
    mails.mail_reset_links([asha.pk], now=NOON)
    User.objects.filter(pk=asha.pk).update(last_login=NOON)
    deliver(now=NOON, channel=Channel.MAIL)
    assert (mail.outbox, Delivery.objects.get().error) == ([], "outdated")


# --- The link ----------------------------------------------------------------------------------------


def test_the_link_sets_the_password_once(asha: User) -> None:
    link = link_of(asha)
    assert resetting.reset_link_is_valid(**link, now=NOON)

    reset(link)

    assert signs_in(NEW_PASSWORD)
    assert not signs_in(PASSWORD)
    assert AuditEntry.objects.filter(action="password.reset", actor_id=asha.pk, subject_id=asha.pk).count() == 1
    assert refuses(link)


def test_all_tokens_and_links_die(asha: User) -> None:
    first, second = link_of(asha), link_of(asha, NOON + timedelta(seconds=1))
    access = issue(asha, now=clock.now()).access
    reset(second)
    assert user_of_access_token(access) is None
    asha.refresh_from_db()
    assert asha.token_epoch == 1
    assert refuses(first)


def test_the_link_is_good_for_an_hour(asha: User) -> None:
    link = link_of(asha)
    assert resetting.reset_link_is_valid(**link, now=NOON + timedelta(seconds=3600))
    assert refuses(link, now=NOON + timedelta(seconds=3601))
    reset(link, now=NOON + timedelta(seconds=3600))


@pytest.mark.parametrize(
    "changes",
    [{"is_active": False}, {"token_epoch": 5}, {"email": "other@example.org"}, {"password": "!"}, {"last_login": NOON}],
)
def test_the_link_dies_with_a_change_of_the_account(asha: User, changes: dict[str, object]) -> None:
    link = link_of(asha)
    User.objects.filter(pk=asha.pk).update(**changes)
    assert refuses(link)


@pytest.mark.parametrize("part", ["uid", "token"])
@pytest.mark.parametrize(
    "text", ["", "0", "x", "-1", "9" * 30, "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21", "cz2-0", "%00", "İ", "a-b-c"]
)
def test_a_forged_link_is_refused(asha: User, part: str, text: str) -> None:
    assert refuses(link_of(asha) | {part: text})
    assert signs_in(PASSWORD)


def test_ones_link_does_not_open_anothers_account(asha: User) -> None:
    other = make_user()
    assert refuses(link_of(asha) | {"uid": str(other.pk)})


def test_a_bad_password_leaves_the_link_good(asha: User) -> None:
    link = link_of(asha)
    with pytest.raises(Refused) as caught:
        reset(link, "short")
    assert caught.value.code == "validation_error"
    reset(link)


def test_who_was_locked_out_may_sign_in_at_once(asha: User) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            assert not signs_in("wrong")
        assert not signs_in(PASSWORD)
        AccessAttempt.objects.create(username="ravi", ip_address="127.0.0.1", failures_since_start=1)
        reset(link_of(asha))
        assert signs_in(NEW_PASSWORD)
    assert AccessAttempt.objects.get().username == "ravi"


@pytest.mark.django_db(transaction=True)
def test_of_four_who_use_one_link_at_once_one_sets_the_password(asha: User) -> None:
    link = link_of(asha)
    answers = at_once([partial(reset, link, f"winter-202{number}") for number in range(4)])
    assert tally(answers) == {"ok": 1, "reset_link_invalid": 3}
    asha.refresh_from_db()
    assert asha.token_epoch == 1
