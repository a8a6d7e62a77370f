"""What a draft makes of sessions one by one: free minutes once, the window of a reservation, rounding."""

from dataclasses import replace
from decimal import Decimal

from parking.replays.tally import Past, Tally
from parking.tariffs.rules import BillLine, LineKind, Terms, single_line
from tests.moments import START, at

HOURS = Terms(Decimal(50), Decimal(0), grace_minutes=0)
TWO_HOURS = (BillLine("Parking", 2, Decimal(50)),)


def past(begins: float = 0, minutes: float = 120, *, vehicle: int = 1, lines: tuple[BillLine, ...] = TWO_HOURS) -> Past:
    return Past(
        session_id=1,
        entry=at(begins),
        exit=at(begins + minutes),
        day=START.date(),
        lines=lines,
        had_fee=False,
        vehicle_id=vehicle,
        booked_at=at(begins),
    )


def after(terms: Terms, *sessions: Past) -> list[int]:
    """Return what each of these sessions costs under the terms (rupees)."""
    tally, found = Tally(), []
    for session in sessions:
        total = tally.whole.after
        tally.add(session, terms)
        found.append((tally.whole.after - total) // 100)
    return found


def test_a_plate_has_its_free_minutes_once_in_their_time() -> None:
    free = replace(HOURS, free_minutes=30, free_again_after_minutes=180)
    visits = [past(0, 20), past(60, 20), past(199, 20), past(200, 20)]
    assert after(free, *visits) == [0, 50, 50, 0]
    assert after(free, past(0, 20), past(60, 20, vehicle=2)) == [0, 0]
    assert after(replace(free, free_again_after_minutes=0), *visits) == [0, 0, 0, 0]


def test_a_visit_that_was_too_long_for_free_minutes_leaves_them_to_the_next() -> None:
    free = replace(HOURS, free_minutes=30, free_again_after_minutes=180)
    assert after(free, past(0, 31), past(60, 20)) == [50, 0]


def test_who_stayed_longer_than_reserved_pays_for_it_under_the_draft_too() -> None:
    dear = replace(HOURS, overstay_percent=50)
    late = replace(past(0, 180), ends_at=at(60))
    assert after(dear, late, past(0, 180)) == [150 + 25, 150]


def test_what_a_discount_left_to_be_rounded_is_left_out_on_both_sides() -> None:
    """₹100 less 15 percent is ₹85, rounded to ₹90: without the code it was ₹100."""
    promo = BillLine("Promo code WELCOME", 1, Decimal(-15), LineKind.PROMO)
    lines = (*TWO_HOURS, promo, single_line(LineKind.ROUND_OFF, Decimal(5)))
    tens, tally = replace(HOURS, round_to=Decimal(10)), Tally()
    tally.add(replace(past(lines=lines), round_to=Decimal(10)), tens)
    assert (tally.whole.before, tally.whole.after, dict(tally.before_by_label)) == (10_000, 10_000, {"Parking": 10_000})


def test_rounding_counts_on_both_sides() -> None:
    """₹45 an hour: ₹45 to the paisa, ₹50 by tens."""
    tally, hour = Tally(), (BillLine("Parking", 1, Decimal(45)),)
    tens = replace(HOURS, base_rate=Decimal(45), round_to=Decimal(10))
    tally.add(past(minutes=60, lines=hour), tens)
    assert (tally.whole.before, tally.whole.after) == (4_500, 5_000)
    assert dict(tally.after_by_label) == {"Parking": 4_500, "Round off": 500}


def test_the_span_of_free_minutes_is_counted_to_the_booking() -> None:
    free = replace(HOURS, free_minutes=30, free_again_after_minutes=180)
    reserved = replace(past(600, 20), booked_at=at(100))
    assert after(free, past(0, 20), reserved) == [0, 50]
