"""Rupees and paise."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.core.money import MAX_AMOUNT, indian, rupees, to_paise


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), (50, "50.00"), ("1e3", "1000.00")],
)
def test_amounts_are_rounded_half_up_to_the_paisa(value: str | int, rounded: str) -> None:
    assert str(rupees(value)) == rounded


@pytest.mark.parametrize(("amount", "paise"), [("50.00", 5000), ("0.01", 1), ("0", 0), ("99999999.99", 9999999999)])
def test_gateways_count_paise(amount: str, paise: int) -> None:
    assert to_paise(Decimal(amount)) == paise


def test_a_fraction_of_a_paisa_is_no_amount() -> None:
    with pytest.raises(ValueError, match="fraction of a paisa"):
        to_paise(Decimal("0.001"))


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0", "0.00"), ("999.5", "999.50"), ("100000.00", "1,00,000.00"), ("-12345", "-12,345.00")],
)
def test_amounts_are_grouped_as_in_india(amount: str, written: str) -> None:
    assert indian(Decimal(amount)) == written


@given(st.decimals(min_value=0, max_value=MAX_AMOUNT, places=2))
def test_grouping_keeps_every_digit(amount: Decimal) -> None:
    written = indian(amount)
    assert written.replace(",", "") == f"{amount:.2f}"
    groups = written.partition(".")[0].split(",")
    assert [len(group) for group in groups[1:]] == [2] * (len(groups) - 2) + [3] * (len(groups) > 1)


@given(st.decimals(min_value=0, max_value=MAX_AMOUNT, places=2))
def test_paise_and_rupees_say_the_same(amount: Decimal) -> None:
    assert Decimal(to_paise(amount)) / 100 == amount == rupees(amount)
