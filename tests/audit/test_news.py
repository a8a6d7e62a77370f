"""One read says whether anything was recorded, in whatever order transactions commit."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.audit import news
from parking.audit.models import AuditEntry
from parking.audit.news import newest_lines, news_now

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def write(*numbers: int) -> None:
    AuditEntry.objects.bulk_create(AuditEntry(pk=number, at=NOW, action="slot.changed") for number in numbers)


def test_an_empty_record_has_no_news() -> None:
    assert newest_lines() == (0, 0, 0)


def test_each_line_is_news() -> None:
    write(5)
    assert newest_lines() == (1, 5, 5)
    write(6)
    assert newest_lines() == (2, 5, 6)


def test_a_line_that_is_committed_after_a_later_one_is_news() -> None:
    write(5, 7)
    before = newest_lines()
    write(6)
    assert newest_lines() == (3, 5, 7) != before


def test_so_it_is_when_there_are_more_lines_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LINES", 3)
    write(1, 2, 3, 4, 6)
    assert newest_lines() == (3, 3, 6)
    write(5)
    assert newest_lines() == (3, 4, 6)


def test_all_who_ask_within_a_second_take_one_statement() -> None:
    write(5)
    with CaptureQueriesContext(connection) as found:
        assert [news_now.value() for _ in range(10)] == [(1, 5, 5)] * 10
    assert len(found) == 1
