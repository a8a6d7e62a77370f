"""The three older pages: what they show, and that they need nothing but themselves."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.services import retire_zone
from tests.build import make_zone

PAGES = {
    "/parking/entry/": "Parking ticket",
    "/parking/entry-qr-scan/": "Entry scan",
    "/entry-qr-scan/": "Entry scan",
    "/parking/exit-qr-scan/": "Exit scan",
    "/exit-qr-scan/": "Exit scan",
}
# The style sheets of every page, in the order of their cascade; the font that nearly all of their letters are in.
LOOK = tuple(
    f"web/{name}" for name in ("fonts", "tokens", "base", "shell", "forms", "parts", "tables", "components", "feedback")
)
FONT = "/static/vendor/fonts/inter.woff2"


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order; those of the form that is the page's own apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.in_form: list[tuple[str, dict[str, str | None]]] = []
        self._is_in_form = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._is_in_form |= tag == "form" and "data-answered-below" in dict(attrs)
        if self._is_in_form:
            self.in_form.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self._is_in_form &= tag != "form"

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]

    def of_form(self, *tags):
        return [attributes for tag, attributes in self.in_form if tag in tags]


@pytest.fixture
def browser(db):
    return Client(enforce_csrf_checks=True)


def read(browser, path):
    answer = browser.get(path)
    return answer, Elements(answer.content.decode())


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_page(browser, zone, path, title):
    answer, elements = read(browser, path)
    assert answer.status_code == 200
    assert f"<title>{title} · Smart Parking</title>" in answer.content.decode()
    assert elements.all("html") == [{"lang": "en"}]
    viewport = {"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}
    assert viewport in elements.all("meta")
    (form,) = elements.of_form("form")
    assert form["method"] == "post"
    assert form["action"] == {
        "/entry-qr-scan/": "/parking/entry-qr-scan/",
        "/exit-qr-scan/": "/parking/exit-qr-scan/",
    }.get(path, path)


@pytest.mark.parametrize("path", PAGES)
def test_every_field_has_a_label_and_the_answer_is_spoken(browser, zone, path):
    _, elements = read(browser, path)
    fields = [field for field in elements.of_form("input", "select") if field.get("type") != "hidden"]
    assert {field["id"] for field in fields} == {label["for"] for label in elements.all("label")}
    (verdict,) = elements.all("section")
    assert (verdict["role"], verdict["aria-live"]) == ("status", "polite")
    assert "autofocus" in fields[0]


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_no_inline_code_and_say_so(browser, zone, path):
    answer, elements = read(browser, path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert all("src" in script for script in elements.all("script"))
    # Scripts wait for the page; only the theme is set before the first paint.
    waiting = [script for script in elements.all("script") if script.get("type") == "module"]
    assert [script["src"] for script in elements.all("script") if script not in waiting] == ["/static/web/theme.js"]
    assert not elements.all("style")
    assert not [attribute for _, given in elements.found for attribute in given if re.match("on|style", attribute)]


@pytest.mark.parametrize("path", PAGES)
def test_what_pages_load_is_our_own_and_there(browser, zone, path):
    _, elements = read(browser, path)
    links = {link["rel"]: link["href"] for link in elements.all("link") if link["rel"] != "stylesheet"}
    touch = links.pop("apple-touch-icon")
    assert browser.get(touch).headers["Content-Type"] == "image/png"
    assert links == {"icon": "/static/web/icon.svg", "manifest": "/app.webmanifest", "preload": FONT}
    assert browser.get("/app.webmanifest").status_code == 200
    sheets = [link["href"] for link in elements.all("link") if link["rel"] == "stylesheet"]
    assert sheets == [f"/static/{name}.css" for name in (*LOOK, "legacy/pages")]
    scripts = [script["src"] for script in elements.all("script")]
    assert scripts == [f"/static/{name}.js" for name in ("web/theme", "web/app", "legacy/pages")]
    pictures = {use["href"].partition("#")[0] for use in elements.all("use")}
    assert pictures == {"/static/vendor/icons.svg"}
    ours = [address.removeprefix("/static/") for address in (*sheets, *scripts, *pictures, links["icon"])]
    assert all(finders.find(name) for name in ours)


def test_entry_lists_active_zones_with_rate_and_free_slots(browser, zone):
    make_zone("Closed", is_active=False)
    retire_zone(actor=SYSTEM, zone_id=make_zone("Gone", slots=0).pk, now=clock.now())
    full = make_zone("Zone <B>", rate="75.00", slots=0)
    answer, elements = read(browser, "/parking/entry/")
    assert [option["value"] for option in elements.all("option")] == [str(full.uuid), str(zone.uuid)]
    page = answer.content.decode()
    assert "Zone A · ₹50 an hour · 10 free" in page
    assert "Zone &lt;B&gt; · ₹75 an hour · full" in page


def test_entry_without_any_zone(browser, db):
    answer, _ = read(browser, "/parking/entry/")
    assert "No zone is open" in answer.content.decode()


def test_exit_offers_the_two_methods(browser):
    _, elements = read(browser, "/parking/exit-qr-scan/")
    assert [option["value"] for option in elements.all("option")] == ["CASH", "ONLINE"]


def test_a_page_works_without_script(browser, zone):
    """The form as it stands, sent by the browser itself, with the token that stands in it."""
    _, elements = read(browser, "/parking/entry/")
    form = {field["name"]: field.get("value", "") for field in elements.of_form("input", "select")}
    form |= {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "zone_id": str(zone.uuid)}
    answer = browser.post("/parking/entry/", form)
    assert (answer.status_code, answer.json()["message"]) == (200, "Slot allocated: A-001")


# --- Errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nothing/", "/parking/", "/parking/entry", "/zones"])
def test_nothing_there(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.content.decode()


def test_our_fault_is_shown_without_context_and_database():
    """No database is allowed in this test; nothing is known of the request either."""
    page = render_to_string("web/500.html")
    assert "<h1>Technical issue, contact support</h1>" in page
    loaded = [element.get("href") or element.get("src") for element in Elements(page).all("link", "script")]
    sheets = [f"/static/{name}.css" for name in LOOK]
    assert loaded == ["/static/web/icon.svg", FONT, *sheets, "/static/web/theme.js"]


@pytest.mark.django_db
def test_our_fault(monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError

    monkeypatch.setattr("parking.web.account.views.SignInForm", fail)
    answer = Client(raise_request_exception=False).get("/sign-in/")
    assert answer.status_code == 500
    assert "Technical issue, contact support" in answer.content.decode()


@pytest.mark.django_db
def test_our_fault_names_whom_to_call_and_at_the_gate_what_to_do(monkeypatch, settings, staff):
    def fail(*_args, **_options):
        raise RuntimeError

    settings.SUPPORT_CONTACT = "1800 123 456"
    for view in ("account.views.SignInForm", "gate.emergency.EmergencyForm"):
        monkeypatch.setattr(f"parking.web.{view}", fail)
    browser = Client(raise_request_exception=False)
    assert "Support: 1800 123 456" in browser.get("/sign-in/").content.decode()
    browser.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/gate/emergency/").content.decode()
    assert "Technical issue, please wait" in page
    assert "paper slips" in page
