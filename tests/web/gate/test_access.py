"""Who may open the gate's pages, and what the kept page holds."""

import pytest
from django.test import Client

from tests.build import book, enter

pytestmark = pytest.mark.django_db

READ = ["/gate/", "/gate/ticket/", "/gate/inside/", "/gate/inside/live/", "/gate/slots/", "/gate/slots/live/"]
POSTED = ["/gate/scan/", "/gate/collect/", "/gate/plate/", "/gate/ticket/"]


def browser(user=None, **options):
    client = Client(**options)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def of_a_stay(session):
    return [f"/gate/{path}/" for path in (f"wait/{session.pk}", f"stays/{session.pk}", f"ticket/{session.pk}")]


def test_strangers_sign_in_first(driver, staff, zone):
    session = enter(staff, book(driver, zone))
    for path in READ + of_a_stay(session):
        answer = browser().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path.replace('/', '%2F')}")
    for path in [*POSTED, f"/gate/stays/{session.pk}/terminate/", f"/gate/wait/{session.pk}/check/"]:
        assert browser().post(path)["Location"] == "/sign-in/"


def test_a_script_without_session_is_told_where_to_sign_in():
    answer = browser().post("/gate/scan/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/")


def test_drivers_stay_outside(driver, staff, zone):
    session = enter(staff, book(driver, zone))
    client = browser(driver)
    assert {client.get(path).status_code for path in READ + of_a_stay(session)} == {403}
    posted = [*POSTED, f"/gate/stays/{session.pk}/terminate/", f"/gate/wait/{session.pk}/check/"]
    assert {client.post(path).status_code for path in posted} == {403}


def test_attendants_and_managers_come_in(staff, admin, driver, zone):
    session = enter(staff, book(driver, zone))
    for user in (staff, admin):
        client = browser(user)
        assert {client.get(path).status_code for path in ["/gate/ticket/", *READ, *of_a_stay(session)]} == {200}


def test_stays_that_are_not_there(staff):
    client = browser(staff)
    for path in ("/gate/wait/99/", "/gate/stays/99/", "/gate/ticket/99/"):
        assert client.get(path).status_code == 404
    assert client.post("/gate/wait/99/check/").status_code == 404
    assert client.get("/gate/wait/99/check/").status_code == 405


@pytest.mark.parametrize("path", POSTED)
def test_posts_need_a_token(staff, path):
    assert browser(staff, enforce_csrf_checks=True).post(path).status_code == 403


def test_reads_are_not_posted_nor_posts_read(staff):
    client = browser(staff)
    assert {client.get(path).status_code for path in POSTED[:3]} == {405}
    assert client.post("/gate/").status_code == 405


def test_the_kept_page_holds_nothing_personal_and_sets_the_token(staff, driver, zone):
    session = enter(staff, book(driver, zone, "DL-01-AB-1234"))
    client = browser(staff)
    answer = client.get("/gate/")
    text = answer.content.decode()
    for personal in (staff.username, staff.email, "DL-01-AB-1234", session.qr_code, session.owner_name):
        assert personal not in text
    assert "csrftoken" in client.cookies


def test_wasm_is_allowed_on_the_scanning_page_alone(staff):
    client = browser(staff)
    policies = {path: client.get(path)["Content-Security-Policy"] for path in READ}
    assert [path for path, policy in policies.items() if "'wasm-unsafe-eval'" in policy] == ["/gate/"]
    assert not any("'unsafe-inline'" in policy or "'unsafe-eval'" in policy for policy in policies.values())
