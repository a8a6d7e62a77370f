"""Our own UPI QR at the counter, and the day that a reference names."""

from datetime import date
from decimal import Decimal

import pytest

from parking.core.site_settings import upi_address_problem
from parking.payments.counter_upi import is_of_these_days, upi_link


def test_the_link_has_the_address_as_it_is_two_decimals_and_no_plus() -> None:
    link = upi_link(
        address="cp.parking@okbank", payee="Connaught Place", amount=Decimal(50), note="7 DL-01 " + "x" * 60
    )
    assert link == ("upi://pay?pa=cp.parking@okbank&pn=Connaught%20Place&am=50.00&cu=INR&tn=7%20DL-01%20" + "x" * 42)


@pytest.mark.parametrize(
    ("reference", "is_fresh"),
    [("633112345678", True), ("633012345678", True), ("632912345678", False), ("533112345678", False), ("", False)],
)
def test_a_reference_begins_with_the_day(reference: str, is_fresh: bool) -> None:
    assert is_of_these_days(reference, date(2026, 11, 27)) is is_fresh


def test_yesterday_may_be_in_the_year_before() -> None:
    assert is_of_these_days("636512345678", date(2027, 1, 1))


@pytest.mark.parametrize(("text", "is_one"), [("", True), ("cp@okbank", True), ("cp", False), ("a b@okbank", False)])
def test_an_address_has_a_bank(text: str, is_one: bool) -> None:
    assert (upi_address_problem(text) is None) is is_one
