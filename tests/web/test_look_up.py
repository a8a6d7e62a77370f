"""The look-up site: administrators read everything and change nothing."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.apps import apps
from django.test import Client

from parking.accounts.models import Role, User
from parking.accounts.saved_views import save_view
from parking.core import clock
from parking.core.admin import LookUpAdmin, look_up
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import actor, book, enter, leave, make_user

APPS = ["core", "audit", "accounts", "notifications", "vehicles", "facilities", "tariffs", "payments", "invoices"]
APPS += ["stays", "offers", "passes", "replays", "reports"]
PASSWORD = "a-good-password"


def label(model):
    return f"{model._meta.app_label}/{model._meta.model_name}"


REGISTERED = sorted(label(model) for model in look_up._registry)


@pytest.fixture
def office(admin):
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def stay(zone, driver, staff):
    """A stay with a scan, payments, a debt's worth of rows in nearly every table."""
    start = clock.now() - timedelta(hours=2)
    session = enter(staff, book(driver, zone, now=start), now=start)
    return leave(staff, session).session


def test_every_table_of_ours_can_be_looked_up():
    ours = {label(model) for app in APPS for model in apps.get_app_config(app).get_models()}
    assert set(REGISTERED) == ours | {"axes/accessattempt"}


def test_every_page_is_a_look_up_page():
    assert all(isinstance(page, LookUpAdmin) for page in look_up._registry.values())


# --- Getting in ------------------------------------------------------------------------------------------


def sign_in(username, password=PASSWORD):
    browser = Client()
    sign_in_page = browser.get("/office/admin/").headers["Location"]
    assert sign_in_page == "/office/admin/login/?next=/office/admin/"
    page = browser.get(sign_in_page).headers["Location"]
    return browser, browser.post(page, {"username": username, "password": password})


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", PASSWORD)


def test_an_administrator_signs_in_and_out(boss):
    browser, answer = sign_in("BOSS")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/office/admin/")
    index = browser.get("/office/admin/")
    assert index.status_code == 200
    assert "Parking sessions" in index.content.decode()
    assert "password_change" not in index.content.decode()
    browser.post("/office/admin/logout/")
    assert browser.get("/office/admin/").status_code == 302


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_nobody_else_gets_in(db, role):
    user = make_user(role, username="other")
    user.set_password(PASSWORD)
    user.save()
    browser, answer = sign_in("other")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/office/admin/")
    answer = browser.get("/office/admin/", follow=True)
    assert (answer.status_code, answer.redirect_chain) == (403, [("/office/admin/login/?next=/office/admin/", 302)])
    assert "Your role does not allow this." in answer.content.decode()


