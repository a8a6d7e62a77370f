"""What managers are told: one digest at seven, and at once what is critical, each once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from parking.accounts import notices
from parking.accounts.models import Role, User
from parking.accounts.pauses import forget_old_failures
from parking.accounts.services import login, update_profile
from parking.accounts.tasks import mail_confirmation_link
from parking.audit.models import OutboxEvent
from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import DocumentKind, NumberSeries
from parking.notifications.alerting import tell_managers
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Notice
from parking.notifications.noticing import take_events
from parking.notifications.texts import words_of
from parking.payments.trouble import unanswered_orders
from parking.reports.background import background_for_pages
from tests.accounts.people import PASSWORD
from tests.build import book, enter, make_user, terminate
from tests.moments import START, at

pytestmark = pytest.mark.django_db

# 07:00 in Delhi on the next day.
SEVEN = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture
def debt(driver: User, admin: User, zone: ParkingZone) -> User:
    session = book(driver, zone, now=START)
    enter(admin, session, at(10))
    terminate(admin, session, "NONE", at(130))
    return admin


def digests() -> list[Notice]:
    return list(Notice.objects.filter(kind="digest").order_by("person_id"))


def test_a_digest_comes_once_at_seven_with_what_waits(debt: User) -> None:
    tell_managers(now=SEVEN - timedelta(seconds=1))
    assert digests() == []
    for minutes in (0, 1, 600):
        tell_managers(now=SEVEN + timedelta(minutes=minutes))
    (notice,) = digests()
    assert notice.person == debt
    words = words_of(notice)
    assert words.title == "Needs attention: 1, ₹50 in all"
    assert words.lines == ("Open debts: 1, ₹50, since today",)
    tell_managers(now=SEVEN + timedelta(days=1))
    assert len(digests()) == 2


@pytest.mark.parametrize(("hours", "number"), [(4.9, 1), (5, 0), (16, 0)])
def test_what_comes_up_later_in_the_day_waits_for_the_next_morning(debt: User, hours: float, number: int) -> None:
    """A worker that was away tells the digest until noon; nobody is told at night, and quiet sites cost no look."""
    tell_managers(now=SEVEN + timedelta(hours=hours))
    assert len(digests()) == number
    tell_managers(now=SEVEN + timedelta(days=1))
    assert len(digests()) == number + 1


def test_what_waits_is_read_once_for_each_set_of_sites(
    debt: User, zone: ParkingZone, django_assert_num_queries: Any
) -> None:
    OutboxEvent.objects.all().delete()
    # The time zones of sites are read once by a process.
    tell_managers(now=SEVEN)
    forget_notices()
    with CaptureQueriesContext(connection) as alone:
        tell_managers(now=SEVEN)
    assert [notice.person for notice in digests()] == [debt]
    forget_notices()
    more = [make_user(Role.ADMIN) for _ in range(3)]
    with django_assert_num_queries(len(alone)):
        tell_managers(now=SEVEN)
    assert [notice.person for notice in digests()] == [debt, *more]
    forget_notices()
    User.objects.filter(pk__in=[one.pk for one in more[1:]]).update(site_ids=[zone.site_id])
    with CaptureQueriesContext(connection) as of_two_sets:
        tell_managers(now=SEVEN)
    assert [notice.person for notice in digests()] == [debt, *more]
    assert count_of_orders(of_two_sets) == 2 * count_of_orders(alone) == 2


def forget_notices() -> None:
    Delivery.objects.all().delete()
    Notice.objects.all().delete()


def count_of_orders(seen: CaptureQueriesContext) -> int:
    return sum("'EXPIRED'" in one["sql"] for one in seen.captured_queries)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the plan of PostgreSQL")
def test_the_orders_of_a_day_are_found_by_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = unanswered_orders(since=START, now=SEVEN, sites=ALL_SITES).explain()
    assert "order_unanswered" in plan
    assert "Seq Scan" not in plan


def test_who_works_elsewhere_is_told_of_nothing_here(debt: User) -> None:
    other = make_user(Role.ADMIN)
    User.objects.filter(pk=other.pk).update(site_ids=[999])
    tell_managers(now=SEVEN)
    assert [notice.person for notice in digests()] == [debt]


def test_the_morning_is_that_of_a_managers_sites(debt: User, zone: ParkingZone) -> None:
    ParkingSite.objects.filter(pk=zone.site_id).update(time_zone="Asia/Dubai")
    zones_of_sites.forget()
    there = make_user(Role.ADMIN)
    User.objects.filter(pk=there.pk).update(site_ids=[zone.site_id])
    tell_managers(now=SEVEN + timedelta(minutes=89))
    assert [notice.person for notice in digests()] == [debt]
    tell_managers(now=SEVEN + timedelta(minutes=90))
    assert [notice.person for notice in digests()] == [debt, there]


def test_late_work_is_told_at_once_and_once_an_hour(admin: User) -> None:
    mail_confirmation_link.enqueue(1)
    now = clock.now()
    DBTaskResult.objects.update(enqueued_at=now - timedelta(minutes=3))
    for _ in range(2):
        tell_managers(now=now)
    assert Notice.objects.filter(kind="work_waits").count() == 1
    assert mail.outbox == []


@pytest.mark.parametrize("what", ["an event", "a delivery"])
def test_messages_that_are_late_are_told_at_once_and_once_an_hour(
    driver: User, admin: User, zone: ParkingZone, what: str
) -> None:
    book(driver, zone, now=START)
    if what == "a delivery":
        User.objects.filter(pk=driver.pk).update(email_confirmed_at=START)
        take_events(now=START)
    tell_managers(now=at(15))
    assert not Notice.objects.filter(kind="messages_late").exists()
    for minutes in (16, 17):
        tell_managers(now=at(minutes))
    (notice,) = Notice.objects.filter(kind="messages_late")
    assert (notice.person, notice.values) == (admin, {"minutes": 16})
    assert background_for_pages(now=at(16)).late_message_minutes == 16
    assert background_for_pages(now=at(15)).late_message_minutes == 0


def test_a_series_at_99_percent_is_told_once_and_by_mail_at_once(admin: User, zone: ParkingZone) -> None:
    NumberSeries.objects.create(site=zone.site, prefix="Z01", kind=DocumentKind.RECEIPT, year="2627", last=9_899_998)
    tell_managers(now=START)
    assert not Notice.objects.exists()
    NumberSeries.objects.update(last=9_899_999)
    for minutes in (0, 1, 90):
        tell_managers(now=at(minutes))
        deliver(now=at(minutes), channel=Channel.MAIL)
    (notice,) = Notice.objects.exclude(kind="digest")
    assert (notice.kind, notice.person) == ("series_ends", admin)
    assert "The series Z01 2627 has given 99 percent of its numbers." in words_of(notice).text


@pytest.fixture
def mailed(driver: User) -> User:
    driver.set_password(PASSWORD)
    driver.email = "asha@example.org"
    driver.save()
    return driver


def sign_in(person: User, address: str, now: datetime | None = None) -> None:
    request = RequestFactory().post("/api/auth/login/", REMOTE_ADDR=address)
    login(request, username=person.username, password=PASSWORD, now=now or clock.now())


def test_a_sign_in_from_a_new_place_is_told_and_the_first_is_not(driver: User, mailed: User) -> None:
    for address in ("198.51.100.7", "198.51.100.7", "203.0.113.9"):
        sign_in(driver, address)
    take_events(now=clock.now())
    (notice,) = Notice.objects.filter(person=driver)
    deliver(now=clock.now(), channel=Channel.MAIL)
    (sent,) = mail.outbox
    assert (notice.kind, sent.to, sent.subject) == (
        "new_sign_in",
        ["asha@example.org"],
        "A new sign-in to your account at Smart Parking",
    )


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_a_place_that_was_not_used_for_90_days_is_told_again(mailed: User, *, is_forgotten: bool) -> None:
    sign_in(mailed, "198.51.100.7")
    later = clock.now() + timedelta(days=90, seconds=1)
    if is_forgotten:
        forget_old_failures(now=later)
    sign_in(mailed, "198.51.100.7", later)
    assert Notice.objects.filter(kind="new_sign_in").count() == 1
    sign_in(mailed, "198.51.100.7", later + timedelta(days=2))
    assert Notice.objects.filter(kind="new_sign_in").count() == 1


def told_to() -> dict[str, list[str]]:
    rows = Delivery.objects.filter(channel=Channel.MAIL).order_by("notice_id", "address")
    told: dict[str, list[str]] = {}
    for row in rows.select_related("notice"):
        told.setdefault(row.notice.kind, []).append(row.address)
    return told


def test_both_contacts_changed_at_once_are_both_told_to_both_addresses(mailed: User) -> None:
    update_profile(user_id=mailed.pk, changes={"email": "new@example.org", "phone": "9876543210"}, now=clock.now())
    both = ["asha@example.org", "new@example.org"]
    assert told_to() == {"email_changed": both, "phone_changed": both}


def test_a_new_password_is_told_to_the_former_address_for_a_week(mailed: User) -> None:
    update_profile(user_id=mailed.pk, changes={"email": "new@example.org"}, now=clock.now())
    mailed.refresh_from_db()
    notices.password_changed(mailed)
    assert told_to()["password_changed"] == ["asha@example.org", "new@example.org"]
    Notice.objects.filter(kind="email_changed").update(at=clock.now() - timedelta(days=7, seconds=1))
    Notice.objects.filter(kind="password_changed").update(kind="earlier")
    notices.password_changed(mailed)
    assert told_to()["password_changed"] == ["new@example.org"]
