"""What people see when a service says no, and what is written down about it."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.core.errors import Forbidden, InvalidInput, NotFound, Refused, TooMany, Unauthenticated, Unavailable
from parking.web.refusals import RefusalMiddleware, csrf_failed
from tests.build import make_user

pytestmark = pytest.mark.django_db


def answer_to(error, method="get", **headers):
    request = getattr(RequestFactory(), method)("/tickets/1/", headers=headers)
    request.user = type("Nobody", (), {"is_authenticated": False})()
    return RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("zone_full", ""), 400),
        (Forbidden("forbidden", ""), 403),
        (NotFound("session_not_found", ""), 404),
        (Unavailable("gateway_unavailable", ""), 503),
        (OperationalError("gone"), 503),
    ],
)
def test_a_page_with_the_sentence(error, status):
    answer = answer_to(error)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/office/sessions/7/", True),
        ("http://elsewhere.example/office/sessions/7/", False),
        ("", False),
    ],
)
def test_a_refusal_leads_back_to_where_it_was_asked_for(came_from, back):
    page = answer_to(Refused("session_over", "Over"), "post", Referer=came_from).content.decode()
    assert ('href="/office/sessions/7/"' in page) is back


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example/x"])
def test_a_refusal_leads_back_to_no_other_site(path):
    """An address of ours whose path begins as the name of another site."""
    page = answer_to(Refused("session_over", "Over"), "post", Referer=f"http://testserver{path}").content.decode()
    assert 'href="//' not in page
    assert 'href="/%2F' in page


@pytest.mark.parametrize("path", ["/sw.js", "/sign-in/?next=/office/", "/\\evil.example/"])
def test_what_is_no_page_of_ours_or_sends_on_is_no_page_to_go_back_to(path):
    page = answer_to(Forbidden("forbidden", ""), Referer=f"http://testserver{path}").content.decode()
    assert f'href="{path}"' not in page


@pytest.mark.parametrize("path", ["/pay/return/a%00b/", "/zones/99999999999999999999/", "/zones/%00/"])
def test_what_no_database_takes_is_not_found(path):
    assert Client().get(path).status_code == 404


def test_a_part_of_a_page_is_shown_in_its_place():
    answer = answer_to(Refused("zone_full", ""), **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<p class="note note-error" role="alert" data-refusal="zone_full">')


def test_too_many_says_when_to_come_again():
    answer = answer_to(TooMany("too_many_requests", "", retry_after=42))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "42")


def test_who_is_not_signed_in_signs_in():
    assert answer_to(Unauthenticated("not_authenticated", "")).headers["Location"] == "/sign-in/?next=%2Ftickets%2F1%2F"


def test_bugs_and_the_api_are_not_ours():
    assert answer_to(ValueError()) is None
    request = RequestFactory().get("/api/user/zones/")
    assert RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, Refused("zone_full", "")) is None


@pytest.mark.parametrize(
    ("error", "method", "lines"),
    [
        (Refused("zone_full", ""), "post", ["refused.zone_full"]),
        (Forbidden("forbidden", ""), "post", ["refused.forbidden"]),
        (Refused("zone_full", ""), "get", []),
        (NotFound("zone_not_found", ""), "post", []),
        (InvalidInput({"zone": ["?"]}), "post", []),
    ],
)
def test_refused_changes_are_on_record(error, method, lines):
    answer_to(error, method)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == lines


def test_a_form_without_its_token():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Please reload the page and try again." in answer.content.decode()
    assert csrf_failed.__name__ == "csrf_failed"


def test_a_body_beyond_the_limit_is_no_fault_of_ours():
    assert Client().post("/sign-in/", {"username": "a" * 1_100_000, "password": "b"}).status_code in {400, 413}


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF", "a" * 10_000])
def test_odd_text_is_bad_input(text):
    body = f"username={text}&password=x"
    assert Client().post("/sign-in/", body, content_type="application/x-www-form-urlencoded").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "address", "way"),
    [
        (Role.USER, "/office/", "/tickets/"),
        (Role.STAFF, "/office/", "/gate/inside/"),
        (Role.ADMIN, "/office/sessions/999999/", "/office/payments/"),
        (Role.USER, "/nothing/here/", "/tickets/"),
    ],
)
def test_a_refusal_keeps_the_navigation_of_the_daily_work(role, address, way):
    browser = Client()
    browser.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.get(address)
    assert answer.status_code in {403, 404}
    assert f'href="{way}"' in answer.content.decode()