def test_the_door_does_not_take_passwords(boss):
    browser = Client()
    answer = browser.post("/office/admin/login/", {"username": "boss", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=/office/admin/")
    assert browser.get("/office/admin/").status_code == 302


def test_the_door_leads_nowhere_else(boss):
    browser = Client()
    page = browser.get("/office/admin/login/?next=https://example.org/").headers["Location"]
    answer = browser.post(page, {"username": "boss", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/office/")


def test_a_suspended_administrator_is_out_at_once(boss):
    browser, _ = sign_in("boss")
    boss.is_active = False
    boss.save()
    assert browser.get("/office/admin/").status_code == 302


def test_guessing_locks_out(boss, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(3):
        sign_in("boss", "wrong")
    browser, answer = sign_in("boss")
    assert (answer.status_code, "Too many failed attempts." in answer.content.decode()) == (200, True)
    assert browser.get("/office/admin/").status_code == 302


def test_passwords_are_not_changed_here(office):
    assert office.get("/office/admin/password_change/").status_code == 403
    assert office.post("/office/admin/password_change/", {}).status_code == 403


# --- Reading ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stay")
@pytest.mark.parametrize("page", REGISTERED)
def test_lists_can_be_read_and_searched(office, page):
    assert office.get(f"/office/admin/{page}/").status_code == 200
    assert office.get(f"/office/admin/{page}/", {"q": "1"}).status_code == 200
    assert office.get(f"/office/admin/{page}/", {"q": "QR-0123456789AB x\u0000"}).status_code == 200


def test_a_row_can_be_read_without_the_means_to_change_it(office, stay):
    page = office.get(f"/office/admin/stays/parkingsession/{stay.pk}/change/").content.decode()
    assert stay.qr_code in page
    assert 'name="status"' not in page
    assert "_save" not in page
    assert "Delete" not in page


@pytest.mark.usefixtures("stay")
@pytest.mark.parametrize("page", REGISTERED)
def test_every_kind_of_row_can_be_read(office, page):
    model = apps.get_model(page.replace("/", "."))
    row = model._default_manager.first()
    if row is not None:
        assert office.get(f"/office/admin/{page}/{row.pk}/change/").status_code == 200


def test_a_users_password_is_not_shown(office, boss):
    page = office.get(f"/office/admin/accounts/user/{boss.pk}/change/").content.decode()
    assert "boss" in page
    assert "argon2" not in page


def test_what_somebody_looks_for_is_theirs_alone(office):
    ravi = make_user(Role.ADMIN)
    query = {"q": "DL-01-AB-1234"}
    view = save_view(actor=actor(ravi), list_name="sessions", name="Car of Mr Rao", query=query, now=clock.now())
    for page in ("", f"{view.pk}/change/"):
        answer = office.get(f"/office/admin/accounts/savedview/{page}").content.decode()
        assert ravi.username in answer
        assert "Rao" not in answer
        assert "DL-01-AB-1234" not in answer


def test_lists_cost_the_same_however_long_they_are(office, stay, django_assert_max_num_queries, zone, driver):
    with django_assert_max_num_queries(12):
        office.get("/office/admin/stays/parkingsession/")
    for _ in range(3):
        book(make_user(), zone)
    with django_assert_max_num_queries(12):
        office.get("/office/admin/stays/parkingsession/")


# --- Changing nothing --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stay")
@pytest.mark.parametrize("page", REGISTERED)
def test_nothing_is_added_changed_or_deleted(office, page):
    model = apps.get_model(page.replace("/", "."))
    row = model._default_manager.first()
    key = row.pk if row else 1
    before = list(model._default_manager.order_by("pk").values())
    assert office.post(f"/office/admin/{page}/add/", {"status": "FREE"}).status_code == 403
    # A row that is not there answers with a redirect to the index, and changes as little.
    refused = {403} if row else {302, 403}
    assert office.post(f"/office/admin/{page}/{key}/change/", {"status": "FREE"}).status_code in refused
    assert office.post(f"/office/admin/{page}/{key}/delete/", {"post": "yes"}).status_code in refused
    office.post(f"/office/admin/{page}/", {"action": "delete_selected", "_selected_action": key, "post": "yes"})
    after = list(model._default_manager.order_by("pk").values())
    assert [row for row in after if row in before] == before


def test_money_and_state_stay(office, stay):
    office.post(f"/office/admin/stays/parkingsession/{stay.pk}/change/", {"status": "BOOKED"})
    payment = Payment.objects.earliest("pk")
    office.post(f"/office/admin/payments/payment/{payment.pk}/delete/", {"post": "yes"})
    assert ParkingSession.objects.get().status == "COMPLETED"
    assert Payment.objects.count() == 2


# --- Asking only what a filter asks ------------------------------------------------------------------------

NOT_TO_BE_ASKED = [
    ("accounts/user", "password__startswith", "argon2"),
    ("accounts/user", "password", "x"),
    ("accounts/user", "role__regex", "(a+)+$"),
    ("accounts/user", "role__startswith", "A"),
    ("accounts/user", "role__exact__in", "ADMIN"),
    ("core/idempotencykey", "answer__startswith", "{"),
    ("core/idempotencykey", "path__iregex", "("),
    ("payments/payment", "bill__session__driver__password__startswith", "a"),
    ("stays/parkingsession", "zone__site__name__contains", "a"),
    ("stays/parkingsession", "booked_at__year", "2026"),
    ("stays/parkingsession", "zone__id__exact", "x\u0000"),
    ("stays/parkingsession", "status__exact", "A" * 101),
    ("stays/parkingsession", "unknown", "1"),
    ("stays/parkingsession", "_to_field", "qr_code"),
]


@pytest.mark.parametrize(("page", "key", "value"), NOT_TO_BE_ASKED)
def test_nothing_can_be_asked_but_the_filters(office, page, key, value):
    answer = office.get(f"/office/admin/{page}/", {key: value})
    assert answer.status_code == 400
    assert "This list cannot be searched in this way." in answer.content.decode()


@pytest.mark.usefixtures("stay")
@pytest.mark.parametrize("page", REGISTERED)
def test_every_link_of_a_lists_filters_works(office, page):
    content = office.get(f"/office/admin/{page}/", {"_facets": "True"}).content.decode()
    links = [unescape(link) for link in re.findall(r'<a href="(\?[^"]*)"', content)]
    assert [link for link in links if office.get(f"/office/admin/{page}/{link}").status_code != 200] == []


def test_values_that_fit_no_column_are_no_error_of_ours(office):
    asked = [("booked_at__gte", "yesterday"), ("zone__id__exact", "x"), ("zone__id__exact", "9" * 40), ("p", "x")]
    for key, value in [*asked, ("o", "x.y"), ("o", "99"), ("zone__isnull", "maybe")]:
        answer = office.get("/office/admin/stays/parkingsession/", {key: value}, follow=True)
        assert answer.status_code in {200, 400}
