"""What a stay costs: the table of docs/pricing.md, and what holds for every stay."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parking.core.money import rupees
from parking.tariffs.rules import (
    BillLine,
    LineKind,
    Stay,
    Terms,
    booking_lines,
    kept_lines,
    lines_of,
    minutes_of,
    next_rise,
    single_line,
    stay_lines,
    steps_begun,
    total_of,
    whole_minutes,
)
from parking.tariffs.rules.changes import Exempt, Gift, Gives, Pass, Points, Promo, Shop, Voucher
from parking.tariffs.rules.slabs import price_within_day
from tests.tariffs.examples import table_rows
from tests.tariffs.random_tariffs import MIDNIGHT, random_terms

TABLE_HEAD = "| minutes | billed hours | at ₹50/h |"
ENTRY = datetime(2026, 11, 22, 4, 35, tzinfo=UTC)
AT_50 = Terms(base_rate=Decimal("50.00"), booking_fee=Decimal("0.00"))


def _table() -> list[tuple[int, int, Decimal]]:
    """The rows of the table in docs/pricing.md: minutes, hours, rupees."""
    rows = table_rows(TABLE_HEAD)
    return [(int(minutes), int(hours), Decimal(amount.removeprefix("₹"))) for minutes, hours, amount in rows]


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
    terms = Terms(base_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    assert stay_lines(ENTRY, ENTRY + timedelta(minutes=45), terms) == (
        BillLine("Parking", 1, Decimal("20.00")),
        BillLine("Booking minimum", 1, Decimal("30.00"), LineKind.BOOKING_MINIMUM),
    )


@pytest.mark.parametrize("minutes", [126, 185])
def test_a_stay_dearer_than_the_fee_has_no_minimum(minutes: int) -> None:
    terms = Terms(base_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    lines = stay_lines(ENTRY, ENTRY + timedelta(minutes=minutes), terms)
    assert lines == (BillLine("Parking", 3, Decimal("20.00")),)


@pytest.mark.parametrize(
    ("rate", "minutes", "rise"),
    [("50.00", 0, (66, "100.00")), ("50.00", 65, (66, "100.00")), ("50.00", 66, (126, "150.00")),
     ("20.00", 40, (126, "60.00"))],  # two hours at ₹20 are within the fee of ₹50
)  # fmt: skip
def test_a_bill_grows_next_with_the_hour_that_exceeds_the_fee(rate: str, minutes: int, rise: tuple[int, str]) -> None:
    terms = Terms(base_rate=Decimal(rate), booking_fee=Decimal("50.00"))
    grown = next_rise(Stay(ENTRY, ENTRY + timedelta(minutes=minutes)), terms)
    assert grown == (ENTRY + timedelta(minutes=rise[0]), Decimal(rise[1]))


def test_a_free_stay_never_grows() -> None:
    assert next_rise(Stay(ENTRY, ENTRY), Terms(base_rate=Decimal("0.00"), booking_fee=Decimal("50.00"))) is None


def test_a_free_zone_has_a_line_all_the_same() -> None:
    terms = Terms(base_rate=Decimal("0.00"), booking_fee=Decimal("0.00"))
    lines = stay_lines(ENTRY, ENTRY + timedelta(hours=2), terms)
    assert (lines, total_of(lines)) == ((BillLine("Parking", 2, Decimal("0.00")),), Decimal("0.00"))


def test_terms_may_have_their_own_grace_and_minimum() -> None:
    terms = Terms(Decimal("50.00"), Decimal("0.00"), grace_minutes=0, minimum_minutes=120)
    assert [steps_begun(minutes, terms) for minutes in (0, 61, 120, 121)] == [2, 2, 2, 3]


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
        ("Booking minimum", "BOOKING_MINIMUM"),
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
    terms = Terms(base_rate=Decimal("20.00"), booking_fee=Decimal("50.00"))
    assert booking_lines(terms) == (BillLine("Booking minimum", 1, Decimal("50.00"), LineKind.BOOKING_MINIMUM),)
    assert booking_lines(AT_50) == ()


# --- For every stay ----------------------------------------------------------------------------------

AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)
FLAT = st.builds(
    Terms,
    base_rate=AMOUNTS,
    booking_fee=AMOUNTS,
    grace_minutes=st.integers(0, 60),
    minimum_minutes=st.sampled_from([0, 60, 120, 180, 240]),
    hold_minutes=st.integers(0, 120),
    no_show_minutes=st.integers(0, 240),
)
ANY = st.integers(0, 2**32).map(lambda seed: random_terms(random.Random(seed)))
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
STARTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=6)).map(lambda span: MIDNIGHT + span)
GIFTS = st.builds(
    Gift,
    gives=st.sampled_from([Gives.MINUTES, Gives.PERCENT, Gives.AMOUNT, Gives.PURCHASE]),
    value=st.integers(1, 100).map(Decimal),
    cap=st.none() | AMOUNTS,
    from_amount=st.none() | AMOUNTS,
)
CHANGES = st.one_of(
    st.builds(Pass, number=st.just("P-000123"), ends_at=STARTS, begins=st.integers(0, 1439), ends=st.integers(0, 1439)),
    st.builds(Exempt, name=st.just("ambulance")),
    st.builds(Shop, name=st.just("Chroma"), gift=GIFTS),
    st.builds(Promo, code=st.just("WELCOME"), gift=GIFTS),
    st.builds(Voucher, code=st.just("V-7Q2M"), amount=AMOUNTS),
    st.builds(Points, points=st.integers(0, 2000)),
)
CHANGED = st.lists(CHANGES, max_size=4).map(tuple)
PLACES = {kind: place for place, kind in enumerate(LineKind)} | {
    LineKind.DAILY_MAXIMUM: 0, LineKind.HOURS: 0, LineKind.SLAB: 0,
}  # fmt: skip


def _never_falls(terms: Terms) -> bool:
    """Whether a longer stay costs at least as much; slabs may say that it does not."""
    minutes = range(1, 1441)
    costs = [price_within_day(minute, terms.slabs) for minute in minutes] if terms.slabs else []
    return all(shorter <= longer for shorter, longer in pairwise(costs))


@given(terms=ANY, entry=STARTS, shorter=SPANS, more=SPANS, demand=st.integers(-50, 100))
def test_staying_longer_never_costs_less(
    terms: Terms, entry: datetime, shorter: timedelta, more: timedelta, demand: int
) -> None:
    assume(_never_falls(terms))
    stays = [Stay(entry, entry + span, demand_percent=demand) for span in (shorter, shorter + more)]
    cost = [total_of(lines_of(stay, terms)) for stay in stays]
    assert cost[0] <= cost[1]


@given(terms=ANY, entry=STARTS, span=SPANS)
def test_a_booking_costs_at_least_its_fee(terms: Terms, entry: datetime, span: timedelta) -> None:
    exact = replace(terms, round_to=Decimal("0.01"))
    assert total_of(stay_lines(entry, entry + span, exact)) >= terms.booking_fee


@given(terms=FLAT, span=SPANS)
def test_lines_of_a_flat_tariff_are_its_hours(terms: Terms, span: timedelta) -> None:
    lines = stay_lines(ENTRY, ENTRY + span, terms)
    hours = steps_begun(whole_minutes(ENTRY, ENTRY + span), terms)
    assert sum(line.quantity for line in lines if line.is_hours) == hours
    assert total_of(lines) == max(hours * terms.base_rate, terms.booking_fee)


STAYS = st.builds(
    lambda entry, span, **others: Stay(entry, entry + span, entry + span / 2, **others),
    entry=STARTS,
    span=SPANS,
    demand_percent=st.integers(-50, 100),
    lost_ticket=st.booleans(),
    changes=CHANGED,
)


@given(terms=ANY, stay=STAYS)
def test_lines_add_up_in_their_order_and_a_total_is_never_below_nothing(terms: Terms, stay: Stay) -> None:
    lines = lines_of(stay, replace(terms, overstay_percent=50))
    assert all(line.amount == line.quantity * line.unit_price == rupees(line.amount) for line in lines)
    assert total_of(lines) >= 0
    places = [PLACES[line.kind] for line in lines]
    assert places == sorted(places)
    assert total_of(lines) % terms.round_to == 0


@given(terms=ANY, entry=STARTS, span=SPANS)
def test_a_day_costs_no_more_than_its_maximum(terms: Terms, entry: datetime, span: timedelta) -> None:
    if terms.daily_cap is None:
        terms = replace(terms, slabs=(), daily_cap=Decimal("100.00"))
    hours = [line for line in stay_lines(entry, entry + span, terms) if line.billed_minutes]
    days = -(-minutes_of(tuple(hours)) // 1440)
    assert total_of(tuple(hours)) <= days * (terms.daily_cap or Decimal(0))


@given(terms=ANY, span=SPANS)
def test_seconds_do_not_matter(terms: Terms, span: timedelta) -> None:
    whole = timedelta(minutes=span // timedelta(minutes=1))
    assert stay_lines(ENTRY, ENTRY + span, terms) == stay_lines(ENTRY, ENTRY + whole, terms)


@given(terms=ANY, entry=STARTS, span=SPANS)
def test_a_bill_stays_as_it_is_until_its_next_rise(terms: Terms, entry: datetime, span: timedelta) -> None:
    assume(_never_falls(terms))
    now = entry + span
    present, rise = total_of(stay_lines(entry, now, terms)), next_rise(Stay(entry, now), terms)
    if rise is None:
        assert total_of(stay_lines(entry, now + timedelta(days=1), terms)) == present
    else:
        assert total_of(stay_lines(entry, rise[0], terms)) == rise[1] > present
        assert total_of(stay_lines(entry, rise[0] - timedelta(minutes=1), terms)) == present


@given(terms=ANY | FLAT)
def test_terms_survive_json(terms: Terms) -> None:
    kept = json.loads(json.dumps(terms.to_json()))
    assert Terms.from_json(kept) == terms
    assert isinstance(kept["base_rate"], str)


def test_terms_of_before_are_read_under_their_present_names() -> None:
    stored = {
        "hourly_rate": "40.00", "booking_fee": "0.00", "grace_minutes": 5, "minimum_hours": 2, "hold_minutes": 10,
        "no_show_minutes": 30, "cancel_window_seconds": 300,
    }  # fmt: skip
    assert Terms.from_json(stored) == Terms(Decimal("40.00"), Decimal("0.00"), minimum_minutes=120)


def test_a_field_that_no_terms_have_is_refused() -> None:
    with pytest.raises(TypeError):
        Terms.from_json(AT_50.to_json() | {"colour": "red"})


@given(label=st.sampled_from(["Parking", "No-show"]), quantity=st.integers(0, 1000), price=AMOUNTS)
def test_lines_survive_json(label: str, quantity: int, price: Decimal) -> None:
    for line in (BillLine(label, quantity, price), BillLine(label, quantity, price, LineKind.SLAB, 90)):
        assert BillLine.from_json(line.to_json()) == line


def test_a_booking_minimum_is_read_under_its_older_name() -> None:
    stored = {"kind": "MINIMUM", "label": "Booking minimum", "quantity": 1, "unit_price": "30.00", "amount": "30.00"}
    assert BillLine.from_json(stored).kind == LineKind.BOOKING_MINIMUM
