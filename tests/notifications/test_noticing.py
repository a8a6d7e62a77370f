"""From an event to a notice and its deliveries: in the transaction of the change, once for each person."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from parking.accounts.models import User
from parking.audit import services as audit
from parking.audit.events import read_event
from parking.audit.models import OutboxEvent
from parking.core.actor import SYSTEM
from parking.core.errors import Forbidden
from parking.facilities.models import ParkingZone
from parking.notifications import rendering
from parking.notifications.kinds import Message
from parking.notifications.models import Channel, Delivery, Notice, Preference
from parking.notifications.noticing import take_events, tell
from parking.notifications.queries import broken_events, oldest_message_wait
from parking.notifications.retrying import render_again
from parking.notifications.texts import words_of
from parking.stays.events import ReservationUnplaced, SessionEntered
from tests.build import actor, book, cancel, enter, leave, take_ticket, terminate
from tests.moments import START, at
from tests.notifications.conftest import work

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_a_journey_tells_its_driver_each_thing_once(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "KA-01-AB-0001", START)
    enter(staff, session, at(10))
    leave(staff, session, "CASH", at(70))
    for _ in range(2):
        work(at(71))
    assert kinds() == ["booked", "entered", "left"]
    # Entering is told by mail to nobody who has not chosen that.
    assert [sent.subject for sent in mail.outbox] == [
        "KA 01 AB 0001 is booked at Zone A",
        "KA 01 AB 0001 has left Zone A: ₹50",
    ]
    assert [sent.to for sent in mail.outbox] == [["asha@example.org"]] * 2


def test_a_booking_with_a_fee_is_one_row_of_the_outbox(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    assert list(OutboxEvent.objects.values_list("action", flat=True)) == ["payment.captured"]


def test_a_booking_without_a_fee_is_told_too(driver: User, zone: ParkingZone) -> None:
    ParkingZone.objects.update(booking_fee=Decimal(0))
    book(driver, zone, now=START)
    work(START)
    assert kinds() == ["booked"]


def test_a_cancelled_booking_and_its_refund(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "KA-01-AB-0002", START)
    cancel(driver, session, at(1))
    work(at(2))
    assert kinds() == ["booked", "cancelled", "refund_done"]
    assert [sent.subject for sent in mail.outbox][1:] == [
        "The booking of KA 01 AB 0002 is cancelled",
        "₹50 was refunded",
    ]


def test_a_debt_is_told_with_the_way_to_pay_it(driver: User, admin: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    enter(admin, session, at(10))
    terminate(admin, session, "NONE", at(130))
    work(at(131))
    notice = Notice.objects.latest("pk")
    assert (notice.kind, notice.path, notice.values["debt"]) == ("debt_opened", "/debts/", "50.00")


def test_a_walk_in_has_nobody_to_tell(staff: User, zone: ParkingZone) -> None:
    enter(staff, take_ticket(zone, now=START), at(1))
    work(at(2))
    assert kinds() == [] and not OutboxEvent.objects.filter(processed_at=None).exists()


def test_what_is_rolled_back_is_told_to_nobody(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=START)
    OutboxEvent.objects.all().delete()
    with transaction.atomic():
        audit.record(SYSTEM, SessionEntered(session_id=session.pk, slot_id=None), at(1))
        transaction.set_rollback(True)
    work(at(2))
    assert kinds() == []


def test_words_are_in_the_language_of_whoever_reads(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, "KA-01-AB-0003", START)
    work(START)
    notice = Notice.objects.get()
    assert words_of(notice).text == (
        "Slot A-001 of Zone A, Main car park is reserved for KA 01 AB 0003. "
        "Please come by 22 Nov 2026, 10:30. Paid: ₹50."
    )
    with translation.override("hi"):
        assert words_of(notice).title == "Zone A में KA 01 AB 0003 की बुकिंग हो गई"


# --- By which channels ---------------------------------------------------------------------------------


def test_an_address_that_nobody_proved_gets_no_mail(driver: User, zone: ParkingZone) -> None:
    User.objects.filter(pk=driver.pk).update(email_confirmed_at=None)
    book(driver, zone, now=START)
    work(START)
    assert kinds() == ["booked"] and mail.outbox == []


def test_who_wants_no_mail_of_a_kind_gets_none(driver: User, zone: ParkingZone) -> None:
    Preference.objects.create(person=driver, kind="booked", channel=Channel.MAIL, is_on=False)
    book(driver, zone, now=START)
    work(START)
    assert kinds() == ["booked"] and mail.outbox == []


def test_a_mail_carries_the_receipt(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    work(START)
    ((name, body, media_type),) = mail.outbox[0].attachments
    assert (str(name).endswith(".pdf"), bytes(body)[:5], media_type) == (True, b"%PDF-", "application/pdf")


# --- Once ----------------------------------------------------------------------------------------------


def test_the_same_source_tells_each_person_once(driver: User, staff: User) -> None:
    values = {"plate": "KA-01-AB-0004", "zone": "A", "site": "Main", "at": START.isoformat()}
    messages = [Message(driver.pk, "entered", values)]
    assert tell(messages, source="event:1", at=START, now=START) == 1
    assert tell(messages, source="event:1", at=START, now=START) == 0
    assert tell([*messages, Message(staff.pk, "entered", values)], source="event:1", at=START, now=START) == 1
    assert Notice.objects.count() == 2


def test_two_messages_of_one_event_to_one_person_are_both_told(driver: User) -> None:
    about = {"plate": "KA-01-AB-0004", "zone": "A", "site": "Main"}
    messages = [
        Message(driver.pk, "entered", about | {"at": START.isoformat()}),
        Message(driver.pk, "no_show", about | {"kept": "50.00"}),
        Message(driver.pk, "no_show", about | {"kept": "60.00"}),
    ]
    assert [tell(messages, source="event:1", at=START, now=START) for _ in range(2)] == [3, 0]
    assert kinds() == ["entered", "no_show", "no_show"]
    assert Delivery.objects.filter(channel=Channel.MAIL).count() == 2


def test_a_manager_who_parks_is_told_both_that_the_place_is_missing_and_that_a_promise_broke(
    admin: User, zone: ParkingZone
) -> None:
    session = book(admin, zone, now=START)
    OutboxEvent.objects.all().delete()
    audit.record(SYSTEM, ReservationUnplaced(session_id=session.pk, refund=Decimal(0), voucher=""), START)
    work(START)
    assert kinds() == ["reservation_without_place_free", "promise_broken"]


def test_several_events_are_told_by_the_statements_of_one(driver: User, staff: User, zone: ParkingZone) -> None:
    one, *others = [book(driver, zone, now=START) for _ in range(4)]
    work(START)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            work(at(2))
        return sum("notifications_notice" in query["sql"] for query in captured.captured_queries)

    enter(staff, one, at(1))
    alone = statements()
    for session in others:
        enter(staff, session, at(1))
    assert (statements(), kinds()) == (alone, ["booked"] * 4 + ["entered"] * 4)


def test_what_two_events_of_a_run_tell_alike_is_told_once_as_the_first_said_it(
    driver: User, staff: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = [book(driver, zone, now=START) for _ in range(2)]
    work(START)

    def told(event: SessionEntered, _at: datetime) -> list[Message]:
        values = {"plate": str(event.session_id), "zone": "Zone A", "site": "Site", "at": START.isoformat()}
        return [Message(driver.pk, "entered", values, fact="one")]

    monkeypatch.setitem(rendering._RENDERERS, SessionEntered, told)
    for session in sessions:
        enter(staff, session, at(1))
    work(at(2))
    assert Notice.objects.get(kind="entered").values["plate"] == str(sessions[0].pk)


def test_a_renderer_that_breaks_holds_up_nobody_and_is_tried_again(
    driver: User, staff: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = book(driver, zone, now=START)
    enter(staff, session, at(1))
    working = dict(rendering._RENDERERS)

    def breaks(event: object, at: object) -> list[Message]:
        raise ValueError("no words")

    monkeypatch.setitem(rendering._RENDERERS, type(_first_event()), breaks)
    assert take_events(now=at(2)) == 1
    assert kinds() == ["entered"]
    assert take_events(now=at(4)) == 0
    monkeypatch.setattr(rendering, "_RENDERERS", working)
    assert take_events(now=at(5)) == 1
    assert kinds() == ["entered", "booked"]


def test_one_that_goes_on_breaking_waits_for_a_manager_who_has_it_made_again(
    driver: User, admin: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(driver, zone, now=START)
    working = dict(rendering._RENDERERS)

    def breaks(event: object, at: object) -> list[Message]:
        raise ValueError("no words")

    monkeypatch.setitem(rendering._RENDERERS, type(_first_event()), breaks)
    for minutes in (0, 5, 10, 15):
        take_events(now=at(minutes))
    assert broken_events(sites=None) == []
    take_events(now=at(20))
    assert (broken_events(sites=None), broken_events(sites=frozenset({1}))) == ([("payment.captured", 1)], [])
    assert oldest_message_wait(now=at(600)) == timedelta(0)
    monkeypatch.setattr(rendering, "_RENDERERS", working)
    assert take_events(now=at(30)) == 0
    with pytest.raises(Forbidden):
        render_again(actor=replace(actor(admin), sites=frozenset({1})), event="payment.captured", now=at(30))
    assert render_again(actor=actor(admin), event="payment.captured", now=at(30)) == 1
    assert take_events(now=at(30)) == 1
    assert kinds() == ["booked"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
@pytest.mark.parametrize("number", [1, 2])
def test_a_lost_connection_is_no_fault_of_the_events(
    driver: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for _ in range(number):
        book(driver, zone, now=START)
    working = dict(rendering._RENDERERS)

    def loses(event: object, at: object) -> list[Message]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return []

    monkeypatch.setitem(rendering._RENDERERS, type(_first_event()), loses)
    with pytest.raises(OperationalError):
        take_events(now=at(1))
    connection.close()
    monkeypatch.setattr(rendering, "_RENDERERS", working)
    assert take_events(now=at(1)) == number
    assert kinds() == ["booked"] * number


def _first_event() -> object:
    return read_event(OutboxEvent.objects.earliest("pk"))


def test_an_account_that_is_suspended_is_told_nothing(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    User.objects.filter(pk=driver.pk).update(is_active=False)
    work(START)
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)
