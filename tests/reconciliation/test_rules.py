"""Two books compared: what is missing on which side, and what differs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from parking.reports.rules import PAYMENT, REFUND, Comparison, Movement, Standing, Waiting, compare

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=1)
PAID = Movement(PAYMENT, "pay_1", "PK-1", Decimal("50.00"), SINCE + timedelta(hours=4))
BACK = Movement(REFUND, "rfnd_1", "RF-1", Decimal("20.00"), SINCE + timedelta(hours=5))


def between(ours: list[Movement], theirs: list[Movement]) -> Comparison:
    return compare(ours=ours, theirs=theirs, since=SINCE, until=UNTIL)


def test_books_that_agree() -> None:
    result = between([PAID, BACK], [BACK, PAID])
    assert (result, result.differences) == (Comparison(compared=2), 0)


def test_what_one_side_lacks() -> None:
    assert between([], [PAID]) == Comparison(missing_here=(PAID,), compared=1)
    assert between([PAID], []) == Comparison(missing_there=(PAID,))


def test_an_amount_or_currency_that_differs() -> None:
    for other in (replace(PAID, amount=Decimal("51.00")), replace(PAID, currency="USD")):
        result = between([PAID], [other])
        assert [(pair.ours, pair.theirs) for pair in result.amount_differs] == [(PAID, other)]
        assert result.differences == 1


def test_our_number_serves_where_the_gateways_is_another() -> None:
    assert between([PAID], [replace(PAID, number="other")]).differences == 0


def test_a_payment_and_a_refund_of_one_number_are_two_things() -> None:
    refund = replace(PAID, kind=REFUND)
    assert between([PAID], [refund]) == Comparison(missing_here=(refund,), missing_there=(PAID,), compared=1)


def test_an_order_paid_twice_is_missing_here_once() -> None:
    again = replace(PAID, number="pay_2")
    assert between([PAID], [again, PAID]) == Comparison(missing_here=(again,), compared=2)


def test_empty_numbers_pair_nothing() -> None:
    bare = replace(PAID, number="", own_number="")
    assert between([bare], [bare]) == Comparison(missing_here=(bare,), missing_there=(bare,), compared=1)


def test_partners_on_both_sides_of_midnight_agree() -> None:
    late = replace(PAID, at=UNTIL + timedelta(minutes=1))
    early = replace(PAID, at=UNTIL - timedelta(minutes=1))
    assert (between([late], [early]).differences, between([early], [late]).differences) == (0, 0)


def test_what_lies_outside_of_the_span_is_not_told() -> None:
    for at in (SINCE - timedelta(seconds=1), UNTIL):
        outside = replace(PAID, at=at)
        assert between([outside], []) == between([], [outside]) == Comparison()


def test_what_is_under_way_may_be_there_or_not() -> None:
    waiting = replace(BACK, standing=Standing.UNDER_WAY)
    assert (between([waiting], []).differences, between([waiting], [BACK]).differences) == (0, 0)


def test_what_was_not_taken_here_is_missing_here_if_it_is_there() -> None:
    order = replace(PAID, number="", standing=Standing.NOT_TAKEN)
    assert between([order], []).differences == 0
    assert between([order], [PAID]).missing_here == (PAID,)
    other = replace(PAID, amount=Decimal("51.00"))
    result = between([order], [other])
    assert (result.missing_here, len(result.amount_differs)) == ((), 1)


def test_what_waits_too_long_is_a_difference() -> None:
    waiting = Waiting(PAYMENT, "PK-2", Decimal("50.00"), "PENDING", SINCE)
    result = compare(ours=[], theirs=[], since=SINCE, until=UNTIL, waiting=[waiting])
    assert (result.pending_too_long, result.differences) == ((waiting,), 1)
