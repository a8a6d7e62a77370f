"""Two attendants at one car, each with another way to let it out: one of them does, and the books agree."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import combinations_with_replacement
from threading import Event
from time import sleep

import pytest
from django.db import transaction

from parking.accounts.models import User
from parking.checkout import expiring, leaving, losing, paying_ahead, paying_later, ticket_answers
from parking.checkout.collecting import Card, Collection
from parking.checkout.correcting import correct_plate
from parking.checkout.identifying import confirm_owner
from parking.checkout.losing import Lost
from parking.checkout.paper_slips import Slip, enter_sheet
from parking.checkout.ticket_answers import TicketAnswer
from parking.checkout.walking_in import Arrival, walk_in
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.emergencies import begin
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode, PromoUse
from parking.offers.vouchers import give_voucher
from parking.payments.models import Debt, Payment
from parking.stays import access
from parking.stays.access import QrText, StayRef
from parking.stays.items import give_item
from parking.stays.models import ParkingSession
from parking.stays.paper import make_block
from parking.stays.tokens import make_tokens
from tests.build import actor, enter, give_ticket, leave, reloaded, take_ticket, terminate
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db(transaction=True)

Way = Callable[[User, ParkingSession], object]
NOW = at(90)


def by_cash(user: User, session: ParkingSession) -> object:
    return leave(user, session, now=NOW, scan_id=f"{user.pk}")


def by_upi(user: User, session: ParkingSession) -> object:
    return leaving.leave(
        actor=actor(user),
        qr_code=session.qr_code,
        collection=Collection("UPI", upi_reference=f"6326{user.pk:08d}"),
        now=NOW,
    )


def by_card(user: User, session: ParkingSession) -> object:
    return leaving.leave(
        actor=actor(user),
        qr_code=session.qr_code,
        collection=Collection("CARD", card=Card("4242", f"{user.pk:06d}", "T1")),
        now=NOW,
    )


def with_voucher(user: User, session: ParkingSession) -> object:
    """Pay in cash what a voucher of ₹30 leaves, with the permission for it."""
    voucher = PromoCode.objects.get().code
    return leaving.leave(
        actor=replace(actor(user), role="ADMIN"),
        qr_code=session.qr_code,
        collection=Collection("CASH", voucher=voucher),
        now=NOW,
    )


def ahead(user: User, session: ParkingSession) -> object:
    """Take the money at a desk; then the car leaves with nothing due."""
    paying_ahead.pay(actor=actor(user), session=Ref(pk=session.pk), collection=Collection("CASH"), now=NOW)
    return by_cash(user, session)


def online(user: User, session: ParkingSession) -> object:
    return leave(user, session, "ONLINE", NOW)


def by_plate(user: User, session: ParkingSession) -> object:
    confirm_owner(actor=actor(user), session=Ref(pk=session.pk), said="Asha", now=NOW)
    return by_cash(user, session)


def later(user: User, session: ParkingSession) -> object:
    return paying_later.let_out(actor=actor(user), session=QrText(session.qr_code), now=NOW)


def in_part(user: User, session: ParkingSession) -> object:
    return paying_later.let_out(actor=actor(user), session=QrText(session.qr_code), cash=Decimal(10), now=NOW)


def ended(user: User, session: ParkingSession) -> object:
    return terminate(user, session, now=NOW)


WAYS: tuple[Way, ...] = (by_cash, by_upi, by_card, with_voucher, ahead, online, by_plate, later, in_part, ended)
MAY_SAY = {"ok", "already_exited", "not_active", "payment_given_up", "session_over", "nothing_due", "payment_under_way"}


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(WAYS, 2)))
def test_a_car_leaves_once_whatever_meets_whatever(
    staff: User, admin: User, zone: ParkingZone, first: Way, second: Way
) -> None:
    give_voucher(amount=Decimal(30), now=START)
    session = enter(staff, take_ticket(zone, now=START), START)
    answers = at_once([partial(first, staff, session), partial(second, admin, session)])
    assert set(tally(answers)) <= MAY_SAY
    session = ParkingSession.objects.select_related("bill").get()
    assert session.status == "COMPLETED"
    # ₹100 in all: paid, owed, or of the voucher.
    kept = sum(payment.amount for payment in Payment.objects.all())
    owed = sum(debt.amount for debt in Debt.objects.filter(status="OPEN"))
    given = sum(use.amount for use in PromoUse.objects.all())
    assert kept + owed + given - session.bill.refunded == Decimal(100)
    assert_books_agree()


def test_two_desks_take_the_money_once(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    pay = partial(paying_ahead.pay, session=Ref(pk=session.pk), collection=Collection("CASH"), now=NOW)
    answers = at_once([partial(pay, actor=actor(user)) for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "nothing_due": 1}
    assert Payment.objects.get().amount == Decimal(100)
    assert_books_agree()


def test_one_voucher_lowers_one_of_two_bills(staff: User, admin: User, zone: ParkingZone) -> None:
    give_voucher(amount=Decimal(30), now=START)
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    answers = at_once([partial(with_voucher, user, car) for user, car in zip((staff, admin), cars, strict=True)])
    assert tally(answers) == {"ok": 1, "code_used_up": 1}
    assert_books_agree()


def test_one_slip_pays_one_of_two_cars(staff: User, zone: ParkingZone) -> None:
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    answers = at_once([partial(by_card, staff, car) for car in cars])
    assert tally(answers) == {"ok": 1, "card_approval_used": 1}
    assert_books_agree()


def test_a_plate_corrected_while_the_car_leaves(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    correct = partial(
        correct_plate, actor=actor(admin), session=Ref(pk=session.pk), plate="DL-01-AB-1284", reason="Misread", now=NOW
    )
    answers = at_once([correct, partial(by_cash, staff, session)])
    assert tally(answers)["ok"] >= 1
    assert set(tally(answers)) <= {"ok", "session_over"}
    assert ParkingSession.objects.get().status == "COMPLETED"
    assert_books_agree()


@pytest.mark.parametrize("way", WAYS)
def test_an_emergency_that_begins_during_an_exit_takes_all_or_nothing(
    staff: User, admin: User, zone: ParkingZone, way: Way
) -> None:
    give_voucher(amount=Decimal(30), now=START)
    session = enter(staff, take_ticket(zone, now=START), START)
    start = partial(begin, actor=actor(admin), site_id=zone.site_id, reason="Fire", minutes=60, now=NOW)
    at_once([partial(way, staff, session), start])
    session = ParkingSession.objects.select_related("bill").get()
    paid = sum(payment.amount for payment in Payment.objects.all())
    owed = sum(debt.amount for debt in Debt.objects.all())
    given = sum(use.amount for use in PromoUse.objects.all())
    # What was paid at a desk before stays paid.
    before = Decimal(100) if way is ahead else Decimal(0)
    assert (paid + owed + given, session.status) in {(Decimal(100), "COMPLETED"), (before, "ACTIVE")}
    if "EMERGENCY" in session.marks:
        assert (paid, session.payment_method) == (before, "NONE")
    assert_books_agree()


def test_in_an_emergency_two_attendants_let_a_car_out_once(staff: User, admin: User, zone: ParkingZone) -> None:
    session = enter(staff, take_ticket(zone, now=START), START)
    begin(actor=actor(admin), site_id=zone.site_id, reason="Fire", minutes=60, now=NOW)
    answers = at_once([partial(by_cash, staff, session), partial(later, admin, session)])
    assert tally(answers) == {"ok": 1, "already_exited": 1}
    assert Debt.objects.get().emergency_id
    assert_books_agree()


def test_one_token_is_given_once(staff: User, admin: User, zone: ParkingZone) -> None:
    token = make_tokens(actor=SYSTEM, site_id=zone.site_id, first=1, last=1, now=NOW)[0]
    cars = [Arrival(vehicle_kind="CAR", zone=Ref(pk=zone.pk), last_four=f"{n}" * 4, token=token.code) for n in (1, 2)]
    calls = [
        partial(walk_in, actor=actor(user), arrival=car, now=NOW)
        for user, car in zip((staff, admin), cars, strict=True)
    ]
    assert tally(at_once(calls)) == {"ok": 1, "token_in_use": 1}
    token.refresh_from_db()
    assert token.session_id == ParkingSession.objects.get().pk
    assert_books_agree()


def test_one_helmet_is_kept_with_one_car(staff: User, admin: User, zone: ParkingZone) -> None:
    helmet = make_tokens(actor=SYSTEM, site_id=zone.site_id, first=1, last=1, now=NOW, item="HELMET")[0]
    cars = [enter(staff, take_ticket(zone, now=START), START) for _ in range(2)]
    calls = [
        partial(give_item, actor=actor(user), session=Ref(pk=car.pk), code=helmet.code, now=NOW)
        for user, car in zip((staff, admin), cars, strict=True)
    ]
    assert tally(at_once(calls)) == {"ok": 1, "token_in_use": 1}


def test_the_same_scan_of_a_token_that_comes_twice_at_once_is_one_car(staff: User, zone: ParkingZone) -> None:
    token = make_tokens(actor=SYSTEM, site_id=zone.site_id, first=1, last=1, now=NOW)[0]
    car = Arrival(vehicle_kind="CAR", zone=Ref(pk=zone.pk), last_four="1234", token=token.code)
    call = partial(walk_in, actor=actor(staff), arrival=car, scan_id="in1", now=NOW)
    assert tally(at_once([call, call])) == {"ok": 2}
    assert ParkingSession.objects.count() == 1
    assert_books_agree()


def test_a_slip_that_two_attendants_enter_is_one_session(staff: User, admin: User, zone: ParkingZone) -> None:
    make_block(actor=SYSTEM, site_id=zone.site_id, name="B1", first=1, last=9, now=NOW)
    slip = Slip("B1", 7, "DL-01-AB-1234", "CAR", START, at(66), Decimal(100))
    calls = [
        partial(enter_sheet, actor=actor(user), zone=Ref(pk=zone.pk), slips=[slip], now=NOW) for user in (staff, admin)
    ]
    rows = [row for sheet in at_once(calls) for row in sheet]
    assert sorted(row.again for row in rows) == [False, True]
    assert ParkingSession.objects.count() == Payment.objects.count() == 1
    assert_books_agree()


def test_a_lost_ticket_that_two_attendants_bill_is_billed_once(staff: User, admin: User, zone: ParkingZone) -> None:
    lost = Lost("DL-01-AB-1234", zone=Ref(pk=zone.pk))
    answers = at_once([partial(losing.open_session, actor=actor(user), lost=lost, now=NOW) for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "has_entry_record": 1}
    assert_books_agree()


def test_entered_and_gone_said_at_once_of_one_ticket_are_one_answer(
    staff: User, admin: User, zone: ParkingZone
) -> None:
    ticket = give_ticket(staff, zone, now=START)
    entered, gone = (
        partial(ticket_answers.answer, actor=actor(user), session=Ref(pk=ticket.pk), said=said, now=NOW)
        for user, said in ((staff, TicketAnswer.ENTERED), (admin, TicketAnswer.GONE))
    )
    answers = tally(at_once([entered, gone, partial(expiring.expire_no_shows, now=NOW)]))
    assert answers in ({"ok": 2, "already_entered": 1}, {"ok": 2, "booking_cancelled": 1})
    assert reloaded(ticket).status in {"ACTIVE", "CANCELLED"}
    assert_books_agree()


@pytest.mark.parametrize("ref", [lambda one: Ref(pk=one.pk), lambda one: QrText(one.qr_code)], ids=["id", "code"])
def test_a_session_is_found_whose_plate_became_another_while_its_lock_was_waited_for(
    staff: User, zone: ParkingZone, ref: Callable[[ParkingSession], StayRef]
) -> None:
    session, other = (enter(staff, take_ticket(zone, now=START), START) for _ in range(2))
    leave(staff, other, "CASH", NOW)
    has_changed = Event()

    def change() -> None:
        with transaction.atomic():
            ParkingSession.objects.filter(pk=session.pk).update(vehicle_id=other.vehicle_id)
            has_changed.set()
            # As long as the other one needs to begin to wait.
            sleep(0.5)

    def look() -> int:
        has_changed.wait(5)
        with transaction.atomic():
            return access.lock(ref(session), actor(staff)).vehicle.pk

    assert other.vehicle_id in at_once([change, look])
