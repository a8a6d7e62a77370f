"""Who may open which pages, and where everybody else is sent."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver

from parking.accounts.models import Role, User
from parking.web import urls as pages
from parking.web.access import for_managers, safe_next
from tests.build import make_user

PASSWORD = "a-good-password"
# What anybody may open: no person's data is on it.
PUBLIC = {
    "board",
    "brand_icon",
    "brand_logo",
    "brand_style",
    "design",
    "email_confirm",
    "gate_display",
    "gate_display_live",
    "home",
    "language",
    "manifest",
    "offline",
    "password_forgotten",
    "password_reset",
    "poster",
    "poster_print",
    "receipt_check",
    "service_worker",
    "sign_in",
    "sign_out",
    "sign_up",
    "unsubscribe",
    "zone",
    "zone_live",
    "zones",
    "zones_live",
}
VALUES = {"int": 1, "str": "x", "uuid": "00000000-0000-0000-0000-000000000001"}


def patterns(found, prefix=""):
    for entry in found:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern))
        else:
            yield entry, prefix + str(entry.pattern)


def address(route, entry):
    for name, converter in entry.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        route = route.replace(f"<{kind}:{name}>", str(VALUES[kind]))
    return f"/{route}"


ALL = {entry.name: address(route, entry) for entry, route in patterns(pages.urlpatterns)}


def browser_of(user):
    browser = Client(raise_request_exception=False)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_every_page_has_a_name_and_an_address_of_its_own():
    entries = list(patterns(pages.urlpatterns))
    assert len(entries) == len(ALL)
    assert None not in ALL


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(ALL) - PUBLIC))
def test_strangers_sign_in_first(name):
    for call in (Client().get, Client().post):
        answer = call(ALL[name])
        assert answer.status_code in {302, 405}
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in/")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(name for name, path in ALL.items() if path.startswith("/office/")))
@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_the_office_is_for_managers(name, role):
    browser = browser_of(make_user(role))
    assert {call(ALL[name]).status_code for call in (browser.get, browser.post)} <= {403, 405}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", sorted(name for name, path in ALL.items() if path.startswith("/gate/") and name not in PUBLIC)
)
def test_the_gate_is_not_for_drivers(name):
    browser = browser_of(make_user(Role.USER))
    assert {call(ALL[name]).status_code for call in (browser.get, browser.post)} <= {403, 405}


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "start"), [(Role.ADMIN, "/office/"), (Role.STAFF, "/gate/"), (Role.USER, "/zones/")])
def test_everybody_starts_where_the_work_is(role, start):
    assert browser_of(make_user(role)).get("/").headers["Location"] == start


@pytest.mark.django_db
def test_a_script_is_told_where_the_whole_page_is_to_go():
    answer = Client().get(ALL["ticket_live"], headers={"X-Live": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/")


@pytest.mark.django_db
def test_a_suspended_user_is_out_with_the_next_request(staff):
    browser = browser_of(staff)
    assert browser.get("/gate/").status_code == 200
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert browser.get("/gate/").status_code == 302


def test_a_door_keeps_what_it_guards():
    @for_managers
    def view(_request):
        return HttpResponse("secret")

    assert view.__name__ == "view"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", ""],
)
def test_next_cannot_leave_the_site(wanted):
    request = RequestFactory().get("/sign-in/", {"next": wanted})
    assert safe_next(request, "/zones/") == "/zones/"


def test_next_leads_back():
    request = RequestFactory().get("/sign-in/", {"next": "/tickets/5/?from=mail"})
    assert safe_next(request, "/zones/") == "/tickets/5/?from=mail"


def test_pages_do_not_hide_calls_of_the_api():
    """Every address of the contract is still found, although pages have addresses beside them."""
    ours = {route for _, route in patterns(get_resolver().url_patterns) if route.startswith("api/")}
    assert not ours & {path.removeprefix("/") for path in ALL.values()}


@pytest.mark.parametrize(
    ("referer", "sent_to"),
    [
        ("http://testserver/office/zones/1/?x=1", "/sign-in/?next=%2Foffice%2Fzones%2F1%2F%3Fx%3D1&interrupted=1"),
        ("https://evil.example/office/", "/sign-in/"),
        ("", "/sign-in/"),
    ],
)
def test_who_must_sign_in_to_send_a_form_comes_back_to_its_page(db, referer, sent_to):
    answer = Client().post("/office/zones/1/", {}, headers={"Referer": referer})
    assert answer.headers["Location"] == sent_to


def test_a_session_that_ended_in_the_midst_of_something_is_told_of(db):
    assert "what you typed" in Client().get("/sign-in/?next=/office/&interrupted=1").content.decode()
    assert "what you typed" not in Client().get("/sign-in/?next=/office/").content.decode()
