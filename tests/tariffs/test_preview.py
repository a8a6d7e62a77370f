"""What stays of usual lengths cost, before and after."""

from datetime import date
from decimal import Decimal

from parking.tariffs.rules import Terms
from parking.tariffs.rules.preview import preview
from parking.tariffs.rules.templates import peak_bands

FLAT = Terms(Decimal("50.00"), Decimal("0.00"))


def test_stays_are_compared_by_length_and_entry() -> None:
    rows = preview(FLAT, Terms(Decimal("50.00"), Decimal("0.00"), bands=peak_bands()), date(2026, 11, 26))
    assert {row.minutes: [(cell.before, cell.after) for cell in row.cells] for row in rows} == {
        60: [(50, 80), (50, 50), (50, 30)],
        120: [(100, 130), (100, 100), (100, 60)],
        240: [(200, 230), (200, 200), (200, 120)],
        1440: [(1200, 1170), (1200, 1170), (1200, 1170)],
    }
    assert rows[0].cells[0].change == 30
