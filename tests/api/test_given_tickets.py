"""A ticket given at the gate and not scanned in: entered or gone? None ends as a no-show with the car inside."""

from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import expiring
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.notifications.kinds import kind_of
from parking.reports.renderers import digest_of
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.api.test_statements import at_most
from tests.build import book, enter, give_ticket, leave, reloaded, take_ticket
from tests.client import ApiClient
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def given(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    time_machine.move_to(START, tick=False)
    return give_ticket(staff, zone, PLATE, START)


def say(user: User, session: ParkingSession, answer: str) -> Any:
    return ApiClient(user).post(f"/api/staff/sessions/{session.pk}/ticket/", {"answer": answer})


def asked(staff: User, session: ParkingSession) -> bool:
    (row,) = data_of(ApiClient(staff).get("/api/staff/expected/", q=str(session.pk)))["results"]
    return bool(row["asked"])


def test_after_five_minutes_it_is_asked_about(staff: User, given: ParkingSession, time_machine: Traveller) -> None:
    time_machine.move_to(at(4), tick=False)
    assert not asked(staff, given)
    time_machine.move_to(at(5), tick=False)
    assert asked(staff, given)


def test_nobodys_silence_makes_it_a_no_show_and_a_late_scan_lets_it_in(
    staff: User, zone: ParkingZone, given: ParkingSession
) -> None:
    kiosk = take_ticket(zone, now=START)
    assert ParkingSession.objects.overdue(at(31)).count() == 1
    assert expiring.expire_no_shows(now=at(31)) == 1
    assert (reloaded(kiosk).end_reason, reloaded(given).status) == ("NO_SHOW", "BOOKED")
    assert enter(staff, given, at(45)).entry_time == at(45)


def test_entered_bills_from_the_ticket_on(staff: User, given: ParkingSession, time_machine: Traveller) -> None:
    time_machine.move_to(at(70), tick=False)
    answer = data_of(say(staff, given, "ENTERED"))
    assert (answer["status"], answer["entry_time"]) == ("ACTIVE", "2026-11-22T04:30:00Z")
    lines = list(AuditEntry.objects.filter(subject_id=given.pk).order_by("pk").values_list("action", "actor_id", "at"))
    assert lines[-2:] == [
        ("session.entry_stated", staff.pk, at(70)),
        ("session.entered", staff.pk, at(70)),
    ]
    with nothing_changes():
        data_of(say(staff, given, "ENTERED"))
        assert problem_of(say(staff, given, "GONE")) == (400, "already_entered")
    # 125 minutes from the ticket, two hours.
    leave(staff, given, now=at(125))
    assert reloaded(given).bill.total == Decimal("100.00")
    assert_books_agree()


def test_gone_ends_the_ticket_and_frees_its_slot(
    staff: User, zone: ParkingZone, given: ParkingSession, time_machine: Traveller
) -> None:
    time_machine.move_to(at(40), tick=False)
    assert data_of(say(staff, given, "GONE"))["status"] == "CANCELLED"
    with nothing_changes():
        data_of(say(staff, given, "GONE"))
        assert problem_of(say(staff, given, "ENTERED")) == (400, "booking_cancelled")
    assert take_ticket(zone, now=at(40)).slot_number == given.slot_number
    assert_books_agree()


def test_only_a_ticket_of_the_gate_is_answered_for(
    staff: User, driver: User, zone: ParkingZone, given: ParkingSession
) -> None:
    booked, kiosk = book(driver, zone), take_ticket(zone)
    with nothing_changes():
        for session in (booked, kiosk):
            for answer in ("ENTERED", "GONE"):
                assert problem_of(say(staff, session, answer)) == (400, "not_given_ticket")
        assert problem_of(say(staff, given, "MAYBE")) == (400, "validation_error")


def test_a_list_of_tickets_asks_once_what_was_given(
    staff: User, zone: ParkingZone, given: ParkingSession, time_machine: Traveller
) -> None:
    give_ticket(staff, zone, "DL-01-AB-1235", START)
    # Each is overdue by now, and to be asked about.
    time_machine.move_to(at(40), tick=False)
    with at_most(3):
        rows = data_of(ApiClient(staff).get("/api/staff/expected/"))["results"]
    assert [(row["may_enter"], row["asked"]) for row in rows] == [(True, True)] * 2


def test_managers_are_told_of_what_nobody_answered_for_an_hour(
    staff: User, zone: ParkingZone, given: ParkingSession
) -> None:
    def told(minute: float) -> list[dict[str, Any]]:
        make = digest_of(ALL_SITES, at(minute))
        return make(staff.pk).values["waiting"] if make else []

    assert told(59) == []
    assert told(60) == [{"code": "TICKETS_UNANSWERED", "count": 1, "amount": "", "days": 0}]
    assert kind_of("digest").lines.words(told(60)) == ["Tickets without an answer, entered or gone: 1"]
    assert digest_of(frozenset({zone.site_id + 1}), at(60)) is None
    enter(staff, given, at(60))
    assert told(61) == []
