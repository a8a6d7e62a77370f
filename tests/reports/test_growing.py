"""Counting a table to which rows are only added."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.reports import growing
from parking.reports.growing import WholeTable
from parking.stays.models import ParkingSession
from tests.build import take_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "SETTLED", 2)
    monkeypatch.setattr(growing, "_kept", {})


def test_old_rows_are_read_once_and_new_ones_counted(zone: ParkingZone) -> None:
    sessions = [take_ticket(zone) for _ in range(5)]
    assert WholeTable(ParkingSession).count() == 5
    take_ticket(zone)
    with CaptureQueriesContext(connection) as captured:
        assert WholeTable(ParkingSession).count() == 6
    assert f'"id" > {sessions[2].pk}' in captured.captured_queries[0]["sql"]
    assert len(captured.captured_queries) == 1


def test_an_empty_table_has_none(zone: ParkingZone) -> None:
    assert WholeTable(User).count() == 0
