"""What drivers are told of money that came late or twice, of what goes back, and of what lapses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from parking.accounts.models import User
from parking.audit import services as audit
from parking.audit.events import Event
from parking.audit.models import OutboxEvent
from parking.checkout import waiting_list
from parking.checkout.reservation_renderers import remind_of_arrivals
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.notifications.models import Notice, PushSubscription
from parking.notifications.texts import words_of
from parking.offers.events import PointsLapsed
from parking.payments.events import OrderPaidTwice, PaymentCaptured, RefundMoved, SecondPaymentSentBack
from parking.payments.models import Bill, Refund
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone
from tests.moments import START, at
from tests.notifications.conftest import work
from tests.passes.build import bought, make_plan
from tests.reservations.test_waiting_list import wait

pytestmark = pytest.mark.django_db

FIFTY = Decimal("50.00")


@pytest.fixture
def session(driver: User, zone: ParkingZone) -> ParkingSession:
    made = book(driver, zone, "KA-01-AB-0001", START)
    OutboxEvent.objects.all().delete()
    return made


def titles_of(*events: Event) -> list[str]:
    for event in events:
        audit.record(SYSTEM, event, START)
    assert OutboxEvent.objects.count() == len(events)
    work(START)
    return [words_of(notice).title for notice in Notice.objects.order_by("pk")]


@pytest.mark.parametrize("purpose", ["EXIT", "TERMINATION"])
def test_a_payment_for_an_exit_that_came_too_late_is_told(session: ParkingSession, purpose: str) -> None:
    late = PaymentCaptured(session_id=session.pk, order_id="O1", purpose=purpose, amount=FIFTY, refunds=("R1",))
    assert titles_of(late) == ["₹50 came too late and is refunded"]


def test_a_payment_for_an_exit_that_paid_a_debt_later_is_told(session: ParkingSession) -> None:
    later = PaymentCaptured(session_id=session.pk, order_id="O1", purpose="EXIT", amount=FIFTY, refunds=())
    assert titles_of(later) == ["We received ₹50"]


def test_an_exit_paid_in_time_is_told_once_by_its_bill(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, "KA-01-AB-0001", START)
    enter(staff, session, at(10))
    leave(staff, session, "ONLINE", at(70))
    work(at(71))
    kinds = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["booked", "entered", "left"]


def test_what_was_paid_twice_is_told_and_again_when_it_goes_back(session: ParkingSession) -> None:
    twice = OrderPaidTwice(
        session_id=session.pk, order_id="O1", amount=FIFTY, reference="B", first="A", refund_id="R1", held=True
    )
    back = SecondPaymentSentBack(session_id=session.pk, refund_id="R1", amount=FIFTY)
    assert titles_of(twice, back) == ["₹50 was paid twice", "₹50 will be refunded"]


def test_a_second_payment_of_a_pass_is_to_be_refunded_once_somebody_decided_it(driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, price="1500.00"))
    OutboxEvent.objects.all().delete()
    facts = {"order_id": "O1", "amount": FIFTY, "reference": "B", "first": "A", "refund_id": "R1"}
    waits = OrderPaidTwice(pass_id=held.pk, held=True, **facts)  # type: ignore[arg-type]
    decided = SecondPaymentSentBack(pass_id=held.pk, refund_id="R1", amount=FIFTY)
    at_once = OrderPaidTwice(pass_id=held.pk, held=False, **facts | {"refund_id": "R2"})  # type: ignore[arg-type]
    assert titles_of(waits, decided, at_once) == [
        f"₹50 was paid twice for your pass {held.number}",
        f"₹50 of your pass {held.number} will be refunded",
        f"₹50 of your pass {held.number} will be refunded",
    ]


def test_points_that_lapsed_are_told(driver: User) -> None:
    assert titles_of(PointsLapsed(user_id=driver.pk, points=12)) == ["12 of your points have lapsed"]


def test_one_refund_is_done_once_whoever_says_so(driver: User, session: ParkingSession) -> None:
    cancel(driver, session, at(1))
    OutboxEvent.objects.all().delete()
    refund = Refund.objects.get()
    done = RefundMoved(bill_id=session.bill_id, refund_id=refund.refund_id, status="COMPLETED", attempt=1)
    assert titles_of(done, done) == ["₹50 was refunded"]
    assert [sent.subject for sent in mail.outbox] == ["₹50 was refunded"]


# --- Mails say what they carry -----------------------------------------------------------------------------


def test_a_mail_speaks_of_a_document_only_if_it_carries_one(driver: User, staff: User) -> None:
    session = book(driver, make_zone("Free", rate="0.00", booking_fee=Decimal(0)), now=START)
    enter(staff, session, at(1))
    leave(staff, session, "CASH", at(2))
    work(at(3))
    left = mail.outbox[-1]
    assert isinstance(left, EmailMultiAlternatives)
    assert "attached" not in str(left.body) + str(left.alternatives[0][0])
    assert left.attachments == []


def test_a_mail_with_a_document_says_so(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    work(START)
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert "The document is attached." in str(sent.body) and "The document is attached." in str(sent.alternatives[0][0])
    assert len(sent.attachments) == 1


def test_no_line_of_a_mail_ends_inside_a_plate_and_its_text_has_no_marks(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, "KA-01-AB-0001", START)
    work(START)
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    page = str(sent.alternatives[0][0])
    for number in ("KA 01 AB 0001", "A-001"):
        assert f'<span style="white-space: nowrap">{number}</span>' in page
    assert "<title>KA 01 AB 0001 is booked at Zone A</title>" in page
    assert "<span" not in str(sent.body) and "KA 01 AB 0001" in str(sent.body)


def test_names_in_a_mail_are_no_marks(driver: User) -> None:
    book(driver, make_zone("<b>A-1</b> & Co"), now=START)
    work(START)
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    page = str(sent.alternatives[0][0])
    assert "<b>" not in page and '&lt;b&gt;<span style="white-space: nowrap">A-1</span>&lt;/b&gt; &amp; Co' in page


# --- Places ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told_before", [True, False])
def test_an_offer_without_a_fee_that_was_accepted_is_told_once_as_a_booking(driver: User, *, told_before: bool) -> None:
    zone = make_zone("Full", slots=1, booking_fee=Decimal(0))
    last, other = book(driver, zone, now=START), make_user()
    entry = wait(other, zone)
    cancel(driver, last, at(1))
    waiting_list.offer_places(now=at(1))
    if told_before:
        work(at(1))
    waiting_list.accept(actor=actor(other), entry_id=entry.pk, gateway=None, now=at(2))
    work(at(2))
    kinds = Notice.objects.filter(person=other).order_by("pk").values_list("kind", flat=True)
    assert sorted(kinds) == (["booked", "place_offered"] if told_before else ["booked"])


def test_a_driver_is_reminded_once_ten_minutes_before_the_slot_is_lost(driver: User, zone: ParkingZone) -> None:
    PushSubscription.objects.create(person=driver, endpoint="https://push.example/1", created_at=START)
    session = book(driver, zone, "KA-01-AB-0001", START)
    last = session.enter_by - timedelta(minutes=10)
    assert remind_of_arrivals(now=last - timedelta(seconds=1)) == 0
    assert [remind_of_arrivals(now=last + timedelta(seconds=5 * n)) for n in range(2)] == [1, 0]
    notice = Notice.objects.get(kind="come_soon")
    assert words_of(notice).text == (
        "Slot A-001 of Zone A, Main car park is kept for KA 01 AB 0001 until 22 Nov 2026, 10:30. "
        "Then others can take it."
    )
    assert [row.channel for row in notice.deliveries.all()] == ["PUSH"]


def test_who_has_come_or_still_has_to_pay_is_not_reminded(driver: User, staff: User, zone: ParkingZone) -> None:
    came, unpaid = book(driver, zone, now=START), book(driver, zone, now=START)
    enter(staff, came, at(1))
    ParkingSession.objects.filter(pk=unpaid.pk).update(pay_by=unpaid.enter_by)
    Bill.objects.filter(pk=unpaid.bill_id).update(captured=Decimal(0))
    assert remind_of_arrivals(now=came.enter_by - timedelta(minutes=1)) == 0
