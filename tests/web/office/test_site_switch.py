"""The site that the office looks at: in the address, kept by links and files, and nothing of another site behind it."""

from dataclasses import dataclass

import pytest

from parking.accounts.models import Role
from parking.core import clock, fresh
from parking.facilities.models import ParkingSite
from tests.build import enter, make_user, make_zone, take_ticket, terminate
from tests.web.office.forms import browser_of, text_of

PAGES = ["", "live/", "sessions/", "payments/", "debts/", "revenue/", "zones/", "zones/live/"]
FILES = ["sessions/file/csv/", "payments/file/csv/", "revenue/file/csv/"]
# Each shows one of these of the site that is chosen: a zone, a plate, a price.
MARKS = {"Palm Grove", "KA-01-AB-7711", "137.31"}


@dataclass(frozen=True)
class Two:
    first: ParkingSite
    second: ParkingSite


def make_site(name, code):
    return ParkingSite.objects.create(name=name, code=code, state="OPEN", created_at=clock.now())


@pytest.fixture
def two(staff):
    """Two sites; at the first a car was sent off without paying, and another is inside."""
    sites = Two(make_site("Connaught Place", "CP"), make_site("Airport", "AIR"))
    zone = make_zone("Palm Grove", rate="137.31", site_id=sites.first.pk)
    make_zone("Terminal 3", site_id=sites.second.pk)
    terminate(staff, enter(staff, take_ticket(zone, "KA-01-AB-7711")))
    terminate(staff, enter(staff, take_ticket(zone)), "CASH")
    fresh.forget_all()
    return sites


def shown(browser, path, site=None):
    answer = browser.get(f"/office/{path}" + (f"?site={site.pk}" if site else ""))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode() if answer.streaming else text_of(answer)


@pytest.mark.parametrize("path", PAGES + FILES)
def test_a_page_shows_the_site_of_its_address_alone(admin, two, path):
    browser = browser_of(admin)
    assert any(mark in shown(browser, path) for mark in MARKS)
    assert any(mark in shown(browser, path, two.first) for mark in MARKS)
    assert not any(mark in shown(browser, path, two.second) for mark in MARKS)


@pytest.mark.parametrize("path", PAGES + FILES)
@pytest.mark.parametrize("site", ["999", "x", "0", "9" * 40])
def test_a_site_that_is_not_there_is_not_found(admin, two, path, site):
    assert browser_of(admin).get(f"/office/{path}?site={site}").status_code == 404


@pytest.mark.parametrize("path", PAGES + FILES)
def test_another_managers_site_is_not_found(two, path):
    manager = make_user(Role.ADMIN)
    manager.site_ids = [two.second.pk]
    manager.save(update_fields=["site_ids"])
    browser = browser_of(manager)
    assert browser.get(f"/office/{path}?site={two.first.pk}").status_code == 404
    assert "site-switch" not in shown(browser, path, two.second)


def test_links_and_files_keep_the_site(admin, two):
    page = shown(browser_of(admin), "sessions/", two.first)
    here = f"site={two.first.pk}"
    for link in (
        f"/office/sessions/file/csv/?{here}",
        f"/office/payments/?{here}",
        f"/office/?{here}",
        f"{here}&amp;sort=plate",
    ):
        assert link in page
    assert f'<input type="hidden" name="site" value="{two.first.pk}">' in page
    assert f"/office/live/?{here}" in shown(browser_of(admin), "", two.first)
    assert f"/office/debts/?{here}" in shown(browser_of(admin), "", two.first)


def test_the_switch_names_the_sites_and_keeps_the_filter(admin, two):
    answer = browser_of(admin).get(f"/office/sessions/?site={two.first.pk}&state=ACTIVE&page=2&zone=1")
    switch = answer.context["switch"]
    assert [(choice.name, choice.address, choice.is_chosen) for choice in switch.choices] == [
        ("Airport", f"?site={two.second.pk}&state=ACTIVE", False),
        ("Connaught Place", f"?site={two.first.pk}&state=ACTIVE", True),
    ]
    assert switch.all_address == "?state=ACTIVE"
    page = text_of(answer)
    assert page[page.index("site-switch") :].count('aria-current="true"') == 1


def test_one_site_needs_no_switch(admin, zone):
    assert "site-switch" not in shown(browser_of(admin), "sessions/")
