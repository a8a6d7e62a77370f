"""The months of an organisation, what a part of one costs, and how many vehicles are on a list at once."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from parking.passes.organisation_rules import (
    Agreement,
    Billing,
    Month,
    Stretch,
    months_of,
    months_to_invoice,
    most_at_once,
)

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
MONTHLY, AHEAD = Billing.MONTHLY, Billing.AHEAD


def _spans(agreement: Agreement, most: int = 4) -> list[tuple[date, date]]:
    return [(month.starts, month.ends) for month in islice(months_of(agreement), most)]


def test_months_are_counted_from_the_first_day_over_short_ones() -> None:
    assert _spans(Agreement(date(2027, 1, 31), None, MONTHLY, 0), 3) == [
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 4, 30)),
    ]


def test_the_last_month_ends_with_the_agreement_and_costs_its_days() -> None:
    months = list(months_of(Agreement(date(2026, 11, 1), date(2026, 12, 11), MONTHLY, 0)))
    assert months == [
        Month(1, date(2026, 11, 1), date(2026, 12, 1), 30),
        Month(2, date(2026, 12, 1), date(2026, 12, 11), 31),
    ]
    assert [month.share_of(Decimal("1000.00")) for month in months] == [Decimal("1000.00"), Decimal("322.58")]


@given(first=DAYS, days=st.integers(1, 1500))
def test_months_follow_each_other_and_end_on_the_day_of_the_first(first: date, days: int) -> None:
    over_on = first + timedelta(days=days)
    months = list(months_of(Agreement(first, over_on, MONTHLY, 0)))
    assert months[0].starts == first
    assert months[-1].ends == over_on
    assert all(before.ends == after.starts for before, after in pairwise(months))
    for month in months[:-1]:
        assert month.ends.day == min(first.day, monthrange(month.ends.year, month.ends.month)[1])
        assert month.days == month.whole
    assert months[-1].share_of(Decimal("99.99")) <= Decimal("99.99")


@given(
    first=DAYS,
    days=st.integers(1, 400),
    runs=st.lists(st.integers(0, 200), max_size=8),
    billing=st.sampled_from(Billing),
    due_days=st.integers(0, 40),
)
def test_whenever_the_worker_runs_each_month_is_written_once(
    first: date, days: int, runs: list[int], billing: Billing, due_days: int
) -> None:
    agreement = Agreement(first, first + timedelta(days=days), billing, due_days)
    written: list[Month] = []
    for run in [*sorted(runs), days]:
        today = first + timedelta(days=run)
        new = list(months_to_invoice(agreement, written=len(written), today=today))
        if billing == MONTHLY:
            assert all(month.ends <= today for month in new)
        written += new
    assert written == list(months_of(agreement))


def test_a_month_is_invoiced_once_it_is_over_or_so_long_before_it_begins() -> None:
    first = date(2026, 11, 22)
    over = Agreement(first, None, MONTHLY, 10)
    assert list(months_to_invoice(over, written=0, today=date(2026, 12, 21))) == []
    assert [month.number for month in months_to_invoice(over, written=0, today=date(2026, 12, 22))] == [1]
    ahead = Agreement(first, None, AHEAD, 10)
    assert [month.number for month in months_to_invoice(ahead, written=0, today=date(2026, 12, 11))] == [1]
    assert [month.number for month in months_to_invoice(ahead, written=0, today=date(2026, 12, 12))] == [1, 2]


def _on(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def test_who_leaves_makes_room_for_who_comes() -> None:
    stretches = [Stretch(_on(1), _on(10)), Stretch(_on(10), None), Stretch(_on(5), _on(6))]
    assert most_at_once(stretches, starts=_on(1)) == 2
    assert most_at_once(stretches, starts=_on(6), ends=_on(30)) == 1
    assert most_at_once(stretches, starts=_on(1), ends=_on(1)) == 0


SPANS = st.lists(st.tuples(st.integers(1, 27), st.integers(1, 27)), max_size=8)


@given(spans=SPANS, starts=st.integers(1, 14), length=st.integers(1, 14))
def test_the_greatest_number_is_that_of_some_day(spans: list[tuple[int, int]], starts: int, length: int) -> None:
    stretches = [Stretch(_on(min(span)), _on(max(span)) if span[0] <= span[1] else None) for span in spans]
    days = range(starts, starts + length)
    on_days = [
        sum(one.starts <= _on(day) and (one.ends is None or _on(day) < one.ends) for one in stretches) for day in days
    ]
    found = most_at_once(stretches, starts=_on(starts), ends=_on(starts + length))
    assert found == max(on_days)
