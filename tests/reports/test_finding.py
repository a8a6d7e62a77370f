"""Names that many have: found and counted exactly, whether they are looked up or the list is walked."""

from typing import Any

import pytest

from parking.core import parts
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.reports import finding, searching
from parking.reports.finding import stays_found
from parking.reports.session_counts import SessionCounter, sessions_up_to_long
from parking.reports.sessions import SessionFilter, all_sessions
from parking.stays.models import ParkingSession
from tests.build import take_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def raos(zone: ParkingZone) -> list[int]:
    """Five sessions, of which the older three are of somebody called Rao."""
    rows = [take_ticket(zone) for _ in range(5)]
    ParkingSession.objects.update(owner_name="Meera Iyer")
    ids = [row.pk for row in rows[:3]]
    ParkingSession.objects.filter(pk__in=ids).update(owner_name="Asha Rao")
    return ids[::-1]


def found(text: str) -> tuple[list[int], int]:
    wanted = SessionFilter(sites=ALL_SITES, search=text)
    return [row.pk for row in all_sessions(wanted)], SessionCounter(wanted).count()


@pytest.mark.parametrize(
    ("many", "sample"),
    [
        (2000, {}),  # looked up
        (2, {}),  # too many to look up, and some are among the newest: walked
        (2, {"SAMPLE": 2}),  # none is among the newest
        (2000, {"PAGE": 3}),  # a page of the newest: walked, and counted
        (2000, {"PAGE": 3, "COUNTED": 0}),  # walked, and counted by the API alone
    ],
)
def test_a_name_is_found_and_counted_however_common(
    raos: list[int], monkeypatch: pytest.MonkeyPatch, many: int, sample: dict[str, int]
) -> None:
    monkeypatch.setattr(parts, "MANY", many)
    for name, value in sample.items():
        monkeypatch.setattr(finding, name, value)
    assert found("rao") == (raos, 3)
    assert found("nothing-such") == ([], 0)
    assert [row.pk for row in searching.find("rao", sites=ALL_SITES).sessions] == raos
    is_counted = "COUNTED" not in sample
    assert sessions_up_to_long(SessionFilter(sites=ALL_SITES, search="rao")) == (3 if is_counted else None)
    assert stays_found("rao").is_common is not is_counted


def test_whoever_is_looked_up_is_sorted_afterwards(raos: list[int], django_assert_num_queries: Any) -> None:
    """A name that nobody has: nothing is read in the order of a list, which might be walked to its end."""
    with django_assert_num_queries(7) as done:
        assert searching.find("nothing-such", sites=ALL_SITES) == searching.Hits([], [], [])
    sorted_ones = [query["sql"] for query in done.captured_queries if "ORDER BY" in query["sql"]]
    assert ["LIMIT 5000" in sql for sql in sorted_ones] == [True]
