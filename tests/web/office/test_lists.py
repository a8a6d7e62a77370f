"""What all lists of the office share: the menu of a row, and the height of rows."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from parking.accounts.models import Role
from parking.core import clock
from parking.web.templatetags.parking import rupees
from tests.build import book, enter, leave, make_user, terminate
from tests.web.office.forms import browser_of, text_of

SESSIONS, PAYMENTS, SITES = "/office/sessions/", "/office/payments/", "/office/sites/"


@pytest.fixture
def left(staff, driver, zone):
    return leave(staff, enter(staff, book(driver, zone))).session


def menus(answer):
    """Return the steps of each menu of a page, by the name that its button has."""
    found = re.findall(r'<button [^>]*popovertarget="([^"]+)" aria-label="([^"]+)"', text_of(answer))
    steps = {}
    for key, label in found:
        body = re.search(rf'id="{key}" popover.*?</ul>', text_of(answer), re.DOTALL)
        assert body
        steps[label] = re.findall(r"</svg>\s*([^<]+?)\s*</", body.group())
    return steps


@pytest.mark.parametrize(
    ("role", "of_payment", "of_refund"), [(Role.ADMIN, ["Receipt", "Refund"], []), (Role.AUDITOR, ["Receipt"], [])]
)
def test_the_menu_of_a_payment_has_what_its_reader_may_do(left, role, of_payment, of_refund):
    found = menus(browser_of(make_user(role)).get(PAYMENTS))
    assert len(found) == left.bill.payments.count()
    assert [steps for steps in found.values() if steps != of_payment] == of_refund


def test_the_menu_of_cash_is_called_by_what_its_row_shows(admin, staff, driver, zone):
    """Cash has no reference, and its number stands nowhere."""
    ago = clock.now() - timedelta(hours=4)
    left = leave(staff, enter(staff, book(driver, zone, now=ago), now=ago)).session
    cash, browser = left.bill.payments.get(method="CASH"), browser_of(admin)
    plate = left.vehicle.vehicle_number.replace("-", "\N{NO-BREAK SPACE}")
    assert f"Actions of {plate}" in menus(browser.get(PAYMENTS))
    assert f"Actions of {rupees(cash.amount)}" in menus(browser.get(f"{SESSIONS}{left.pk}/"))


def test_a_stay_can_be_ended_from_its_row_while_it_lasts(admin, staff, driver, zone, left):
    inside = enter(staff, book(make_user(), zone))
    steps = menus(browser_of(admin).get(SESSIONS))
    others = ["All bookings of this vehicle"]
    plates = [stay.vehicle.vehicle_number.replace("-", "\N{NO-BREAK SPACE}") for stay in (inside, left)]
    assert [steps[f"Actions of {plate}"] for plate in plates] == [[*others, "End this session"], others]


def test_a_row_without_actions_has_no_menu(admin, staff, driver, zone):
    ago = clock.now() - timedelta(hours=4)
    terminate(staff, enter(staff, book(driver, zone, now=ago), now=ago))
    assert list(menus(browser_of(admin).get("/office/debts/")).values()) == [["Write off"]]
    page = text_of(browser_of(make_user(Role.AUDITOR)).get("/office/debts/"))
    assert "Plates owe ₹150 in all" in page
    assert 'class="row-menu"' not in page


def chosen(browser, path=SESSIONS):
    found = re.findall(r'<body[^>]*data-density="(\w+)"', text_of(browser.get(path)))
    pressed = re.findall(r'value="(\w+)"[^>]*aria-pressed="true"', text_of(browser.get(path)), re.DOTALL)
    assert found == pressed
    return found[0]


def choose(browser, value, **more):
    return browser.post("/office/density/", {"density": value, "next": SESSIONS} | more)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_the_height_of_rows_is_that_of_a_person_in_a_browser(role, zone):
    browser = browser_of(make_user(role))
    assert chosen(browser) == "comfortable"
    answer = choose(browser, "compact")
    assert (answer.status_code, answer.headers["Location"]) == (302, SESSIONS)
    cookie = next(iter(answer.cookies.values()))
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31_536_000)
    assert chosen(browser) == chosen(browser, SITES) == "compact"
    browser.force_login(make_user(role), backend="django.contrib.auth.backends.ModelBackend")
    assert chosen(browser) == "comfortable"


def test_only_heights_that_there_are_can_be_chosen(admin):
    browser = browser_of(admin)
    choose(browser, "compact")
    assert choose(browser, "none", next="https://evil.example/").headers["Location"] == "/office/"
    assert chosen(browser) == "compact"
    browser.cookies[f"density_{admin.pk}"] = "<b>"
    assert chosen(browser) == "comfortable"


def test_a_height_is_chosen_by_a_form_of_ours(admin):
    browser = browser_of(admin, enforce_csrf_checks=True)
    assert choose(browser, "compact").status_code == 403
    assert Client().post("/office/density/").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("page", "labels", "query"),
    [
        (SESSIONS, ["Today", "Inside", "Unpaid", "Long stay"], {"unpaid": "on"}),
        (PAYMENTS, ["Today", "Cash", "Online", "Refunds"], {"kind": "REFUND"}),
        ("/office/audit/", ["Today", "Refused"], {"outcome": "no"}),
        ("/office/users/", ["Driver", "Gate attendant", "Manager", "Suspended"], {"active": "no"}),
        ("/office/debts/", ["Open", "Objections", "To be paid", "With written off ones"], {"all": "on"}),
    ],
)
def test_the_usual_filters_are_one_press_away(admin, page, labels, query):
    browser = browser_of(admin)
    answer = browser.get(page, query)
    chips = answer.context["chips"]
    assert [chip.label for chip in chips] == labels
    assert [chip.is_current for chip in chips].count(True) == 1
    current = next(chip for chip in chips if chip.is_current)
    assert current.href == "?"
    name, value = next(iter(query.items()))
    assert f"?{name}={value}" in [chip.href for chip in browser.get(page).context["chips"]]


@pytest.mark.parametrize(
    "path", ["debts", "passes", "organisations", "tax", "undelivered", "promo-codes", "vouchers", "users"]
)
def test_lists_are_paged_without_reloading(admin, path):
    page = text_of(browser_of(admin).get(f"/office/{path}/"))
    assert "office/lists.js" in page
