"""Cars that leave before all is paid: the rest is owed by the plate, within limits; late money pays it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout.paying import refresh_order
from parking.core import clock
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import PAY_LATER_PER_ATTENDANT, PAY_LATER_PER_PLATE, PAY_LATER_PROOF, stored
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt, Payment, PaymentOrder, Refund
from parking.stays.evidence import keep_photo
from parking.stays.exempt_models import EvidenceMoment
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import actor, enter, leave, picture_of, reloaded, take_ticket
from tests.client import ApiClient
from tests.gateway import FakeGateway
from tests.invariants import assert_books_agree, nothing_changes
from tests.moments import START
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def inside(staff: User, zone: ParkingZone, time_machine: Traveller) -> ParkingSession:
    """Return a car that owes ₹100."""
    time_machine.move_to(START, tick=False)
    session = enter(staff, take_ticket(zone, PLATE))
    time_machine.shift(timedelta(minutes=90))
    return session


def later(user: User, session: ParkingSession, **fields: object) -> Any:
    return ApiClient(user).post("/api/staff/pay-later/", {"qr_code": session.qr_code, **fields})


def set_value(name: str, value: int) -> None:
    SettingValue.objects.create(name=name, site_id=OPERATOR, value=value, changed_at=clock.now())
    stored.forget()


def test_a_car_without_means_leaves_and_its_plate_owes(staff: User, inside: ParkingSession) -> None:
    bill = data_of(later(staff, inside, scan_id="out1"))
    assert (bill["status"], bill["payment_method"], bill["amount_due"], bill["payment_status"]) == (
        "COMPLETED", "NONE", 100.0, "PENDING",
    )  # fmt: skip
    assert data_of(later(staff, inside, scan_id="out1")) == bill
    assert Debt.objects.get().amount == Decimal(100)
    assert reloaded(inside).marks == ["PAY_LATER"]
    line = AuditEntry.objects.get(action="session.pays_later")
    assert (line.actor_id, line.facts) == (staff.pk, {"owed": "100.00"})
    assert not AuditEntry.objects.filter(action="session.terminated").exists()
    assert_books_agree()


def test_the_plate_that_was_seen_is_the_one_that_owes(staff: User, driver: User, inside: ParkingSession) -> None:
    """The code alone does not say it where another car has it, or a pass has several cars inside."""
    with nothing_changes():
        assert problem_of(later(staff, inside, vehicle_number="DL-01-AB-9999")) == (400, "vehicle_mismatch")
    others = ("DL-01-AB-0001", "DL-01-AB-0002")
    held = bought(driver, make_plan(inside.zone, vehicles=2, inside=2), *others, now=clock.now())
    of_pass = [enter(staff, take_ticket(inside.zone, plate)) for plate in others]
    fields = {"qr_code": held.pass_code}
    assert problem_of(later(staff, inside, **fields)) == (400, "pass_needs_plate")
    bill = data_of(later(staff, inside, **fields, vehicle_number=others[1]))
    assert (bill["session_id"], bill["status"]) == (of_pass[1].pk, "COMPLETED")


def test_ten_rupees_now_and_the_rest_later(staff: User, inside: ParkingSession) -> None:
    bill = data_of(later(staff, inside, amount_tendered=10, scan_id="out1"))
    assert (bill["amount_charged"], bill["amount_due"], bill["payment_method"], bill["change_due"]) == (
        10.0, 90.0, "CASH", 0.0,
    )  # fmt: skip
    assert data_of(later(staff, inside, amount_tendered=10, scan_id="out1")) == bill
    assert (Payment.objects.get().amount, Debt.objects.get().amount) == (Decimal(10), Decimal(90))
    assert_books_agree()


def test_whoever_hands_over_enough_pays_as_usual(staff: User, inside: ParkingSession) -> None:
    bill = data_of(later(staff, inside, amount_tendered=500))
    assert (bill["payment_status"], bill["change_due"]) == ("PAID", 400.0)
    assert reloaded(inside).marks == []
    assert_books_agree()


@pytest.mark.parametrize("limit", [PAY_LATER_PER_PLATE, PAY_LATER_PER_ATTENDANT])
def test_there_is_a_limit_for_plate_and_attendant(  # noqa: PLR0917 - fixtures
    staff: User, admin: User, zone: ParkingZone, inside: ParkingSession, limit: Any, time_machine: Traveller
) -> None:
    set_value(limit.name, 1)
    data_of(later(staff, inside))
    plate = PLATE if limit is PAY_LATER_PER_PLATE else "KA-05-MH-0042"
    second = enter(staff, take_ticket(zone, plate))
    time_machine.shift(timedelta(minutes=30))
    with nothing_changes():
        assert problem_of(later(staff, second)) == (400, "pay_later_limit")
    # A manager lets it out, unless it is the plate.
    assert later(admin, second).status_code == (400 if limit is PAY_LATER_PER_PLATE else 200)
    time_machine.shift(timedelta(hours=8))
    assert later(staff, second).status_code == 400


def test_online_money_that_comes_after_the_car_left_pays_the_debt(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE")
    data_of(later(staff, inside))
    gateway.decide(GatewayState.COMPLETED)
    refresh_order(order=PaymentOrder.objects.get(), now=clock.now() + timedelta(minutes=1))
    assert (Debt.objects.get().status, Refund.objects.count()) == ("PAID", 0)
    assert reloaded(inside).payment_status == "PAID"
    assert_books_agree()


def test_the_order_of_an_exit_that_is_paid_later_goes_on_being_followed(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE")
    before = PaymentOrder.objects.get()
    data_of(later(staff, inside))
    order = PaymentOrder.objects.get()
    assert (order.status, order.next_check_at) == ("PENDING", before.next_check_at)


def test_beside_cash_in_part_the_order_of_the_exit_is_given_up_at_once(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE")
    data_of(later(staff, inside, amount_tendered=10))
    order = PaymentOrder.objects.get()
    assert order.status == "EXPIRED"
    # The worker asks after it now and then all the same: its money may still come.
    assert order.next_check_at == order.created_at + timedelta(minutes=16)


def pays_online_after_all(gateway: FakeGateway) -> None:
    """Let the money of the order come, as the webhook and the worker both find."""
    gateway.decide(GatewayState.COMPLETED)
    for minutes in (1, 20):
        refresh_order(order=PaymentOrder.objects.get(), now=clock.now() + timedelta(minutes=minutes))


def test_online_money_for_a_debt_that_was_collected_meanwhile_goes_back_once(
    staff: User, admin: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE")
    data_of(later(staff, inside))
    address = f"/api/staff/debts/{Debt.objects.get().pk}/collect/"
    data_of(ApiClient(admin).post(address, {"payment_method": "CASH", "amount_tendered": 100}))
    pays_online_after_all(gateway)
    assert [(refund.amount, refund.payment.method) for refund in Refund.objects.all()] == [(Decimal(100), "ONLINE")]
    bill = reloaded(inside).bill
    assert (bill.captured, bill.refunded, bill.due) == (Decimal(200), Decimal(100), Decimal(0))
    assert_books_agree()


def test_online_money_beside_cash_in_part_goes_back_once_and_the_rest_stays_owed(
    staff: User, inside: ParkingSession, gateway: FakeGateway
) -> None:
    gateway.outcome = GatewayState.PENDING
    leave(staff, inside, "ONLINE")
    data_of(later(staff, inside, amount_tendered=10))
    pays_online_after_all(gateway)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal(100)]
    debt = Debt.objects.get()
    assert (debt.status, debt.amount) == ("OPEN", Decimal(90))
    assert_books_agree()


def test_by_its_plate_a_car_is_confirmed_first(staff: User, inside: ParkingSession) -> None:
    call = ApiClient(staff)
    with nothing_changes():
        answer = call.post("/api/staff/pay-later/", {"vehicle_number": PLATE, "confirm": "Ravi"})
        assert problem_of(answer) == (400, "confirm_mismatch")
    data_of(call.post("/api/staff/pay-later/", {"vehicle_number": PLATE, "confirm": "Asha"}))
    assert reloaded(inside).marks == ["WITHOUT_QR", "PAY_LATER"]


def test_a_phone_is_kept_with_the_session(staff: User, inside: ParkingSession) -> None:
    data_of(later(staff, inside, phone="+91 98765 43210"))
    assert reloaded(inside).phone == "9876543210"
    assert_books_agree()


def test_a_site_may_ask_for_the_phone(staff: User, inside: ParkingSession) -> None:
    set_value(PAY_LATER_PROOF.name, 1)
    for fields, code in (({}, "phone_or_photo_needed"), ({"phone": "98765"}, "phone_incomplete")):
        with nothing_changes():
            assert problem_of(later(staff, inside, **fields)) == (400, code)
    data_of(later(staff, inside, phone="9876543210"))


def test_a_photo_of_the_exit_is_as_good(staff: User, inside: ParkingSession) -> None:
    set_value(PAY_LATER_PROOF.name, 1)
    photo, now = picture_of(8, 8), clock.now()
    keep_photo(session=inside, moment=EvidenceMoment.EXIT, note="", content=photo, actor=actor(staff), now=now)
    assert data_of(later(staff, inside))["status"] == "COMPLETED"
