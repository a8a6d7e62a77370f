"""Workers that die, and two at once: nothing is lost, nothing is shown twice, by whichever channel."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from deploy.processes import end_with_parent
from parking.accounts.models import Role, User
from parking.accounts.tasks import mail_reset_links
from parking.checkout.mailing import ask_for_mail
from parking.core import clock
from parking.core.actor import user_actor
from parking.invoices.models import DocumentMail
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Preference, QuietHours
from parking.notifications.noticing import take_events
from parking.notifications.subscribing import subscribe
from parking.payments.models import Payment
from tests.build import book, make_user, make_zone
from tests.moments import START
from tests.notifications.standin import ROOT, MessageStandin
from tests.payments.world import environment_for

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = "import django, runpy; django.setup(); runpy.run_module('tests.notifications.killed', run_name='__main__')"
CHANNELS = ["MAIL", "PUSH", "SMS", "WHATSAPP"]


def told_by_all_channels(messages: MessageStandin) -> User:
    """Return a driver who is told of bookings by every channel, at any hour."""
    driver = make_user(Role.USER)
    User.objects.filter(pk=driver.pk).update(email_confirmed_at=START, phone="9876543210")
    QuietHours.objects.create(person=driver, begin=0, end=0)
    for channel in Channel:
        Preference.objects.create(person=driver, kind="booked", channel=channel, is_on=True)
    browser = messages.control("subscribe")
    actor = user_actor(driver.pk, driver.role)
    subscribe(actor=actor, endpoint=browser["endpoint"], **browser["keys"], now=START)
    return driver


def shown(messages: MessageStandin) -> Counter[str]:
    """Return how many different messages came by each channel."""
    arrived = messages.control("messages")["arrived"]
    return Counter(channel for channel, _ in {(sent["channel"], sent["reference"]) for sent in arrived})


def steps_of(what: str, kind: str) -> set[str]:
    """Return between which steps of a delivery a worker dies: from before the first until after the last."""
    return {
        f"{step} {what} {kind}" for step in ("before claiming", "before sending", "before marking", "after marking")
    }


def test_a_worker_killed_between_every_two_steps_loses_nothing_and_shows_nothing_twice(
    messages: MessageStandin,
) -> None:
    driver = told_by_all_channels(messages)
    book(driver, make_zone(), "KA-01-AB-0001", clock.now())
    mail_reset_links.enqueue([driver.pk], "once")
    ask_for_mail(actor=user_actor(driver.pk, driver.role), payment_id=Payment.objects.get().pk, now=clock.now())
    given = messages.settings() | {"PUSH_PRIVATE_KEY": settings.PUSH_PRIVATE_KEY}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(given)],
        cwd=ROOT,
        env=environment_for("http://127.0.0.1:1"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=end_with_parent(signal.SIGKILL),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # Of a task: it is taken, and its work is written. That it is done, is marked after that.
    commits = ("commit 1 of tasks", "commit 2 of tasks", "commit 1 of events")
    expected = {f"{when} {commit}" for when in ("before", "after") for commit in commits}
    for channel in CHANNELS:
        expected |= steps_of(channel, "booked")
    expected |= steps_of("MAIL", "document")
    assert expected | steps_of("MAIL", "password_reset") <= set(done.stdout.splitlines())
    assert DocumentMail.objects.get().state == "SENT"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"SENT"}
    assert shown(messages) == {"MAIL": 3, "PUSH": 1, "SMS": 1, "WHATSAPP": 1}


def _at_once(work: Callable[[], object]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run) for _ in range(2)]:
            done.result()


def test_two_workers_send_each_thing_once(messages: MessageStandin) -> None:
    driver, zone = told_by_all_channels(messages), make_zone()
    now = clock.now()
    for _ in range(4):
        book(driver, zone, now=now)

    def work() -> None:
        take_events(now=now)
        for channel in Channel:
            deliver(now=now, channel=channel)

    _at_once(work)
    _at_once(work)
    arrived = messages.control("messages")["arrived"]
    assert Counter(sent["channel"] for sent in arrived) == shown(messages) == dict.fromkeys(CHANNELS, 4)
