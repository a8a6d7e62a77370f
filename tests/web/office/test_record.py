"""The audit record on the office's page."""

import pytest

from parking.accounts.models import User
from parking.audit import services as audit
from parking.audit.events import Refusal
from parking.facilities.events import ZoneRetired
from tests.build import actor
from tests.moments import START
from tests.web.office.forms import browser_of, text_of

RECORD = "/office/audit/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def lines(admin, staff, zone):
    audit.record(actor(admin), ZoneRetired(zone_id=zone.pk), START)
    audit.record(actor(staff), Refusal(code="zone_full", path="/<script>"), START)


@pytest.mark.usefixtures("lines")
def test_lines_are_found_by_account_outcome_and_thing(office, staff, zone):
    def actions(query):
        return [line.entry.action for line in office.get(f"{RECORD}?{query}").context["sheet"].rows]

    assert actions(f"q={staff.username}") == ["refused.zone_full"]
    assert actions("outcome=no") == actions("code=zone_full") == ["refused.zone_full"]
    assert actions(f"action=zone.retired&kind=zone&number={zone.pk}") == ["zone.retired"]
    assert actions("from=2026-11-23&outcome=no") == []


@pytest.mark.usefixtures("lines")
def test_a_line_links_to_its_thing_and_shows_its_facts_as_text(office, zone):
    page = text_of(office.get(RECORD))
    assert f'href="/office/zones/{zone.pk}/"' in page
    assert "/&lt;script&gt;" in page
    assert "/<script>" not in page


@pytest.mark.usefixtures("lines")
def test_the_page_costs_the_same_however_many_lines_there_are(office, staff, django_assert_num_queries):
    for _ in range(10):
        audit.record(actor(staff), Refusal(code="zone_full"), START)
    office.get(RECORD)  # the process keeps what it read of notices and what waits
    with django_assert_num_queries(7):  # session, account, count, lines, names, saved views, what waits
        office.get(RECORD)


@pytest.mark.usefixtures("lines")
def test_the_file_has_the_same_lines(office):
    answer = office.get(f"{RECORD}file/csv/?outcome=no")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [line.split(",")[5] for line in text.splitlines()] == ["What", "refused.zone_full"]


def test_who_works_at_some_sites_reads_none_of_it(office, admin, zone):
    User.objects.filter(pk=admin.pk).update(site_ids=[zone.site_id])
    assert office.get(RECORD).status_code == 403
