"""The calls and pages of a person's notices and preferences."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from parking.audit.models import AuditEntry, OutboxEvent
from parking.audit.outbox import set_aside
from parking.facilities.models import ParkingZone
from parking.notifications import queries
from parking.notifications.models import Channel, Delivery, DeliveryState, Notice, Preference, PushSubscription
from tests.build import book, enter
from tests.client import ApiClient
from tests.moments import START, at
from tests.notifications.conftest import work

pytestmark = pytest.mark.django_db

SUBSCRIPTION = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/one",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


@pytest.fixture
def told(driver: User, staff: User, zone: ParkingZone) -> User:
    """Return a driver who was told of a booking and an entry."""
    enter(staff, book(driver, zone, "KA-01-AB-0001", START), at(10))
    work(at(11))
    return driver


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


# --- Calls ---------------------------------------------------------------------------------------------


def test_the_list_is_paged_newest_first_and_counts_what_is_unread(told: User) -> None:
    page = ApiClient(told).get("/api/me/notifications/", page_size=1).json()["data"]
    assert (page["count"], page["pages"], page["unread"]) == (2, 2, 2)
    assert [(row["kind"], row["title"]) for row in page["results"]] == [("entered", "KA 01 AB 0001 has entered Zone A")]


def test_the_list_is_in_the_persons_language(told: User) -> None:
    User.objects.filter(pk=told.pk).update(language="hi")
    told.refresh_from_db()
    page = ApiClient(told).get("/api/me/notifications/").json()["data"]
    assert page["results"][1]["title"] == "Zone A में KA 01 AB 0001 की बुकिंग हो गई"


def test_some_or_all_are_marked_as_read_and_never_those_of_others(told: User, staff: User) -> None:
    ids = list(Notice.objects.values_list("pk", flat=True))
    assert ApiClient(staff).post("/api/me/notifications/read/", {"ids": ids}).json()["data"] == {"read": 0}
    mine = ApiClient(told)
    assert mine.post("/api/me/notifications/read/", {"ids": ids[:1]}).json()["data"] == {"read": 1}
    assert mine.post("/api/me/notifications/read/", {}).json()["data"] == {"read": 1}
    assert mine.get("/api/me/notifications/").json()["data"]["unread"] == 0


def test_preferences_are_changed_one_by_one_and_are_on_record(as_driver: ApiClient) -> None:
    before = as_driver.get("/api/me/preferences/").json()["data"]
    assert before["kinds"]["booked"] == {"MAIL": True, "PUSH": True, "SMS": False, "WHATSAPP": False}
    assert (before["quiet_from"], before["quiet_until"]) == (22, 7)
    change = {"kinds": {"booked": {"SMS": True}}, "quiet_until": 6}
    after = as_driver.patch("/api/me/preferences/", change).json()["data"]
    before["kinds"]["booked"]["SMS"] = True
    assert after == before | {"quiet_until": 6}
    assert as_driver.patch("/api/me/preferences/", change).json()["data"] == after
    assert AuditEntry.objects.filter(action="preferences.changed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": {"password_changed": {"MAIL": False}}}, {"kinds": {"booked": {"FAX": True}}}, {"quiet_from": 24}],
)
def test_what_cannot_be_chosen_is_refused(as_driver: ApiClient, wrong: dict[str, object]) -> None:
    answer = as_driver.patch("/api/me/preferences/", wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_a_browser_is_subscribed_once_and_belongs_to_whoever_used_it_last(as_driver: ApiClient, staff: User) -> None:
    for _ in range(2):
        assert as_driver.post("/api/me/push-subscriptions/", SUBSCRIPTION).status_code == 201
    assert ApiClient(staff).post("/api/me/push-subscriptions/", SUBSCRIPTION).status_code == 201
    assert PushSubscription.objects.get().person == staff
    gone = {"endpoint": SUBSCRIPTION["endpoint"]}
    assert as_driver.delete("/api/me/push-subscriptions/", gone).status_code == 404
    assert ApiClient(staff).delete("/api/me/push-subscriptions/", gone).status_code == 200
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"endpoint": "https://10.0.0.1/push"}, "push_service_unknown"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "push_service_unknown"),
        ({"endpoint": "https://fcm.googleapis.com@evil.example/x"}, "push_service_unknown"),
        ({"endpoint": "https://fcm.googleapis.com:99999/x"}, "push_service_unknown"),
        ({"keys": {"p256dh": "BCVx", "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "push_keys_invalid"),
        # The same point, compressed.
        (
            {
                "keys": {
                    "p256dh": "AiVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx",
                    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                }
            },
            "push_keys_invalid",
        ),
        ({"keys": SUBSCRIPTION["keys"] | {"auth": "short"}}, "push_keys_invalid"),  # type: ignore[operator]
    ],
)
def test_an_address_that_is_no_push_service_is_refused(
    as_driver: ApiClient, changed: dict[str, object], code: str
) -> None:
    answer = as_driver.post("/api/me/push-subscriptions/", SUBSCRIPTION | changed)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not PushSubscription.objects.exists()


# --- Pages ---------------------------------------------------------------------------------------------


def test_every_page_shows_how_many_are_unread_until_they_are_read(told: User) -> None:
    browser = browser_of(told)
    assert 'aria-label="2 unread notifications"' in re.sub(r"\s+", " ", browser.get("/zones/").content.decode())
    page = browser.get("/notifications/").content.decode()
    assert "KA 01 AB 0001 has entered Zone A" in re.sub(r"<[^>]+>", "", page)
    assert browser.post("/notifications/read/").headers["Location"] == "/notifications/"
    assert 'class="bell-count"' not in browser.get("/zones/").content.decode()


def test_the_count_costs_no_statement_while_nothing_is_new(
    told: User, values_last: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_of(told)
    browser.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/profile/")
    assert not [query for query in captured.captured_queries if "notifications_" in query["sql"]]


def test_a_notice_that_is_committed_after_later_ones_is_counted_too(driver: User, staff: User) -> None:
    for person, number in ((staff, 1_000), (driver, 999)):
        Notice.objects.create(pk=number, person=person, source="test", kind="entered", at=START)
        queries._newest_now.forget()
        assert queries.unread_notices(person.pk) == 1
        assert queries.unread_notices(driver.pk) == (1 if person == driver else 0)


def test_what_another_process_marked_as_read_is_counted_no_more(driver: User) -> None:
    Notice.objects.create(person=driver, source="test", kind="entered", at=START)
    assert queries.unread_notices(driver.pk) == 1
    Notice.objects.update(read_at=START)
    queries._newest_now.forget()
    assert queries.unread_notices(driver.pk) == 0


def test_the_page_of_preferences_saves_what_is_ticked(driver: User) -> None:
    browser = browser_of(driver)
    sent = {"on": ["booked.PUSH"], "quiet_from": "23", "quiet_until": "6"}
    assert browser.post("/profile/notifications/", sent).status_code == 302
    chosen = ApiClient(driver).get("/api/me/preferences/").json()["data"]
    assert chosen["kinds"]["booked"] == {"MAIL": False, "PUSH": True, "SMS": False, "WHATSAPP": False}
    assert chosen["kinds"]["left"]["MAIL"] is False
    assert (chosen["quiet_from"], chosen["quiet_until"]) == (23, 6)


@pytest.mark.parametrize("hour", ["24", "-1", "٧", "x", "", "9" * 5000])
def test_an_hour_that_no_day_has_counts_as_none_given(driver: User, hour: str) -> None:
    sent = {"quiet_from": hour, "quiet_until": hour}
    assert browser_of(driver).post("/profile/notifications/", sent).status_code == 302
    chosen = ApiClient(driver).get("/api/me/preferences/").json()["data"]
    assert (chosen["quiet_from"], chosen["quiet_until"]) == (22, 7)


# --- One click -----------------------------------------------------------------------------------------


def test_a_mail_program_ends_the_mails_of_a_kind_with_one_post(told: User, zone: ParkingZone) -> None:
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].removeprefix("<http://127.0.0.1:8000").removesuffix(">")
    program = Client(enforce_csrf_checks=True)
    assert "Booking confirmed" in program.get(path).content.decode()
    # Programs that check mails open links: nothing is ended by that.
    assert not Preference.objects.exists()
    for _ in range(2):
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    kinds = ApiClient(told).get("/api/me/preferences/").json()["data"]["kinds"]
    assert (kinds["booked"]["MAIL"], kinds["booked"]["PUSH"], kinds["left"]["MAIL"]) == (False, True, True)
    assert AuditEntry.objects.filter(action="mail.unsubscribed").count() == 1
    book(told, zone, now=at(20))
    work(at(21))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("token", ["x", "WzEsImJvb2tlZCJd:1u:x", "a:b:c"])
def test_a_forged_address_ends_nothing(db: None, token: str) -> None:
    assert Client().post(f"/unsubscribe/{token}/").status_code == 404


# --- What failed ---------------------------------------------------------------------------------------


def test_a_manager_sends_again_what_failed(told: User, admin: User) -> None:
    Delivery.objects.update(state=DeliveryState.FAILED, sent_at=None, attempts=5, error="smtp_550")
    delivery = Delivery.objects.get(channel=Channel.MAIL)
    browser = browser_of(admin)
    assert "smtp_550" in browser.get("/office/undelivered/").content.decode()
    for _ in range(2):
        browser.post(f"/office/undelivered/{delivery.pk}/retry/")
    assert AuditEntry.objects.filter(action="delivery.retried").count() == 1
    mail.outbox.clear()
    work()
    assert len(mail.outbox) == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("SENT", 1)


@pytest.fixture
def failed(told: User) -> Delivery:
    """Return one that failed, of two of which the other failed for another reason."""
    Delivery.objects.update(state=DeliveryState.FAILED, sent_at=None, attempts=5, error="smtp_550")
    first = Delivery.objects.get(channel=Channel.MAIL)
    Delivery.objects.create(notice=first.notice, channel="PUSH", state="FAILED", error="http_503", next_at=START)
    return first


def test_all_that_failed_for_a_reason_are_sent_again_by_the_api(failed: Delivery, admin: User) -> None:
    caller = ApiClient(admin)
    rows = caller.get("/api/admin/undelivered/").json()["data"]["results"]
    assert [(row["channel"], row["reason"]) for row in rows] == [("PUSH", "http_503"), ("MAIL", "smtp_550")]
    asked = {"channel": "MAIL", "reason": "smtp_550"}
    answers = [caller.post("/api/admin/undelivered/retry/", asked).json()["data"] for _ in range(2)]
    assert answers == [{"retried": 1}, {"retried": 0}]
    assert list(Delivery.objects.order_by("pk").values_list("state", "attempts")) == [("WAITING", 0), ("FAILED", 0)]
    (line,) = AuditEntry.objects.filter(action="deliveries.retried")
    assert line.facts == {"channel": "MAIL", "error": "smtp_550", "count": 1}


def test_who_works_elsewhere_sends_nothing_of_here_again(failed: Delivery, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(site_ids=[999])
    admin.refresh_from_db()
    asked = {"channel": "MAIL", "reason": "smtp_550"}
    assert ApiClient(admin).post("/api/admin/undelivered/retry/", asked).json()["data"] == {"retried": 0}


def test_all_of_a_reason_are_sent_again_from_the_page(failed: Delivery, admin: User) -> None:
    browser = browser_of(admin)
    assert browser.get("/office/undelivered/").content.decode().count("Send all of them again") == 2
    page = browser.post("/office/undelivered/retry/", {"channel": "MAIL", "reason": "smtp_550"}, follow=True)
    assert "1 message is sent again." in page.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("WAITING", 0)


def test_events_of_which_no_message_could_be_made_are_made_again_from_the_page(told: User, admin: User) -> None:
    OutboxEvent.objects.update(processed_at=None)
    for row in OutboxEvent.objects.filter(action="payment.captured"):
        set_aside(row)
    browser = browser_of(admin)
    assert "payment.captured" in browser.get("/office/undelivered/").content.decode()
    browser.post("/office/undelivered/events/retry/", {"event": "payment.captured"})
    assert not OutboxEvent.objects.exclude(listener="notifications").exists()
    assert "payment.captured" not in browser.get("/office/undelivered/").content.decode()


def test_a_subscription_ends_by_its_id_for_its_owner_alone(as_driver: ApiClient, staff: User) -> None:
    made = as_driver.post("/api/me/push-subscriptions/", SUBSCRIPTION).json()["data"]["id"]
    assert ApiClient(staff).delete(f"/api/me/push-subscriptions/{made}/").status_code == 404
    assert PushSubscription.objects.count() == 1
    assert as_driver.delete(f"/api/me/push-subscriptions/{made}/").status_code == 200
    assert PushSubscription.objects.count() == 0
    assert as_driver.delete(f"/api/me/push-subscriptions/{made}/").json()["code"] == "push_subscription_not_found"
