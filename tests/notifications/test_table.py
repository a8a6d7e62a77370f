"""The table of what is told (docs/notifications.md): whom an event tells, of what kind, by which channels."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from parking.accounts.models import Role, User
from parking.audit import services as audit
from parking.audit.events import Event
from parking.audit.models import AuditEntry, OutboxEvent
from parking.checkout import pass_changes, passes, settling, waiting_list
from parking.checkout.organisation_paying import pay_invoice
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.facilities.events import EmergencyAsked, EmergencyBegun
from parking.facilities.models import ParkingZone
from parking.notifications import kinds
from parking.notifications.alerting import tell_managers
from parking.notifications.models import Delivery, Notice, PushSubscription
from parking.notifications.noticing import take_events
from parking.notifications.texts import words_of
from parking.passes.models import Organisation
from parking.payments.events import DebtObjectionAnswered, OrderPaidTwice, SecondPaymentSentBack
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.events import ReservationUnplaced
from tests.build import actor, book, cancel, make_user, make_zone
from tests.gateway import FakeGateway
from tests.moments import START, at
from tests.notifications.mails import message_of
from tests.notifications.test_alerting import SEVEN, digests
from tests.passes.build import buy, make_plan
from tests.passes.organisations import invoiced, make_organisation, midday, pay, upload
from tests.reservations.test_waiting_list import wait

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs" / "notifications.md"


def told() -> list[tuple[str, str, list[str]]]:
    """Return who was told what by which channels, in the order of the notices."""
    rows = Notice.objects.select_related("person").prefetch_related("deliveries").order_by("pk")
    return [(row.person.role, row.kind, sorted(one.channel for one in row.deliveries.all())) for row in rows]


def tell_of(*events: Event) -> list[tuple[str, str, list[str]]]:
    OutboxEvent.objects.all().delete()
    Notice.objects.all().delete()
    for event in events:
        audit.record(SYSTEM, event, START)
    take_events(now=START)
    return told()


def listening(person: User) -> User:
    PushSubscription.objects.create(person=person, endpoint=f"https://push.example/{person.pk}", created_at=START)
    return person


def test_the_table_names_every_kind_once() -> None:
    table = DOCS.read_text().partition("## What is told")[2].partition("\n## ")[0]
    named = re.findall(r"`([a-z_]+)`", table)
    assert sorted(named) == sorted(kinds._KINDS)


def test_every_kind_has_hindi_words_of_its_own() -> None:
    with translation.override("hi"):
        english = [kind.code for kind in kinds._KINDS.values() if str(kind.text).isascii() or str(kind.title).isascii()]
    assert english == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_kind_is_drawn_by_make_mails(language: str) -> None:
    for kind in kinds._KINDS.values():
        mail = message_of(kind, language)
        assert mail.subject and "%(" not in mail.subject + str(mail.body)


# --- To drivers ------------------------------------------------------------------------------------------


def test_an_offer_reaches_who_has_not_proved_the_address_by_push_and_in_the_list(driver: User) -> None:
    zone = make_zone("Full", slots=1)
    last, other, proved = book(driver, zone, now=START), listening(make_user()), listening(make_user())
    User.objects.filter(pk=proved.pk).update(email_confirmed_at=START)
    for person, minutes in ((other, 1), (proved, 20)):
        wait(person, zone, now=START, until=at(600))
        OutboxEvent.objects.all().delete()
        if minutes == 1:
            cancel(driver, last, at(1))
            OutboxEvent.objects.all().delete()
        waiting_list.offer_places(now=at(minutes))
        take_events(now=at(minutes))
    assert told()[0] == ("USER", "place_offered", ["PUSH"])


@pytest.mark.parametrize(
    ("upheld", "title"),
    [(True, "You need not pay ₹50"), (False, "₹50 of the parking of KA 01 AB 0001 is still due")],
)
def test_the_answer_to_an_objection_is_told(driver: User, zone: ParkingZone, title: str, *, upheld: bool) -> None:
    session = book(driver, zone, "KA-01-AB-0001", START)
    answered = DebtObjectionAnswered(
        debt_id=1, amount=Decimal("50.00"), bill_id=session.bill_id, upheld=upheld, answer="The barrier was broken"
    )
    assert tell_of(answered) == [("USER", "objection_upheld" if upheld else "objection_refused", ["MAIL"])]
    words = words_of(Notice.objects.get())
    assert words.title == title
    assert words.text.endswith("Answer: The barrier was broken")


def test_a_pass_that_was_not_paid_is_told(driver: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    gateway.outcome = GatewayState.PENDING
    held = buy(driver, make_plan(zone), "DL-01-AB-1234").subscription
    OutboxEvent.objects.all().delete()
    assert passes.give_up_unpaid_passes(now=START + timedelta(minutes=31)) == 1
    take_events(now=at(31))
    assert told() == [("USER", "pass_unpaid", ["MAIL"])]
    assert words_of(Notice.objects.get()).text == (
        f"{held.plan.name} at Main car park for DL 01 AB 1234 was not paid in time, so it has ended. You owe nothing."
    )


def test_a_pass_that_its_holder_gives_up_unpaid_is_told_as_such(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    held = buy(driver, make_plan(zone), "DL-01-AB-1234").subscription
    OutboxEvent.objects.all().delete()
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=at(3))
    take_events(now=at(4))
    assert told() == [("USER", "pass_given_up", ["MAIL"])]
    words = words_of(Notice.objects.get())
    assert words.title == f"Your pass {held.number} is cancelled"
    assert words.text == (
        f"{held.plan.name} at Main car park for DL 01 AB 1234 was cancelled before it was paid. You owe nothing."
    )
    assert AuditEntry.objects.get(action="pass.given_up").actor_id == driver.pk


def test_a_pass_whose_payment_is_declined_is_told_as_such(
    driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.FAILED
    plan = make_plan(zone)
    OutboxEvent.objects.all().delete()
    with pytest.raises(Refused, match="Payment issue"):
        buy(driver, plan, "DL-01-AB-1234")
    take_events(now=at(1))
    assert told() == [("USER", "pass_declined", ["MAIL"])]
    assert words_of(Notice.objects.get()).text == (
        f"{plan.name} at Main car park for DL 01 AB 1234 was not bought, because its payment was declined. "
        "You owe nothing."
    )


def test_both_plates_of_an_exchange_are_told(driver: User, zone: ParkingZone) -> None:
    held = buy(driver, make_plan(zone), "DL-01-AB-1234").subscription
    OutboxEvent.objects.all().delete()
    pass_changes.change_vehicles(actor=actor(driver), subscription=held, plates=("DL-01-AB-5678",), now=at(1))
    take_events(now=at(2))
    assert told() == [("USER", "pass_vehicles", ["MAIL"])]
    assert words_of(Notice.objects.get()).text.endswith("is for DL 01 AB 5678. No longer on it: DL 01 AB 1234.")


# --- Organisations ---------------------------------------------------------------------------------------

TODAY = midday(date(2027, 1, 5))


@pytest.fixture
def organisation(driver: User, zone: ParkingZone) -> Organisation:
    """Return one whose contact the driver is, with an invoice of ₹2,000."""
    made = make_organisation(zone, contact_id=driver.pk)
    upload(made, "DL-01-AB-1234", "DL-01-AB-5678")
    invoiced(made, date(2026, 12, 22))
    return made


def test_what_an_organisation_paid_too_late_is_told_to_its_contact_and_the_office(
    driver: User, admin: User, organisation: Organisation, gateway: FakeGateway
) -> None:
    User.objects.filter(pk=admin.pk).update(email_confirmed_at=START)
    gateway.outcome = GatewayState.PENDING
    pay_invoice(actor=actor(driver), organisation_id=organisation.pk, number=1, gateway=None, now=TODAY)
    pay(admin, organisation, 1, "1000", now=TODAY)
    gateway.decide(GatewayState.COMPLETED)
    take_events(now=TODAY)
    before = len(told())
    settling.collect(order=PaymentOrder.objects.get(), now=TODAY + timedelta(minutes=1))
    take_events(now=TODAY + timedelta(minutes=1))
    assert sorted(told()[before:]) == [
        ("ADMIN", "organisation_paid_too_much", ["MAIL"]),
        ("USER", "organisation_money_back", ["MAIL"]),
        ("USER", "organisation_refund_done", ["MAIL"]),
    ]


def test_what_an_organisation_paid_twice_is_told_once_of_each_refund(
    driver: User, admin: User, organisation: Organisation
) -> None:
    pass_id = organisation.subscription.pk
    twice = OrderPaidTwice(
        session_id=None,
        pass_id=pass_id,
        order_id="O1",
        amount=Decimal("2000.00"),
        reference="B",
        first="A",
        refund_id="R1",
        held=True,
    )
    back = SecondPaymentSentBack(session_id=None, pass_id=pass_id, refund_id="R1", amount=Decimal("2000.00"))
    assert sorted(tell_of(twice, back)) == [
        ("ADMIN", "organisation_paid_too_much", []),
        ("USER", "organisation_money_back", ["MAIL"]),
    ]
    assert words_of(Notice.objects.get(person=driver)).title == f"₹2,000 of {organisation.name} will be refunded"


# --- To managers -----------------------------------------------------------------------------------------


def test_a_place_that_is_missing_is_told_to_the_managers_of_its_site(
    driver: User, admin: User, zone: ParkingZone
) -> None:
    elsewhere = make_user(Role.ADMIN)
    User.objects.filter(pk=elsewhere.pk).update(site_ids=[999])
    session = book(driver, zone, now=START)
    event = ReservationUnplaced(session_id=session.pk, refund=Decimal("50.00"), voucher="V-1")
    assert sorted(tell_of(event)) == [
        ("ADMIN", "promise_broken", []),
        ("USER", "reservation_without_place", ["MAIL"]),
    ]


@pytest.mark.parametrize("what", ["asked", "begun"])
def test_an_emergency_is_told_at_once_to_the_managers_of_its_site(admin: User, zone: ParkingZone, what: str) -> None:
    elsewhere = make_user(Role.ADMIN)
    User.objects.filter(pk=elsewhere.pk).update(site_ids=[999])
    listening(admin)
    about = {"emergency_id": 1, "site_id": zone.site_id, "minutes": 30, "reason": "Fire"}
    event: Event = EmergencyAsked(**about, approval_id=1)  # type: ignore[arg-type]
    if what == "begun":
        event = EmergencyBegun(**about, ends_at=at(30).isoformat(), begun_by=1, alone=False)  # type: ignore[arg-type]
    assert tell_of(event) == [("ADMIN", f"emergency_{what}", ["MAIL", "PUSH"])]
    assert Notice.objects.get().person == admin
    # At night, too.
    assert set(Delivery.objects.values_list("next_at", flat=True)) == {START}


def at_once() -> list[tuple[str, str, list[str]]]:
    """Return what was told beside the digest, whose time has come too."""
    return [one for one in told() if one[1] != "digest"]


def silent(driver: User, zone: ParkingZone, gateway: FakeGateway, orders: int) -> None:
    """Let orders go without an answer."""
    gateway.reachable = False
    for _ in range(orders):
        book(driver, zone, now=START)
    assert PaymentOrder.objects.filter(gateway_order_id="", status="INITIATED").count() == orders


def test_a_gateway_that_does_not_answer_twice_is_told_at_once_and_once_an_hour(
    driver: User, admin: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    silent(driver, zone, gateway, 1)
    tell_managers(now=START + timedelta(seconds=6))
    assert at_once() == []
    book(driver, zone, now=START)
    for seconds in (6, 66, 906):
        tell_managers(now=START + timedelta(seconds=seconds))
    assert at_once() == [("ADMIN", "gateway_down", ["MAIL"])]
    assert words_of(Notice.objects.get(kind="gateway_down")).title == "Simulated payment does not answer"


def test_an_answer_ends_it(driver: User, admin: User, zone: ParkingZone, gateway: FakeGateway) -> None:
    silent(driver, zone, gateway, 2)
    gateway.reachable = True
    book(driver, zone, now=START)
    tell_managers(now=START + timedelta(seconds=6))
    assert at_once() == []


def test_the_digest_counts_what_had_no_answer_in_the_day_before(
    driver: User, admin: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    silent(driver, zone, gateway, 2)
    tell_managers(now=SEVEN)
    (notice,) = digests()
    assert words_of(notice).lines == ("Payments that a payment service did not answer: 2, ₹100, since today",)
    User.objects.filter(pk=admin.pk).update(site_ids=[999])
    Notice.objects.all().delete()
    tell_managers(now=SEVEN)
    assert digests() == []
