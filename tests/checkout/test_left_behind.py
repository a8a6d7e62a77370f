"""Vehicles that were left behind: listed after 48 hours, with a step after 3, 7 and 15 days."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import translation
from pypdf import PdfReader

from parking.accounts.models import User
from parking.checkout.left_behind import left_letter_pdf, notice_pdf
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.stays.evidence import keep_photo
from parking.stays.exempt_models import EvidenceMoment
from parking.stays.left_behind import left_behind, note_step_done, note_steps_due
from parking.stays.models import LeftBehindStep, ParkingSession
from tests.build import actor, book, enter, picture_of
from tests.moments import START

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def car(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, book(driver, zone, "DL-01-AB-1234", START), START)


@pytest.mark.parametrize(("hours", "is_listed"), [(47, False), (48, True)])
def test_it_is_listed_after_48_hours(car: ParkingSession, hours: int, is_listed: bool) -> None:
    listed = left_behind(sites=ALL_SITES, now=START + timedelta(hours=hours))
    assert [row.pk for row in listed] == ([car.pk] if is_listed else [])


def test_each_step_comes_on_its_day_and_once(car: ParkingSession, admin: User) -> None:
    due = {day: note_steps_due(now=START + day * DAY) + note_steps_due(now=START + day * DAY) for day in (2, 3, 7, 15)}
    assert due == {2: 0, 3: 1, 7: 1, 15: 1}
    steps = LeftBehindStep.objects.order_by("pk")
    assert [(step.way, step.done_at is not None) for step in steps] == [
        ("MESSAGE", True),
        ("NOTICE", False),
        ("LETTER", False),
    ]
    done = note_step_done(actor=actor(admin), step_id=steps[1].pk, now=START + 8 * DAY)
    assert (done.done_at, done.done_by_id) == (START + 8 * DAY, admin.pk)


def test_the_driver_is_told_and_the_last_mail_has_the_letter(car: ParkingSession, driver: User) -> None:
    for day in (3, 7, 15):
        note_steps_due(now=START + day * DAY)
    while take_events(now=START + 15 * DAY):
        pass
    told = Notice.objects.filter(kind="left_behind", person=driver).order_by("pk")
    assert [(row.values["days"], row.attachment) for row in told] == [
        ("3", ""),
        ("7", ""),
        ("15", f"left_letter:{car.pk}"),
    ]


def test_notice_and_letter_are_printed(car: ParkingSession, staff: User) -> None:
    plain = notice_pdf(actor=SYSTEM, session=Ref(pk=car.pk), now=START + 7 * DAY)
    keep_photo(
        session=car,
        moment=EvidenceMoment.ENTRY,
        note="",
        content=picture_of(40, 30),
        actor=actor(staff),
        now=START,
    )
    with_photo = notice_pdf(actor=SYSTEM, session=Ref(pk=car.pk), now=START + 7 * DAY)
    assert plain.startswith(b"%PDF")
    assert b"/Subtype /Image" not in plain
    assert b"/Subtype /Image" in with_photo
    with translation.override("hi"):
        said = PdfReader(BytesIO(notice_pdf(actor=SYSTEM, session=Ref(pk=car.pk), now=START + 7 * DAY))).pages[0]
    assert "page" not in said.extract_text()
    assert ".00" not in said.extract_text()
    assert left_letter_pdf(actor=SYSTEM, session=Ref(pk=car.pk), now=START + 15 * DAY).startswith(b"%PDF")
