"""What a stay costs: the table of docs/pricing.md, and what holds for every stay."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.core.money import rupees
from parking.tariffs.rules import (
    BillLine,
    LineKind,
    Terms,
    billed_hours,
    booking_lines,
    kept_lines,
    next_rise,
    single_line,
    stay_lines,
    total_of,
    whole_minutes,
)

PRICING = Path(__file__).parents[2] / "docs" / "pricing.md"
TABLE_HEAD = "| minutes | billed hours | at ₹50/h |"
ENTRY = datetime(2026, 11, 22, 4, 35, tzinfo=UTC)
AT_50 = Terms(hourly_rate=Decimal("50.00"), booking_fee=Decimal("0.00"))


def _table() -> list[tuple[int, int, Decimal]]:
    """The rows of the table in docs/pricing.md: minutes, hours, rupees."""
    lines = PRICING.read_text(encoding="utf-8").splitlines()
    rows = []
    for line in lines[lines.index(TABLE_HEAD) + 2 :]:
        if not line.startswith("|"):
            break
        minutes, hours, amount = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append((int(minutes), int(hours), Decimal(amount.removeprefix("₹"))))
    return rows


SETTLED = {45: 1, 65: 1, 66: 2, 125: 2, 126: 3, 150: 3, 300: 5, 3: 1}


def test_the_table_has_the_settled_examples() -> None:
    hours = {minutes: hours for minutes, hours, _ in _table()}
    assert {minutes: hours[minutes] for minutes in SETTLED} == SETTLED


@pytest.mark.parametrize(("minutes", "hours", "amount"), _table())
@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_hours_of_the_pricing_table(minutes: int, hours: int, amount: Decimal, seconds: int) -> None:
    lines = stay_lines(ENTRY, ENTRY + timedelta(minutes=minutes, seconds=seconds), AT_50)
    assert lines == (BillLine("Parking", hours, Decimal("50.00")),)
    assert total_of(lines) == amount


def test_a_clock_that_was_set_back_bills_the_minimum() -> None:
    assert whole_minutes(ENTRY, ENTRY - timedelta(hours=3)) == 0
    assert stay_lines(ENTRY, ENTRY - timedelta(hours=3), AT_50) == (BillLine("Parking", 1, Decimal("50.00")),)


def test_a_stay_cheaper_than_the_fee_has_a_booking_minimum() -> None:
    terms = Terms(hourly_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    assert stay_lines(ENTRY, ENTRY + timedelta(minutes=45), terms) == (
        BillLine("Parking", 1, Decimal("20.00")),
        BillLine("Booking minimum", 1, Decimal("30.00"), LineKind.MINIMUM),
    )


@pytest.mark.parametrize("minutes", [126, 185])
def test_a_stay_dearer_than_the_fee_has_no_minimum(minutes: int) -> None:
    terms = Terms(hourly_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    lines = stay_lines(ENTRY, ENTRY + timedelta(minutes=minutes), terms)
    assert lines == (BillLine("Parking", 3, Decimal("20.00")),)


@pytest.mark.parametrize(
    ("rate", "minutes", "rise"),
    [("50.00", 0, (66, "100.00")), ("50.00", 65, (66, "100.00")), ("50.00", 66, (126, "150.00")),
     ("20.00", 40, (126, "60.00"))],  # two hours at ₹20 are within the fee of ₹50
)  # fmt: skip
def test_a_bill_grows_next_with_the_hour_that_exceeds_the_fee(rate: str, minutes: int, rise: tuple[int, str]) -> None:
    terms = Terms(hourly_rate=Decimal(rate), booking_fee=Decimal("50.00"))
    grown = next_rise(ENTRY, ENTRY + timedelta(minutes=minutes), terms)
    assert grown == (ENTRY + timedelta(minutes=rise[0]), Decimal(rise[1]))


def test_a_free_stay_never_grows() -> None:
    assert next_rise(ENTRY, ENTRY, Terms(hourly_rate=Decimal("0.00"), booking_fee=Decimal("50.00"))) is None


def test_a_free_zone_has_a_line_all_the_same() -> None:
    terms = Terms(hourly_rate=Decimal("0.00"), booking_fee=Decimal("0.00"))
    lines = stay_lines(ENTRY, ENTRY + timedelta(hours=2), terms)
    assert (lines, total_of(lines)) == ((BillLine("Parking", 2, Decimal("0.00")),), Decimal("0.00"))


def test_terms_may_have_their_own_grace_and_minimum() -> None:
    terms = Terms(Decimal("50.00"), Decimal("0.00"), grace_minutes=0, minimum_hours=2)
    assert [billed_hours(minutes, terms) for minutes in (0, 61, 120, 121)] == [2, 2, 2, 3]


def test_hours_count_as_hours_and_other_lines_do_not() -> None:
    assert [kind for kind in LineKind if single_line(kind, Decimal(1)).is_hours] == [LineKind.HOURS]


@pytest.mark.parametrize("kind", LineKind)
def test_a_line_is_read_as_it_was_stored(kind: LineKind) -> None:
    line = single_line(kind, Decimal("12.50"))
    assert line.to_json()["kind"] == kind.value
    assert BillLine.from_json(line.to_json()) == line


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Parking", "HOURS"),
        ("Night hours", "HOURS"),
        ("Booking minimum", "MINIMUM"),
        ("No-show", "NO_SHOW"),
        ("Late cancellation", "LATE_CANCELLATION"),
        ("Refund", "REFUND"),
    ],
)
def test_an_old_line_without_kind_is_read_by_its_label(label: str, kind: str) -> None:
    stored = {"label": label, "quantity": 1, "unit_price": "50.00", "amount": "50.00"}
    assert BillLine.from_json(stored).kind == kind


def test_a_kind_counts_whatever_its_label_says() -> None:
    stored = {"kind": "REFUND", "label": "Parking", "quantity": 1, "unit_price": "-50.00", "amount": "-50.00"}
    assert BillLine.from_json(stored).is_hours is False


def test_what_is_kept_is_one_line_and_nothing_kept_is_none() -> None:
    assert kept_lines(LineKind.NO_SHOW, Decimal("50.00")) == (
        BillLine("No-show", 1, Decimal("50.00"), LineKind.NO_SHOW),
    )
    assert kept_lines(LineKind.NO_SHOW, Decimal("0.00")) == ()


def test_before_entry_a_booking_costs_its_fee() -> None:
    terms = Terms(hourly_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    assert booking_lines(terms) == (BillLine("Booking minimum", 1, Decimal("50.00"), LineKind.MINIMUM),)
    assert booking_lines(AT_50) == ()


# --- For every stay ----------------------------------------------------------------------------------

AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)
TERMS = st.builds(
    Terms,
    hourly_rate=AMOUNTS,
    booking_fee=AMOUNTS,
    grace_minutes=st.integers(0, 60),
    minimum_hours=st.integers(0, 4),
    hold_minutes=st.integers(0, 120),
    no_show_minutes=st.integers(0, 240),
)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


@given(terms=TERMS, shorter=SPANS, more=SPANS)
def test_staying_longer_never_costs_less(terms: Terms, shorter: timedelta, more: timedelta) -> None:
    cost = [total_of(stay_lines(ENTRY, ENTRY + span, terms)) for span in (shorter, shorter + more)]
    assert cost[0] <= cost[1]


@given(terms=TERMS, span=SPANS)
def test_a_booking_costs_at_least_its_fee(terms: Terms, span: timedelta) -> None:
    assert total_of(stay_lines(ENTRY, ENTRY + span, terms)) >= terms.booking_fee


@given(terms=TERMS, span=SPANS)
def test_lines_add_up_and_are_whole_paise(terms: Terms, span: timedelta) -> None:
    lines = stay_lines(ENTRY, ENTRY + span, terms)
    hours = billed_hours(whole_minutes(ENTRY, ENTRY + span), terms)
    assert sum(line.quantity for line in lines if line.is_hours) == hours
    assert total_of(lines) == max(hours * terms.hourly_rate, terms.booking_fee)
    assert all(line.amount == line.quantity * line.unit_price == rupees(line.amount) for line in lines)


@given(terms=TERMS, span=SPANS)
def test_seconds_do_not_matter(terms: Terms, span: timedelta) -> None:
    whole = timedelta(minutes=span // timedelta(minutes=1))
    assert stay_lines(ENTRY, ENTRY + span, terms) == stay_lines(ENTRY, ENTRY + whole, terms)


@given(terms=TERMS)
def test_terms_survive_json(terms: Terms) -> None:
    kept = terms.to_json()
    assert Terms.from_json(kept) == terms
    assert isinstance(kept["hourly_rate"], str)


@given(label=st.sampled_from(["Parking", "No-show"]), quantity=st.integers(0, 1000), price=AMOUNTS)
def test_lines_survive_json(label: str, quantity: int, price: Decimal) -> None:
    line = BillLine(label, quantity, price)
    assert BillLine.from_json(line.to_json()) == line
