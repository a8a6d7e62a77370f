"""Who may call the older addresses: by token, by session, or by nothing at all."""

import pytest
from django.test import Client

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.stays.models import ParkingSession
from tests.build import book, enter, make_user
from tests.client import ApiClient

TICKETS = ["/parking/entry/", "/api/parking/book/"]
ENTRY_SCANS = ["/parking/entry-qr-scan/", "/api/parking/scan-entry/"]
EXIT_SCANS = ["/parking/exit-qr-scan/", "/api/parking/scan-exit/"]
CANCEL = "/parking/cancel-booking/"
PAGES = [
    "/parking/entry/",
    "/parking/entry-qr-scan/",
    "/parking/exit-qr-scan/",
    "/entry-qr-scan/",
    "/exit-qr-scan/",
]


def body_for(path, zone, code="QR-0123456789AB"):
    if path in TICKETS:
        return {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao", "zone_id": zone.pk}
    return {"qr_code": code, "payment_method": "CASH"}


def caller(role):
    return ApiClient(make_user(role) if role else None)


def call(who, path, zone):
    answer = who.post(path, body_for(path, zone))
    return answer.status_code, answer.json().get("code")


# An unknown QR shows that the caller was let through.
LET_THROUGH = {
    **dict.fromkeys(TICKETS, (200, None)),
    **dict.fromkeys([*ENTRY_SCANS, *EXIT_SCANS, CANCEL], (404, "qr_not_found")),
}


@pytest.mark.parametrize("role", [None, Role.USER, Role.STAFF, Role.ADMIN])
@pytest.mark.parametrize("path", LET_THROUGH)
def test_open_addresses_let_everybody_in(zone, path, role):
    assert call(caller(role), path, zone) == LET_THROUGH[path]


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("path", LET_THROUGH)
def test_closed_addresses_want_a_login(zone, anybody, path):
    assert call(anybody, path, zone) == (401, "not_authenticated")
    assert ParkingSession.objects.count() == 0


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
@pytest.mark.parametrize("path", LET_THROUGH)
def test_closed_addresses_let_staff_in(zone, path, role):
    assert call(caller(role), path, zone) == LET_THROUGH[path]


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("path", [*TICKETS, *ENTRY_SCANS, *EXIT_SCANS])
def test_closed_gates_refuse_drivers(zone, as_driver, driver, path):
    assert call(as_driver, path, zone) == (403, "forbidden")
    refusal = AuditEntry.objects.get(refused=True)
    assert (refusal.action, refusal.actor_id, refusal.actor_role) == ("refused.forbidden", driver.pk, "USER")
    assert ParkingSession.objects.count() == 0


@pytest.mark.usefixtures("closed")
def test_closed_gates_refuse_a_role_before_they_read_the_body(as_driver, zone):
    assert as_driver.post("/parking/entry/", [1, 2]).status_code == 403


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "bearer eyJhbGciOiJub25lIn0.e30."])
def test_a_bad_token_is_never_anonymous(zone, settings, is_open, header):
    settings.OPEN_LEGACY = is_open
    for path in LET_THROUGH:
        answer = Client().post(
            path, body_for(path, zone), content_type="application/json", headers={"Authorization": header}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


def test_a_suspended_user_is_out(zone, as_staff, staff):
    staff.is_active = False
    staff.save()
    assert call(as_staff, "/parking/entry/", zone) == (401, "token_not_valid")


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("page", PAGES)
def test_pages_stay_public(anybody, zone, page):
    answer = anybody.get(page)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.usefixtures("closed")
def test_zone_status_stays_public(anybody, zone):
    assert anybody.get(f"/parking/zone/{zone.pk}/status/").status_code == 200


# --- Session cookies ---------------------------------------------------------------------------------


def sign_in(user):
    """A browser in which the user signed in, and the CSRF token of the page that it shows."""
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/parking/entry/")
    return browser, browser.cookies["csrftoken"].value


@pytest.mark.usefixtures("closed")
def test_a_session_opens_the_gate_with_its_csrf_token(zone, staff):
    browser, token = sign_in(staff)
    form = {name: str(value) for name, value in body_for("/parking/entry/", zone).items()}
    answer = browser.post("/parking/entry/", form | {"csrfmiddlewaretoken": token})
    assert answer.status_code == 200
    session = ParkingSession.objects.get()
    assert AuditEntry.objects.get(subject_kind="session").actor_id == staff.pk
    answer = browser.post(
        "/api/parking/scan-entry/",
        {"qr_code": session.qr_code},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.json()["message"] == "Entry QR scanned successfully"


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("path", LET_THROUGH)
@pytest.mark.parametrize("media", ["application/json", "form"])
def test_a_session_without_csrf_token_is_refused(*, zone, staff, settings, is_open, path, media):
    settings.OPEN_LEGACY = is_open
    browser, _ = sign_in(staff)
    options = {"content_type": media} if media != "form" else {}
    answer = browser.post(path, body_for(path, zone), **options)
    assert (answer.status_code, answer.json()) == (
        403,
        {"success": False, "code": "csrf_failed", "message": "Please reload the page and try again"},
    )
    assert ParkingSession.objects.count() == 0
    assert AuditEntry.objects.get(refused=True).actor_id == staff.pk


def test_a_wrong_csrf_token_is_refused(zone, staff):
    browser, _ = sign_in(staff)
    form = body_for("/parking/entry/", zone) | {"csrfmiddlewaretoken": "a" * 64}
    answer = browser.post("/parking/entry/", form)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_a_broken_form_with_a_session_is_a_bad_request(zone, staff):
    browser, _ = sign_in(staff)
    answer = browser.post("/parking/entry/", b"x", content_type="multipart/form-data")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.usefixtures("closed")
def test_a_token_needs_no_csrf_token_even_beside_a_session(zone, staff, as_staff):
    browser, _ = sign_in(staff)
    answer = browser.post(
        "/parking/entry/",
        body_for("/parking/entry/", zone),
        content_type="application/json",
        headers=as_staff.headers,
    )
    assert answer.status_code == 200


@pytest.mark.usefixtures("closed")
def test_a_stale_session_is_nobody(zone, staff):
    browser, token = sign_in(staff)
    staff.is_active = False
    staff.save()
    answer = browser.post("/parking/entry/", body_for("/parking/entry/", zone) | {"csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.usefixtures("closed")
def test_a_drivers_session_opens_no_gate(zone, driver):
    browser, token = sign_in(driver)
    answer = browser.post("/parking/entry/", body_for("/parking/entry/", zone) | {"csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


# --- Cancelling ----------------------------------------------------------------------------------------

ENTERED = (400, "already_entered", "No refund allowed after vehicle entry (QR scanned)")
NOT_THERE = (404, "qr_not_found", "Invalid QR code. Session not found.")


def cancel(who, session):
    answer = who.post(CANCEL, {"qr_code": session.qr_code})
    body = answer.json()
    return answer.status_code, body.get("code"), body["message"]


@pytest.mark.usefixtures("closed")
def test_a_driver_cancels_the_own_booking_only(zone, driver, as_driver):
    theirs = book(make_user(), zone)
    assert cancel(as_driver, theirs) == NOT_THERE
    assert ParkingSession.objects.get(pk=theirs.pk).status == "BOOKED"
    mine = book(driver, zone)
    assert cancel(as_driver, mine) == (200, None, "Session cancelled")
    assert ParkingSession.objects.get(pk=mine.pk).status == "CANCELLED"


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_staff_cancel_any_booking(zone, driver, role):
    session = book(driver, zone)
    assert cancel(caller(role), session) == (200, None, "Session cancelled")


@pytest.mark.parametrize("is_open", [True, False])
def test_nobody_but_staff_ends_an_entered_stay(*, zone, driver, staff, as_driver, anybody, settings, is_open):
    settings.OPEN_LEGACY = is_open
    session = enter(staff, book(driver, zone))
    assert cancel(as_driver, session) == ENTERED
    someone = ApiClient(make_user())
    assert cancel(someone, session) == (ENTERED if is_open else NOT_THERE)
    if is_open:
        assert cancel(anybody, session) == ENTERED
    assert ParkingSession.objects.get(pk=session.pk).status == "ACTIVE"


def test_nothing_else_is_open_to_anybody(anybody, zone):
    assert anybody.get("/api/user/current-session/").status_code == 401
    assert anybody.post("/api/staff/entry/", {"qr_code": "QR-0123456789AB"}).status_code == 401
