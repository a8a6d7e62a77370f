"""Live pages see what commits late: numbers are given in one order and committed in another."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from parking.accounts.events import SignedIn
from parking.audit import services as audit
from parking.audit.models import AuditEntry
from parking.audit.news import newest_lines
from parking.core.actor import SYSTEM
from tests.concurrency.together import WAIT_SECONDS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer at a time: numbers are committed in the order in which they are given",
    ),
]

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def record(user_id: int) -> None:
    audit.record(SYSTEM, SignedIn(user_id=user_id), NOW)


def test_a_line_with_a_lower_number_that_commits_later_is_news() -> None:
    written, may_commit = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(10)
                written.set()
                assert may_commit.wait(WAIT_SECONDS)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(WAIT_SECONDS)
    record(11)
    before = newest_lines()
    assert before[0] == 1
    may_commit.set()
    thread.join(WAIT_SECONDS)
    assert list(AuditEntry.objects.order_by("pk").values_list("subject_id", flat=True)) == [10, 11]
    assert newest_lines() != before
