"""Saved views of the office's lists: kept, shown, opened, renamed, deleted."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import Role, SavedView, User
from parking.accounts.saved_views import save_view
from parking.core import clock
from parking.web.office.shared.saved_lists import LISTS
from tests.build import actor, make_user, make_zone
from tests.web.office.forms import browser_of, text_of

SESSIONS = "/office/sessions/"
PAGES = {
    "sessions": (SESSIONS, {"unpaid": "on", "state": "ACTIVE"}),
    "payments": ("/office/payments/", {"method": "CASH"}),
    "record": ("/office/audit/", {"outcome": "no"}),
    "users": ("/office/users/", {"role": "STAFF"}),
    "passes": ("/office/passes/", {"q": "Rao"}),
    "debts": ("/office/debts/", {"all": "on"}),
}


def person(role, zone):
    user = make_user(Role.AUDITOR if role == "auditor" else Role.ADMIN)
    if role == "manager of a site":
        User.objects.filter(pk=user.pk).update(site_ids=[zone.site_id])
    return User.objects.get(pk=user.pk)


def shown(answer):
    """Return the names of the views of a page with their addresses, and the one that is current."""
    nav = re.search(r'<nav class="views".*?</nav>', text_of(answer), re.DOTALL)
    links = re.findall(r'<a href="([^"]*)"([^>]*)><bdi>(.*?)</bdi>', nav.group() if nav else "")
    current = [name for _, more, name in links if 'aria-current="page"' in more]
    return {name: href.replace("&amp;", "&") for href, _, name in links}, current


def save(browser, name, list_name="sessions", **query):
    return browser.post(f"/office/views/{list_name}/save/", {"name": name, **(query or {"unpaid": "on"})})


def test_every_list_with_a_filter_has_views():
    assert set(PAGES) == set(LISTS)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (role, name)
        for role in ("manager", "manager of a site", "auditor")
        for name in PAGES
        if (role, name) != ("manager of a site", "record")  # it has all sites, and is not theirs
    ],
)
def test_a_filter_is_saved_opened_renamed_and_deleted(zone, role, name):
    page, query = PAGES[name]
    browser = browser_of(person(role, zone))
    assert "Save view" not in text_of(browser.get(page))
    assert "Save view" in text_of(browser.get(page, query))
    saved = save(browser, "Mine", name, **query)
    assert saved.status_code == 302
    opened = browser.get(saved.headers["Location"])
    views, current = shown(opened)
    assert (list(views), current) == (["Mine"], ["Mine"])
    assert browser.get(views["Mine"]).status_code == 200
    assert "Save view" not in text_of(opened)
    assert shown(browser.get(page))[1] == []
    view = SavedView.objects.get()
    own = f"/office/views/{view.pk}/"
    assert f'href="{own}"' in text_of(opened)
    assert browser.post(own, {"name": "Ours"}).headers["Location"] == views["Mine"]
    assert list(shown(browser.get(page))[0]) == ["Ours"]
    assert browser.post(f"{own}delete/").headers["Location"] == page
    assert shown(browser.get(page)) == ({}, [])


@pytest.mark.parametrize("role", ["manager", "manager of a site", "auditor"])
def test_somebody_elses_views_are_not_there(zone, admin, role):
    save(browser_of(admin), "Mine")
    view = SavedView.objects.get()
    other = browser_of(person(role, zone))
    assert shown(other.get(SESSIONS, {"unpaid": "on"})) == ({}, [])
    own = f"/office/views/{view.pk}/"
    answers = [other.get(own), other.post(own, {"name": "Ours"}), other.post(f"{own}delete/")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert SavedView.objects.get().name == "Mine"


def test_a_refused_name_can_be_corrected(admin):
    browser = browser_of(admin)
    save(browser, "Mine")
    again = save(browser, "Mine", long="on")
    assert "Another view of this list has this name." in text_of(again)
    assert '<input type="hidden" name="long" value="on">' in text_of(again)
    assert "This field is required." in text_of(save(browser, " "))
    save(browser, "Long", long="on")
    view = SavedView.objects.get(name="Long")
    taken = browser.post(f"/office/views/{view.pk}/", {"name": "Mine"})
    assert "Another view of this list has this name." in text_of(taken)


@pytest.mark.parametrize("text", ["a\0b", "x" * 1_001])
def test_a_filter_that_cannot_be_kept_is_refused_in_the_readers_language(admin, text):
    browser = browser_of(admin)
    browser.cookies["django_language"] = "hi"
    answer = save(browser, "Mine", "users", q=text)
    assert (answer.status_code, SavedView.objects.exists()) == (200, False)
    assert "यह फ़िल्टर सहेजा नहीं जा सकता।" in text_of(answer)


def test_a_name_that_cannot_be_read_is_refused_in_the_readers_language(admin):
    browser = browser_of(admin)
    browser.cookies["django_language"] = "hi"
    assert "ज़्यादा से ज़्यादा 40 अक्षरों का नाम दें।" in text_of(save(browser, "Mi\x07ne"))


def test_only_what_belongs_to_the_filter_is_kept(admin):
    browser = browser_of(admin)
    save(browser, "Mine", unpaid="on", page="3", after="9", at="2026-11-01", evil="1", sort="plate", csv="x")
    assert SavedView.objects.get().query == {"unpaid": "on", "sort": "plate"}
    assert shown(browser.get(SESSIONS, {"unpaid": "on", "sort": "owner", "page": "2"}))[1] == ["Mine"]
    assert save(browser, "Mine", "nothing").status_code == 404


def test_a_name_is_text_and_turns_nothing_round(admin):
    browser = browser_of(admin)
    save(browser, "<b>\u202eRao&")
    assert list(shown(browser.get(SESSIONS))[0]) == ["&lt;b&gt;Rao&amp;"]


def test_a_view_of_a_zone_or_a_state_that_is_gone_opens_the_list(admin):
    browser = browser_of(admin)
    gone = {"zone": "999999", "state": "NONE", "from": "x"}
    save_view(actor=actor(admin), list_name="sessions", name="Gone", query=gone, now=clock.now())
    views, _ = shown(browser.get(SESSIONS))
    answer = browser.get(views["Gone"])
    assert answer.status_code == 200
    assert "The filter is not right" in text_of(answer)
    assert shown(answer)[1] == ["Gone"]


def test_a_view_of_a_site_that_is_lost_leads_to_its_own_page(zone):
    lost = make_zone().site_id
    manager = person("manager of a site", zone)
    query = {"site": str(lost + 1_000), "unpaid": "on"}
    view = save_view(actor=actor(manager), list_name="sessions", name="Lost", query=query, now=clock.now())
    browser = browser_of(manager)
    assert shown(browser.get(SESSIONS))[0] == {"Lost": f"/office/views/{view.pk}/"}
    page = text_of(browser.get(f"/office/views/{view.pk}/"))
    assert "This view is of a car park that is not one of yours any more." in page


def test_days_that_end_today_move_along(admin):
    browser = browser_of(admin)
    with time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=UTC)):
        save(browser, "This week", **{"from": "2026-11-14", "to": "2026-11-20"})
        save(browser, "That week", **{"from": "2026-11-07", "to": "2026-11-13"})
    with time_machine.travel(datetime(2026, 12, 1, 9, 30, tzinfo=UTC)):
        browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
        assert shown(browser.get(SESSIONS, {"from": "2026-11-25", "to": "2026-12-01"})) == (
            {
                "That week": f"{SESSIONS}?from=2026-11-07&to=2026-11-13",
                "This week": f"{SESSIONS}?from=2026-11-25&to=2026-12-01",
            },
            ["This week"],
        )


@pytest.mark.parametrize("name", PAGES)
def test_a_list_asks_once_for_its_views_however_many(admin, name):
    page, _ = PAGES[name]
    browser = browser_of(admin)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page).status_code == 200
        return [one["sql"] for one in asked]

    statements()
    none = statements()
    SavedView.objects.bulk_create(  # not by the page: the record would have lines of it
        SavedView(person=admin, list_name=name, name=f"View {number}", query={"q": f"{number}"}, saved_at=clock.now())
        for number in range(20)
    )
    many = statements()
    assert len(many) == len(none)
    assert [sum("accounts_savedview" in sql for sql in each) for each in (none, many)] == [1, 1]
