"""What the SMS of a site may be in a month, and which text goes where not all are registered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Notice, QuietHours
from parking.notifications.queries import failed_deliveries
from tests.gateways.peer import Peer, Say, running_peer

pytestmark = pytest.mark.django_db

# In Delhi, the last minute of November and the first of December.
LAST, FIRST = datetime(2026, 11, 30, 18, 29, tzinfo=UTC), datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
VALUES = {"plate": "KA-01-AB-0001", "zone": "Zone A", "slot": "1", "enter_by": "2026-11-22T04:45:00+00:00", "fee": "0"}
numbers = count(1)


@pytest.fixture(autouse=True)
def provider(settings: Any) -> Iterator[Peer]:
    """Return a provider of SMS that takes everything, at any hour."""
    with running_peer() as peer:
        peer.on("POST", "/sms", Say(200, {}))
        settings.SMS_URL = f"{peer.url}/sms"
        settings.SMS_TEMPLATE_IDS = {"booked.en": "1107"}
        settings.SMS_PER_MONTH = 2
        yield peer


def sms(driver: User, zone: ParkingZone, at: datetime, *, site_id: int | None = None) -> Delivery:
    User.objects.filter(pk=driver.pk).update(phone="9876543210")
    notice = Notice.objects.create(
        person=driver,
        source=f"test:{next(numbers)}",
        kind="booked",
        values=VALUES,
        site_id=site_id or zone.site_id,
        at=at,
    )
    return Delivery.objects.create(notice=notice, channel=Channel.SMS, next_at=at)


@pytest.fixture(autouse=True)
def _no_quiet_hours(driver: User) -> None:
    QuietHours.objects.create(person=driver, begin=0, end=0)


def states() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "error"))


def test_a_site_sends_no_more_than_its_months_sms_and_the_office_sees_the_rest(
    driver: User, zone: ParkingZone, provider: Peer
) -> None:
    for _ in range(3):
        sms(driver, zone, LAST)
    elsewhere = sms(driver, zone, LAST, site_id=zone.site_id + 1)
    deliver(now=LAST, channel=Channel.SMS)
    assert states() == [("SENT", ""), ("SENT", ""), ("FAILED", "sms_budget_spent"), ("SENT", "")]
    assert len(provider.calls) == 3
    assert [row.error for row in failed_deliveries(sites=None)] == ["sms_budget_spent"]
    elsewhere.refresh_from_db()
    assert elsewhere.state == "SENT"


def test_the_month_is_that_of_the_site(driver: User, zone: ParkingZone) -> None:
    for _ in range(2):
        sms(driver, zone, LAST)
    deliver(now=LAST, channel=Channel.SMS)
    sms(driver, zone, FIRST)
    deliver(now=FIRST, channel=Channel.SMS)
    assert states() == [("SENT", "")] * 3


def test_nothing_bounds_what_has_no_budget(driver: User, zone: ParkingZone, settings: Any) -> None:
    settings.SMS_PER_MONTH = 0
    for _ in range(4):
        sms(driver, zone, LAST)
    deliver(now=LAST, channel=Channel.SMS)
    assert states() == [("SENT", "")] * 4


def test_who_might_be_one_too_many_comes_again(driver: User, zone: ParkingZone, provider: Peer) -> None:
    """Two look at the same moment, and one is left in the budget."""
    sms(driver, zone, LAST)
    deliver(now=LAST, channel=Channel.SMS)
    other, mine = sms(driver, zone, LAST), sms(driver, zone, LAST)
    # Another worker is sending it.
    Delivery.objects.filter(pk=other.pk).update(state="SENDING", attempts=1, next_at=LAST + timedelta(minutes=2))
    deliver(now=LAST, channel=Channel.SMS)
    mine.refresh_from_db()
    assert (mine.state, mine.error, len(provider.calls)) == ("WAITING", "sms_budget_spent", 1)
    Delivery.objects.filter(pk=other.pk).update(state="FAILED", error="http_400")
    deliver(now=LAST + timedelta(minutes=1) - timedelta(seconds=1), channel=Channel.SMS)
    assert len(provider.calls) == 1
    Delivery.objects.filter(pk=mine.pk).update(next_at=LAST)
    deliver(now=LAST, channel=Channel.SMS)
    mine.refresh_from_db()
    assert (mine.state, len(provider.calls)) == ("SENT", 2)


def test_the_sms_of_a_month_are_counted_by_an_index(driver: User, zone: ParkingZone) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the planner of PostgreSQL says what it would read")
    notice = sms(driver, zone, LAST).notice
    sent = {"notice": notice, "channel": Channel.MAIL, "state": "SENT", "next_at": LAST, "sent_at": LAST}
    Delivery.objects.bulk_create(Delivery(**sent, address=f"{number}@example.org") for number in range(2000))
    with CaptureQueriesContext(connection) as captured:
        deliver(now=LAST, channel=Channel.SMS)
    (counted,) = [
        query["sql"] for query in captured.captured_queries if "COUNT(" in query["sql"] and "SENT" in query["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_delivery")
        cursor.execute(f"EXPLAIN {counted}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "delivery_sms_of_month" in plan


def test_where_only_the_english_text_is_registered_it_goes_to_all(
    driver: User, zone: ParkingZone, provider: Peer
) -> None:
    User.objects.filter(pk=driver.pk).update(language="hi")
    sms(driver, zone, LAST)
    deliver(now=LAST, channel=Channel.SMS)
    (call,) = provider.calls
    assert call.json["template_id"] == "1107"
    assert call.json["text"] == "Booked: KA 01 AB 0001 at Zone A, slot 1. Please come by 22 Nov 2026, 10:15."
