"""The law in numbers: the table of payments.md, financial years, numbers, GSTINs."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.invoices.rules import (
    LARGEST,
    LONGEST_NUMBER,
    PREFIX,
    Split,
    document_number,
    financial_year,
    own_prefix,
    split_tax,
)

INDIA = ZoneInfo("Asia/Kolkata")
RATE = Decimal("18.00")
amounts = st.decimals(Decimal("0.01"), Decimal("999999.99"), places=2)
rates = st.sampled_from([Decimal(0), Decimal(5), Decimal(12), RATE, Decimal(28)])


@pytest.mark.parametrize(
    ("amount", "cgst", "sgst", "taxable"),
    [("20.00", "1.53", "1.53", "16.94"), ("50.00", "3.81", "3.81", "42.38"), ("100.00", "7.63", "7.63", "84.74")],
)
def test_an_inclusive_price_is_split(amount, cgst, sgst, taxable):
    split = split_tax(Decimal(amount), RATE, inclusive=True)
    assert split == Split(Decimal(taxable), Decimal(cgst), Decimal(sgst), Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "cgst", "sgst", "total"),
    [("42.37", "3.81", "3.81", "49.99"), ("50.00", "4.50", "4.50", "59.00"), ("123.45", "11.11", "11.11", "145.67")],
)
def test_tax_comes_on_top_of_an_exclusive_price(amount, cgst, sgst, total):
    split = split_tax(Decimal(amount), RATE, inclusive=False)
    assert split == Split(Decimal(amount), Decimal(cgst), Decimal(sgst), Decimal(total))


@given(amounts, rates, st.booleans())
def test_a_split_always_adds_up(amount, rate, inclusive):
    split = split_tax(amount, rate, inclusive=inclusive)
    assert split.taxable + split.cgst + split.sgst == split.total
    assert split.cgst == split.sgst
    assert split.taxable > 0


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        # Midnight of 1 April in India is 18:30 of 31 March in UTC.
        (datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC), "2526"),
        (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), "2627"),
        (datetime(2027, 3, 31, 18, 29, 59, 999999, tzinfo=UTC), "2627"),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "2627"),
        (datetime(2099, 6, 1, tzinfo=UTC), "9900"),
    ],
)
def test_a_financial_year_begins_on_the_first_of_april_in_india(moment, year):
    assert financial_year(moment, INDIA) == year


@pytest.mark.parametrize(
    ("letter", "count", "number"),
    [
        ("", 42, "KA1/2526/0000042"),
        ("C", 42, "KA1C2526/0000042"),
        ("R", LARGEST, "KA1R2526/9999999"),
    ],
)
def test_a_number_is_sixteen_characters(letter, count, number):
    assert document_number(prefix="KA1", letter=letter, year="2526", count=count) == number
    assert len(number) == LONGEST_NUMBER


@pytest.mark.parametrize("count", [0, -1, LARGEST + 1])
def test_a_series_that_is_used_up_gives_no_number(count):
    with pytest.raises(ValueError, match="a series goes"):
        document_number(prefix="KA1", letter="", year="2526", count=count)


@pytest.mark.parametrize(
    ("prefix", "fits"), [("KA1", True), ("1AA", True), ("A00", True), ("0A1", False), ("Z01", False)]
)
def test_a_prefix_begins_neither_with_zero_nor_with_z(prefix, fits):
    assert bool(PREFIX.fullmatch(prefix)) is fits


def test_a_site_without_prefix_has_one_that_nobody_can_choose():
    assert (own_prefix(1), own_prefix(36), own_prefix(1295)) == ("Z01", "Z10", "ZZZ")
    assert not PREFIX.fullmatch(own_prefix(1))
    with pytest.raises(ValueError, match="prefix of its own"):
        own_prefix(1296)
