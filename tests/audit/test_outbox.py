"""The outbox: events for those who listen, in the transaction of the change, and nothing for nobody."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from parking.accounts.events import SignedIn
from parking.audit import outbox
from parking.audit.events import Event, read_event
from parking.audit.models import AuditEntry, OutboxEvent
from parking.audit.outbox import forget_processed, listen, listeners_of, mark_done, unprocessed
from parking.audit.services import record
from parking.core.actor import user_actor
from parking.stays.events import SessionEntered, SessionEvent, SessionQuoted

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
ATTENDANT = user_actor(12, "STAFF")
QUOTED = SessionQuoted(session_id=7, total=Decimal("100.00"))
ENTERED = SessionEntered(session_id=7, slot_id=5)


@pytest.fixture(autouse=True)
def _no_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_LISTENERS", {})


def _is_dear(event: SessionQuoted) -> bool:
    return event.total > 400


def statements(event: Event) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        record(ATTENDANT, event, NOW)
    return [query["sql"].split(" (")[0] for query in captured.captured_queries]


def test_without_a_listener_the_line_is_the_only_statement() -> None:
    assert statements(QUOTED) == ['INSERT INTO "audit_auditentry"']
    assert not OutboxEvent.objects.exists()


def test_a_listener_gets_what_the_line_says() -> None:
    listen(SessionQuoted, "webhooks")
    record(ATTENDANT, QUOTED, NOW)
    record(ATTENDANT, ENTERED, NOW)
    row = OutboxEvent.objects.get()
    assert (row.listener, row.action, row.subject_kind, row.subject_id) == ("webhooks", "session.quoted", "session", 7)
    assert (row.at, row.actor_id, row.actor_role, row.processed_at) == (NOW, 12, "STAFF", None)
    assert row.facts == {"total": "100.00"}
    assert read_event(row) == QUOTED


def test_listening_to_a_base_is_listening_to_all_its_types_once() -> None:
    listen(SessionEvent, "webhooks")
    listen(SessionQuoted, "webhooks")
    listen(SessionQuoted, "alerts")
    assert listeners_of(QUOTED) == ["webhooks", "alerts"]
    assert listeners_of(ENTERED) == ["webhooks"]
    assert listeners_of(SignedIn(user_id=7)) == []


def test_a_listener_may_want_some_events_of_a_type_only() -> None:
    listen(SessionQuoted, "webhooks", when=_is_dear)
    assert statements(QUOTED) == ['INSERT INTO "audit_auditentry"']
    record(ATTENDANT, SessionQuoted(session_id=8, total=Decimal("500.00")), NOW)
    assert [row.subject_id for row in OutboxEvent.objects.all()] == [8]


def test_what_was_processed_is_kept_for_a_week() -> None:
    listen(SessionEvent, "webhooks")
    for event in (ENTERED, QUOTED):
        record(ATTENDANT, event, NOW)
    with transaction.atomic():
        mark_done(unprocessed("webhooks", limit=1), now=NOW)
    assert forget_processed(now=NOW + timedelta(days=6, hours=23)) == 0
    assert forget_processed(now=NOW + timedelta(days=7)) == 1
    assert [read_event(row) for row in OutboxEvent.objects.all()] == [QUOTED]


def test_events_that_a_listener_leaves_for_later_hold_up_none_behind_them() -> None:
    listen(SessionEvent, "webhooks")
    for event in (ENTERED, QUOTED):
        record(ATTENDANT, event, NOW)
    first = OutboxEvent.objects.earliest("pk")
    with transaction.atomic():
        assert [read_event(row) for row in unprocessed("webhooks", limit=1, without=[first.pk])] == [QUOTED]


def test_a_change_that_is_rolled_back_leaves_neither_line_nor_row() -> None:
    listen(SessionQuoted, "webhooks")
    with transaction.atomic():
        record(ATTENDANT, QUOTED, NOW)
        assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == (1, 1)
        transaction.set_rollback(True)
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_cannot_be_written_takes_the_line_with_it() -> None:
    listen(SessionQuoted, None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)null"):
        record(ATTENDANT, QUOTED, NOW)
    assert not AuditEntry.objects.exists()


def test_a_listener_gets_the_oldest_of_its_own_until_they_are_done() -> None:
    listen(SessionEvent, "webhooks")
    listen(SessionEntered, "alerts")
    for event in (ENTERED, QUOTED, QUOTED):
        record(ATTENDANT, event, NOW)
    later = NOW + timedelta(minutes=1)
    with transaction.atomic():
        first = unprocessed("webhooks", limit=2)
        assert [read_event(row) for row in first] == [ENTERED, QUOTED]
        mark_done(first, now=later)
        assert [read_event(row) for row in unprocessed("webhooks", limit=9)] == [QUOTED]
        assert [read_event(row) for row in unprocessed("alerts", limit=9)] == [ENTERED]
    assert list(OutboxEvent.objects.filter(processed_at=later).values_list("pk", flat=True)) == [
        row.pk for row in first
    ]
