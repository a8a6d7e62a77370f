"""A shop pays for the parking of its customers: found, validated, taken back, billed, invoiced."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from parking.accounts.models import Role, User
from parking.checkout.bills import running_bill
from parking.checkout.documents import documents_of_payment
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingZone
from parking.invoices.sheets import sheet_of
from parking.offers import shops
from parking.offers.models import Shop, ShopInvoice, Validation
from parking.offers.shop_rules import masked
from parking.offers.statements import invoice_of, statement_of
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.api.reading import data_of, problem_of
from tests.build import (
    book,
    enter,
    leave,
    make_user,
    make_zone,
    pay_ahead,
    quote,
    reloaded,
    take_ticket,
    terminate,
)
from tests.client import ApiClient
from tests.invariants import assert_books_agree, refused
from tests.invoices.conftest import register
from tests.moments import START
from tests.offers.build import earn, give, make_code, make_shop, switch_points_on, undo, validate
from tests.tariffs.examples import shown

pytestmark = pytest.mark.django_db

DECEMBER = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def clerk() -> User:
    return make_user()


@pytest.fixture
def shop(clerk: User, zone: ParkingZone) -> Shop:
    return make_shop(clerk, zone.site_id)


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, book(driver, zone, "DL-01-AB-1234", START), START)


def lines(session: ParkingSession) -> Any:
    return shown(running_bill(session, after(150)).lines)


# --- The bill ------------------------------------------------------------------------------------------


def test_a_shop_pays_its_part_and_the_driver_the_rest(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User
) -> None:
    validation = validate(clerk, inside)
    left = leave(staff, inside, now=after(150)).session
    assert lines(left) == (("Parking", 3, Decimal("50.00")), ("Validated by Chroma, 60 min", 1, Decimal("-50.00")))
    assert (left.bill.total, left.bill.charged) == (100, 50)
    validation.refresh_from_db()
    assert (validation.amount, validation.settled_at) == (50, after(150))
    assert_books_agree()


def test_shops_code_and_points_stand_in_their_order(clerk: User, driver: User, staff: User) -> None:
    zone = make_zone(rate="50.00", booking_fee=Decimal(0))
    make_shop(clerk, zone.site_id)
    make_code(value="10")
    switch_points_on()
    earn(driver, 300)
    session = enter(staff, book(driver, zone, now=START, promo_code="WELCOME", use_points=300), START)
    validate(clerk, session)
    left = leave(staff, session, now=after(150)).session
    assert lines(left)[1:] == (
        ("Validated by Chroma, 60 min", 1, Decimal("-50.00")),
        ("Promo code WELCOME", 1, Decimal("-10.00")),
        ("300 points", 1, Decimal("-30.00")),
    )
    assert left.bill.total == 60
    assert Validation.objects.get().amount == 50
    assert_books_agree()


def test_two_shops_pay_in_the_order_of_their_validations(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User
) -> None:
    other = make_user()
    make_shop(other, shop.site_id, name="Bakery", gives="PERCENT", value="20", per_session=Decimal(15))
    validate(other, inside)
    validate(clerk, inside)
    left = leave(staff, inside, now=after(150)).session
    assert lines(left)[1:] == (
        ("Validated by Bakery, 20 %", 1, Decimal("-15.00")),
        ("Validated by Chroma, 60 min", 1, Decimal("-50.00")),
    )
    assert list(Validation.objects.order_by("pk").values_list("amount", flat=True)) == [15, 50]


@pytest.mark.parametrize("has_numbers", [True, False])
def test_two_shops_of_one_label_each_pay_their_own_line(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User, has_numbers: bool
) -> None:
    """The first one was renamed, and another took its name; the bill was frozen before lines had numbers, or after."""
    validate(clerk, inside)
    shops.change_shop(actor=SYSTEM, shop_id=shop.pk, fields={"name": "Chroma West"}, now=START)
    other = make_user()
    namesake = make_shop(other, shop.site_id, per_session=Decimal(15))
    validate(other, inside)
    bill = quote(staff, inside, after(150)).bill
    if not has_numbers:
        bill.lines = [{name: value for name, value in line.items() if name != "validation_id"} for line in bill.lines]
        bill.save()
    left = leave(staff, inside, now=after(151)).session
    assert lines(left)[1:] == (
        ("Validated by Chroma, 60 min", 1, Decimal("-50.00")),
        ("Validated by Chroma, 60 min", 1, Decimal("-15.00")),
    )
    assert [statement_of(one, date(2026, 11, 1)).total for one in (shop, namesake)] == [50, 15]
    assert left.bill.total == 150 - 50 - 15
    assert_books_agree()


@pytest.mark.parametrize(("bill", "paid"), [("80", 80), ("999.99", 150), ("1000", 150)])
def test_a_purchase_pays_up_to_its_amount(
    clerk: User, inside: ParkingSession, staff: User, bill: str, paid: int
) -> None:
    make_shop(clerk, inside.zone.site_id, gives="PURCHASE", value=None, from_amount=Decimal(1000))
    validate(clerk, inside, bill_amount=Decimal(bill), bill_number="A-1")
    leave(staff, inside, now=after(150))
    assert Validation.objects.get().amount == paid


def test_a_purchase_needs_its_amount(clerk: User, inside: ParkingSession) -> None:
    make_shop(clerk, inside.zone.site_id, gives="PURCHASE", value=None)
    with pytest.raises(InvalidInput):
        validate(clerk, inside)


def test_a_shop_pays_for_a_session_that_is_ended_by_staff(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User
) -> None:
    validate(clerk, inside)
    assert terminate(staff, inside, now=after(150)).session.bill.due == 50
    assert Validation.objects.get().amount == 50
    assert_books_agree()


# --- Finding -------------------------------------------------------------------------------------------


def test_a_car_is_found_by_code_and_by_the_end_of_its_plate(shop: Shop, clerk: User, inside: ParkingSession) -> None:
    first = validate(clerk, inside, code=inside.qr_code)
    undo(clerk, first)
    for text in ("1234", "ab 1234", "DL-01-AB-1234"):
        undo(clerk, validate(clerk, inside, plate=text))
    with refused("not_found_inside"):
        validate(clerk, inside, plate="234")


def test_a_plate_is_found_as_it_is_written_on_the_car(
    shop: Shop, clerk: User, staff: User, inside: ParkingSession, zone: ParkingZone
) -> None:
    """Numbers are kept with their zeros, which nobody types that are not on the car."""
    short = enter(staff, take_ticket(zone, "DL-1-CAB-12", START), START)
    for text in ("DL1CAB12", "AB12", "dl 1 cab 12", "DL-01-CAB-0012", "0012"):
        validation = validate(clerk, short, plate=text)
        assert validation.session_id == short.pk
        undo(clerk, validation)
    undo(clerk, validate(clerk, inside, plate="DL1AB1234"))
    for text in ("AB2", "XAB12", "AB1"):
        with refused("not_found_inside"):
            validate(clerk, short, plate=text)


def test_a_car_that_is_not_inside_here_is_not_found(
    shop: Shop, clerk: User, driver: User, staff: User, inside: ParkingSession
) -> None:
    booked = book(driver, inside.zone, now=START)
    leave(staff, inside, now=after(60))
    for session in (booked, inside):
        with refused("not_found_inside"):
            validate(clerk, session, after(61))


def test_several_that_match_are_told_apart_by_masked_plates(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User, zone: ParkingZone
) -> None:
    other = enter(staff, take_ticket(zone, "KA-05-XY-1234", START), START)
    with refused("several_match"):
        validate(clerk, inside, plate="1234")
    validate(clerk, other)
    assert [masked(plate) for plate in ("DL-01-AB-1234", "KA-05-XY-1234", "AB-1234")] == [
        "DL01••1234",
        "KA05••1234",
        "••1234",
    ]


def test_who_works_for_no_shop_validates_nothing(shop: Shop, driver: User, clerk: User, inside: ParkingSession) -> None:
    with refused("not_permitted"):
        validate(driver, inside)
    shops.change_shop(actor=SYSTEM, shop_id=shop.pk, fields={"is_active": False}, now=START)
    with refused("not_permitted"):
        validate(clerk, inside)


# --- Limits, undo, what is fixed -----------------------------------------------------------------------


def test_a_shop_validates_a_session_once(shop: Shop, clerk: User, inside: ParkingSession) -> None:
    validate(clerk, inside)
    with refused("already_validated"):
        validate(clerk, inside)
    assert len(reloaded(inside).offers["shops"]) == 1


@pytest.mark.parametrize("limit", ["per_day", "per_month"])
def test_a_shop_validates_as_often_as_it_may(
    clerk: User, staff: User, zone: ParkingZone, inside: ParkingSession, limit: str
) -> None:
    limits: dict[str, Any] = {limit: 1}
    make_shop(clerk, zone.site_id, **limits)
    other = enter(staff, take_ticket(zone, now=START), START)
    first = validate(clerk, inside)
    with refused("validation_limit"):
        validate(clerk, other)
    undo(clerk, first)
    validate(clerk, other)
    tomorrow = enter(staff, take_ticket(zone, now=START), START)
    if limit == "per_day":
        validate(clerk, tomorrow, START + timedelta(hours=14, minutes=1))
    else:
        with refused("validation_limit"):
            validate(clerk, tomorrow, START + timedelta(hours=14, minutes=1))


def test_a_validation_is_taken_back_within_five_minutes(shop: Shop, clerk: User, inside: ParkingSession) -> None:
    validation = validate(clerk, inside)
    with refused("undo_over"):
        undo(clerk, validation, START + timedelta(minutes=5, seconds=1))
    undo(clerk, validation, after(5))
    assert reloaded(inside).offers == {}
    with refused("validation_not_found"):
        undo(clerk, validation, after(5))
    validate(clerk, inside, after(6))


def test_a_manager_validates_lists_and_takes_back_for_a_shop_of_the_own_sites(
    shop: Shop, admin: User, inside: ParkingSession
) -> None:
    body = {"session_id": inside.pk, "shop_id": shop.pk}
    with time_machine.travel(START, tick=False):
        as_admin = ApiClient(admin)
        made = data_of(as_admin.post("/api/shop/validate/", body), 201)
        listed = data_of(as_admin.get("/api/shop/validations/", shop_id=shop.pk))["results"]
        elsewhere = make_user(Role.ADMIN)
        User.objects.filter(pk=elsewhere.pk).update(site_ids=[shop.site_id + 99])
        answer = ApiClient(User.objects.get(pk=elsewhere.pk)).delete(f"/api/shop/validations/{made['id']}/")
        assert problem_of(answer) == (404, "validation_not_found")
        data_of(as_admin.delete(f"/api/shop/validations/{made['id']}/"))
    assert [row["id"] for row in listed] == [made["id"]]
    assert not Validation.objects.filter(undone_at=None).exists()


def test_nobody_takes_back_what_another_shop_validated(shop: Shop, clerk: User, inside: ParkingSession) -> None:
    other = make_user()
    make_shop(other, shop.site_id, name="Bakery")
    validation = validate(clerk, inside)
    with refused("validation_not_found"):
        undo(other, validation)


def test_after_the_quote_at_the_exit_it_is_fixed_but_the_drivers_code_is_not(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User, driver: User
) -> None:
    make_code()
    quote(staff, inside, after(126))
    with refused("quote_given"):
        validate(clerk, inside, after(127))
    assert give(driver, inside, "WELCOME", after(128)).bill.total == 120


def test_a_validation_lowers_what_was_paid_ahead(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User, driver: User
) -> None:
    pay_ahead(driver, inside, after(126))
    validate(clerk, inside, after(127))
    left = leave(staff, inside, now=after(128)).session
    assert (left.bill.total, left.bill.captured, left.bill.refunded) == (100, 150, 50)
    assert_books_agree()


# --- Documents -----------------------------------------------------------------------------------------


def test_the_drivers_document_says_who_paid_and_charges_the_rest(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User
) -> None:
    validate(clerk, inside)
    left = leave(staff, inside, now=after(150)).session
    payment = Payment.objects.filter(bill=left.bill, method="CASH").get()
    sheet = sheet_of(documents_of_payment(payment_id=payment.pk, actor=SYSTEM, now=after(151))[0])
    assert [(row.label, row.amount) for row in sheet.rows] == [
        ("Parking", "150.00"),
        ("60 min, paid by Chroma", "-50.00"),
    ]
    assert sheet.total == ("Total", "₹100.00")


def test_what_both_payers_are_taxed_for_is_the_whole_price_once(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User
) -> None:
    register(shop.site)
    validate(clerk, inside)
    left = leave(staff, inside, now=after(150)).session
    payment = Payment.objects.filter(bill=left.bill, method="CASH").get()
    document = documents_of_payment(payment_id=payment.pk, actor=SYSTEM, now=after(151))[0]
    invoice = invoice_of(shop, date(2026, 11, 1), now=DECEMBER)
    assert (document.total, invoice.total) == (100, 50)
    assert (document.taxable, invoice.taxable) == (Decimal("84.74"), Decimal("42.38"))
    # Of ₹150, 18 % within.
    assert document.taxable + invoice.taxable == Decimal("127.12")


def test_a_shop_gets_one_invoice_for_a_month_that_is_over(
    shop: Shop, clerk: User, inside: ParkingSession, staff: User, zone: ParkingZone
) -> None:
    other = enter(staff, take_ticket(zone, now=START), START)
    validate(clerk, inside)
    validate(clerk, other)
    leave(staff, inside, now=after(150))
    leave(staff, other, now=after(30))
    november = date(2026, 11, 1)
    assert statement_of(shop, november).total == 100
    assert statement_of(shop, date(2026, 10, 1)).total == 0
    with refused("month_not_over"):
        invoice_of(shop, november, now=START)
    invoice = invoice_of(shop, november, now=DECEMBER)
    assert invoice_of(shop, november, now=DECEMBER) == invoice
    assert (invoice.total, ShopInvoice.objects.count()) == (100, 1)
    sheet = sheet_of(invoice)
    assert [(row.label, row.amount) for row in sheet.rows] == [("Parking of customers, Nov 2026, 2 sessions", "100.00")]
    assert ("Customer", "Chroma") in sheet.facts
    with refused("nothing_to_invoice"):
        invoice_of(shop, date(2026, 10, 1), now=DECEMBER)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"gives": "PERCENT", "value": Decimal(101)}, "gives"),
        ({"gives": "MINUTES", "value": Decimal("1.5")}, "gives"),
        ({"gives": "MINUTES", "value": None}, "gives"),
        ({"gives": "PURCHASE", "value": Decimal(5)}, "gives"),
        ({"per_session": Decimal(0)}, "per_session"),
        ({"per_day": 0}, "per_day"),
        ({"gstin": "NOPE"}, "gstin"),
        ({"people": [999]}, "people"),
    ],
)
def test_what_a_shop_may_not_be(shop: Shop, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        shops.change_shop(actor=SYSTEM, shop_id=shop.pk, fields=fields, now=START)
    assert set(error.value.errors) == {field}


def test_two_shops_of_a_site_have_different_names(shop: Shop, driver: User) -> None:
    with refused("shop_name_taken"):
        make_shop(driver, shop.site_id)
