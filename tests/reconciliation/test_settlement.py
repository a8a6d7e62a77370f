"""Settlement files: what is read of them, and what is refused."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from parking.core.errors import InvalidInput
from parking.reports.rules import PAYMENT, REFUND, Movement
from parking.reports.settlement import read_settlement

HEAD = "kind,gateway_id,merchant_id,amount,currency,made_at"
GOOD = "PAYMENT,OM1,PK-1,50.00,INR,2026-11-22T10:00:00+05:30"
TEN = datetime(2026, 11, 22, 10, tzinfo=timezone(timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_payments_and_refunds(end: str) -> None:
    text = end.join([f"\ufeff{HEAD}", GOOD, "", 'REFUND,OMR1,"",20,INR,2026-11-22T04:30:00Z', ""])
    assert read_settlement(text) == [
        Movement(PAYMENT, "OM1", "PK-1", Decimal("50.00"), TEN),
        Movement(REFUND, "OMR1", "", Decimal("20.00"), TEN),
    ]


def test_a_file_without_rows_is_a_day_without_money() -> None:
    assert read_settlement(HEAD) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", f"line 1: the columns must be {HEAD}"),
        ("gateway_id,kind\n", f"line 1: the columns must be {HEAD}"),
        (f"{HEAD},more\n", f"line 1: the columns must be {HEAD}"),
        (f"{HEAD}\nPAYMENT,OM1\n", "line 2: 2 columns, not 6"),
        (f"{HEAD}\n\n{GOOD.replace('PAYMENT', 'FEE')}", "line 3: kind must be PAYMENT or REFUND"),
        (
            f"{HEAD}\n{GOOD.replace('OM1', '')}",
            "line 2: a number has 1 to 64 visible ASCII characters; only merchant_id may be empty",
        ),
        (f"{HEAD}\n{GOOD.replace('INR', 'inr')}", "line 2: currency must be three capital letters"),
        (f'{HEAD}\n{GOOD}"x', None),
        (f'{HEAD}\n"PAYMENT', None),
        (f"{HEAD}\n{GOOD}\n{GOOD}", "PAYMENT OM1 stands there 2 times"),
    ],
)
def test_a_bad_file_is_refused(text: str, problem: str | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settlement(text)
    assert problem is None or caught.value.errors == {"settlement": [problem]}


@pytest.mark.parametrize("amount", ["", "0", "-1", "1.234", "1,0", "1e3", "٥", "NaN", "₹5", "999999999", " 5"])
def test_no_such_amount(amount: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settlement(f"{HEAD}\n" + GOOD.replace("50.00", f'"{amount}"'))
    assert caught.value.errors == {"settlement": ["line 2: amount must be rupees above zero, such as 50.00"]}


@pytest.mark.parametrize("time", ["", "2026-11-22", "2026-11-22T10:00:00", "1767225600", "yesterday"])
def test_no_such_time(time: str) -> None:
    with pytest.raises(InvalidInput):
        read_settlement(f"{HEAD}\n{GOOD.replace('2026-11-22T10:00:00+05:30', time)}")


def test_no_more_than_ten_problems_are_told() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settlement("\n".join([HEAD, *["PAYMENT"] * 20]))
    assert len(caught.value.errors["settlement"]) == 10
