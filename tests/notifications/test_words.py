"""Notices in words: sums that are nothing are not named, and no line ends inside a plate."""

import pytest
from django.test import Client
from django.utils import translation

from parking.accounts.models import User
from parking.core.actor import SYSTEM
from parking.facilities.services import set_capacity
from parking.notifications.kinds import kind_of
from parking.notifications.models import Notice
from parking.notifications.texts import unbroken, words_of
from tests.build import book, make_zone
from tests.moments import START
from tests.notifications.conftest import work

PLACE = {"plate": "DL-01-AB-1234", "zone": "Zone B", "site": "Saket"}
TIME = "2026-11-22T05:40:00+00:00"


def words(kind: str, language: str = "en", **values: object) -> tuple[str, str]:
    with translation.override(language):
        said = words_of(Notice(kind=kind, values={**PLACE, **values}, at=START))
    return said.title, said.text


@pytest.mark.parametrize(
    ("refund", "kept", "sums"),
    [
        ("0.00", "0.00", ""),
        ("50.00", "0.00", " Refunded: ₹50."),
        ("0", "50.00", " Kept: ₹50."),
        ("20.00", "30.00", " Refunded: ₹20. Kept: ₹30."),
    ],
)
def test_what_was_cancelled_names_what_comes_back_and_what_is_kept(refund: str, kept: str, sums: str) -> None:
    _, text = words("cancelled", refund=refund, kept=kept)
    assert text == f"The booking of DL 01 AB 1234 at Zone B, Saket is cancelled.{sums}"


def test_a_free_booking_speaks_of_no_money() -> None:
    _, free = words("booked", slot="B-001", enter_by=TIME, amount="0.00")
    _, paid = words("booked", slot="B-001", enter_by=TIME, amount="50.00")
    assert free.endswith("Please come by 22 Nov 2026, 11:10.")
    assert paid == f"{free} Paid: ₹50."


@pytest.mark.parametrize(("ends", "said"), [("14:30", "20:00"), ("20:30", "23 Nov 2026, 02:00")])
def test_a_span_names_the_day_of_its_end_where_that_is_another(ends: str, said: str) -> None:
    span = {"starts_at": "2026-11-22T11:30:00+00:00", "ends_at": f"2026-11-22T{ends}:00+00:00"}
    _, text = words("reserved", **span, enter_by=TIME, amount="0.00")
    assert f"from 22 Nov 2026, 17:00 to {said}." in text


def test_who_left_for_nothing_is_not_told_a_price() -> None:
    assert words("left", at=TIME, total="0.00") == (
        "DL 01 AB 1234 has left Zone B",
        "DL 01 AB 1234 left Zone B, Saket on 22 Nov 2026, 11:10.",
    )
    title, text = words("left", at=TIME, total="130.00")
    assert title == "DL 01 AB 1234 has left Zone B: ₹130"
    assert text.endswith("11:10. The parking cost ₹130.")


def test_a_digest_without_money_counts_alone() -> None:
    assert words("digest", count=5, amount="0", waiting=[])[0] == "Needs attention: 5"
    assert words("digest", count=5, amount="80.00", waiting=[])[0] == "Needs attention: 5, ₹80 in all"
    assert words("digest", "hi", count=5, amount="0", waiting=[])[0] == "ध्यान दें: 5"


@pytest.mark.parametrize(
    ("kind", "title", "text"),
    [
        ("booked", "DL 01 AB 1234 is booked at Zone B", "A place at Zone B, Saket is reserved for DL 01 AB 1234."),
        ("slot_claimed", "Your place at Zone B is ready", "A place at Zone B, Saket is ready for DL 01 AB 1234."),
        (
            "reservation_moved",
            "Your reservation is now at Zone B",
            "The zone that you reserved is full, so a place at Zone B, Saket is ready for DL 01 AB 1234",
        ),
        (
            "come_soon",
            "Please come to Zone B by 22 Nov 2026, 11:10",
            "A place at Zone B, Saket is kept for DL 01 AB 1234 until 22 Nov 2026, 11:10.",
        ),
    ],
)
def test_a_place_without_a_number_is_a_place(kind: str, title: str, text: str) -> None:
    said = words(kind, slot="-", enter_by=TIME, amount="0", session=1)
    assert (said[0], said[1][: len(text)]) == (title, text)
    assert "lot" not in "".join(said)
    assert "-" not in "".join(words(kind, "hi", slot="-", enter_by=TIME, amount="0", session=1))


@pytest.mark.django_db
def test_a_booking_in_a_zone_without_numbers_names_none(driver: User) -> None:
    ground = make_zone("Ground", slots=0, marked=False)
    set_capacity(actor=SYSTEM, zone_id=ground.pk, capacity={"CAR": 3}, now=START)
    session = book(driver, ground, "DL-01-AB-1234", START)
    assert session.slot is not None
    work(START)
    notice = Notice.objects.get(person=driver)
    assert session.slot.slot_number not in f"{words_of(notice)} {notice.values}"
    assert words_of(notice).text.startswith("A place at Ground, ")


def test_every_sum_is_money_of_its_kind() -> None:
    for code in ("booked", "reserved", "cancelled", "no_show", "left", "left_behind", "pass_paid", "pass_cancelled"):
        kind = kind_of(code)
        assert kind.sums
        for name, sentence in kind.sums.items():
            assert f"%({name})s" in str(sentence)
            assert kind.values[name] == "MONEY"


# --- Plates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b> DL-01-AB-1234 at B-001, here", "&lt;b&gt; <i>DL-01-AB-1234</i> at <i>B-001</i>, here"),
        ("(DL-01-AB-1234, DL-08-CA-5678)", "(<i>DL-01-AB-1234</i>, <i>DL-08-CA-5678</i>)"),
        ("DL 01 AB 1234, HR 26 1234 came", "<i>DL 01 AB 1234</i>, <i>HR 26 1234</i> came"),
        ("The booking of 22 BH 1234 AA is cancelled", "The booking of <i>22 BH 1234 AA</i> is cancelled"),
        ("Your e-mail: <x-y>", "Your <i>e-mail</i>: &lt;<i>x-y</i>&gt;"),
        ("Zone B, by 5 Nov 2026, 10:40", "<i>Zone B</i>, by <i>5 Nov 2026</i>, 10:40"),
        ("Slot B-001 of 22 नव 2026", "Slot <i>B-001</i> of <i>22 नव 2026</i>"),
        ("Gone. A place", "Gone. A place"),
        ("one-that-is-far-too-long-for-a-line", "one-that-is-far-too-long-for-a-line"),
    ],
)
def test_what_belongs_together_stays_on_a_line_and_all_is_escaped(text: str, shown: str) -> None:
    assert unbroken(text, "<i>{}</i>") == shown


@pytest.mark.django_db
def test_no_line_of_the_list_ends_inside_a_plate(driver: User, client: Client) -> None:
    values = {**PLACE, "refund": "0.00", "kept": "0.00"}
    Notice.objects.create(person=driver, source="x", kind="cancelled", values=values, path="/tickets/1/", at=START)
    client.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/notifications/").content.decode()
    plate = '<span class="nowrap">DL 01 AB 1234</span>'
    assert f'href="/tickets/1/">The booking of {plate} is cancelled</a>' in page
    assert f'The booking of {plate} at <span class="nowrap">Zone B</span>, Saket is cancelled.' in page
